import { strict as assert } from 'node:assert'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { codeOf } from '../../src/core/error.ts'
import { fsck } from '../../src/core/ledger/fsck.ts'
import { publish } from '../../src/core/ledger/publish.ts'
import {
  noted,
  observe,
  openTestLedger,
  startTestServer,
  type TestServer,
  testTypes,
} from '../../src/core/ledger/testing.ts'
import { grow, readPublished } from '../../src/core/ledger/testing-published.ts'
import { tilePath, tilesBetween } from '../../src/core/ledger/tile.ts'
import { fault } from './fault.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

/**
 * Every column whose bytes a proof rests on, or that a reader is led by. Not `dedup`: from what a delivery
 * was known by it cannot be made again; PostgreSQL's checksums watch over it.
 */
const columns = [
  { table: 'entry', column: 'leaf', key: 'idx' },
  { table: 'entry', column: 'leaf_hash', key: 'idx' },
  { table: 'node', column: 'hash', key: 'idx' },
  { table: 'head', column: 'root', key: 'size' },
  { table: 'head', column: 'frontier', key: 'size' },
  { table: 'private', column: 'salt', key: 'idx' },
  { table: 'private', column: 'sealed', key: 'idx' },
] as const

const size = 300

fault(
  {
    id: 'tamper-database',
    fault: 'one bit of a stored value is another one',
    holds: 'I2',
    quick: 40,
    full: 10_000,
  },
  async ({ count, random }) => {
    const opened = await openTestLedger(server)
    const { ledger, pool, secrets, trusted: log } = opened
    await ledger.submitAll(
      noted.module,
      Array.from({ length: size }, (_, i) =>
        observe(`${i}`, { private: { user: { value: `user ${i}`, person: `user${i % 7}` } } }),
      ),
    )
    await pool.query('alter table ledger.entry disable trigger user')
    const found: Record<string, number> = {}
    for (let nth = 0; nth < count; nth += 1) {
      const { table, column, key } = columns[random(columns.length)]!
      const { rows } = await pool.query<{ at: string; bits: number }>(
        `select ${key} as at, octet_length(${column}) * 8 as bits from ledger.${table}
         where ${column} is not null order by 1 offset $1 % (select count(*) from ledger.${table}) limit 1`,
        [random(size + 1)],
      )
      const { at, bits } = rows[0]!
      const bit = random(bits)
      const flip = () =>
        pool.query(
          `update ledger.${table} set ${column} = set_bit(${column}, $2, 1 - get_bit(${column}, $2))
           where ${key} = $1`,
          [at, bit],
        )
      await flip()
      const { faults } = await fsck({ pool, secrets, log, types: testTypes })
      assert.ok(faults.length > 0, `bit ${bit} of ${table}.${column} at ${at}`)
      await flip()
      const name = `${table}.${column}`
      found[name] = (found[name] ?? 0) + 1
    }
    const { faults } = await fsck({ pool, secrets, log, types: testTypes })
    assert.deepEqual(faults, [])
    await ledger.close()
    return { done: count, figures: found }
  },
)

fault(
  {
    id: 'tamper-files',
    fault: 'one bit of a published file is another one',
    holds: 'I2 I5',
    quick: 100,
    full: 10_000,
  },
  async ({ count, random }) => {
    const opened = await openTestLedger(server)
    await grow(opened, size)
    const folder = mkdtempSync(join(server.folder, 'tiles-'))
    await publish(opened.pool, folder, opened.trusted)
    const files = ['checkpoint', ...[...tilesBetween(0, size)].map(tilePath)]
    const codes: Record<string, number> = {}
    for (let nth = 0; nth < count; nth += 1) {
      const path = join(folder, files[random(files.length)]!)
      const whole = readFileSync(path)
      const bytes = Buffer.from(whole)
      const at = random(bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
      writeFileSync(path, bytes)
      const refused = await readPublished(folder, opened).then(
        () => null,
        (error: unknown) =>
          (error as Error).name === 'AssertionError' ? 'another root' : codeOf(error),
      )
      assert.ok(refused !== null, `byte ${at} of ${path}`)
      codes[refused] = (codes[refused] ?? 0) + 1
      writeFileSync(path, whole)
    }
    assert.equal(await readPublished(folder, opened), size)
    await opened.ledger.close()
    return { done: count, figures: codes }
  },
)

fault(
  {
    id: 'rollback',
    fault: 'the database is an older one than what was published',
    holds: 'I5',
    quick: 1,
    full: 10,
  },
  async ({ count, random }) => {
    for (let nth = 0; nth < count; nth += 1) {
      const opened = await openTestLedger(server)
      const { pool, signer, secrets, trusted } = opened
      const folder = mkdtempSync(join(server.folder, 'tiles-'))
      const older = 2 + random(300)
      await grow(opened, older)
      await opened.ledger.close()
      const { database } = pool.options
      await pool.end()
      const backup = await server.database({}, database)
      const later = await server.database({ database: database as string })
      const continued = await openTestLedger(server, { pool: later, signer, secrets })
      const newer = older + 1 + random(300)
      await grow(continued, newer)
      await publish(later, folder, trusted)
      const again = openTestLedger(server, { pool: backup, signer, secrets, published: folder })
      await assert.rejects(again, {
        code: 'LEDGER_ROLLED_BACK',
        data: { size: older, published: newer },
      })
      await assert.rejects(publish(backup, folder, trusted), { code: 'LEDGER_ROLLED_BACK' })
      await continued.ledger.close()
      await backup.end()
      await later.end()
    }
    return { done: count }
  },
)
