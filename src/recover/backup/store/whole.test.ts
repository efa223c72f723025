import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { openDatabase } from '../../../core/db/database.ts'
import { memoryLog } from '../../../core/ledger/testing.ts'
import { systemClock } from '../../../core/time.ts'
import { listBase, takeBase } from './base.ts'
import { BackupKey } from './envelope.ts'
import { layOut } from './lay-out.ts'
import { openLocal } from './local.ts'
import { shipSegments } from './segments.ts'

const root = mkdtempSync(join(tmpdir(), 'okb-'))
after(() => rmSync(root, { recursive: true, force: true }))

test('a database is brought back from a folder alone, to its last archived row and to an instant', async () => {
  const dataDir = join(root, 'data')
  const archive = join(root, 'archive')
  const place = join(root, 'place')
  for (const folder of [archive, place]) mkdirSync(folder)
  const { log } = memoryLog()
  const key = new BackupKey(randomBytes(32))
  const repository = openLocal('here', place)
  const database = await openDatabase({ dataDir, archive, log, clock: systemClock })
  await database.pool.query('create table t as select n, repeat(md5(n::text), 20) x from generate_series(1, 20000) n')
  const client = await database.pool.connect()
  const taken = await takeBase({ dataDir, client, repository, key, clock: systemClock })
  client.release()
  await database.pool.query('insert into t select n, $1 from generate_series(20001, 20100) n', ['after'])
  const { rows } = await database.pool.query('select clock_timestamp()::text as at')
  await new Promise(resolve => setTimeout(resolve, 50))
  await database.pool.query('delete from t where n % 2 = 0')
  await database.pool.query('select pg_switch_wal()')
  for (let i = 0; i < 100; i++) {
    const { rows } = await database.pool.query('select last_archived_wal from pg_stat_archiver')
    if (rows[0].last_archived_wal > taken.table.database.last) break
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  console.log(readdirSync(archive), taken.table.database, taken.sentBytes)
  await shipSegments({ archive, system: taken.table.database.system, repository, key })
  await listBase(repository, key, taken)
  await database.close()
  for (const [name, until, expected] of [['whole', null, 10_050], ['past', rows[0].at, 20_100]] as const) {
    const target = join(root, name)
    await layOut({ repository, key, table: taken.table, target })
    const restored = await openDatabase({ dataDir: target, create: false, recovery: { until: until as any }, log, clock: systemClock })
    for (let i = 0; i < 200; i++) {
      const { rows } = await restored.pool.query('select pg_is_in_recovery() as on')
      if (!rows[0].on) break
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    const { rows: counted } = await restored.pool.query('select count(*)::int as n from t')
    assert.equal(counted[0].n, expected)
    await restored.close()
  }
})
