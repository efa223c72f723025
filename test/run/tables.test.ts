import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { memoryLog, startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import type { Table } from '../../src/core/module.ts'
import { KeepUp } from '../../src/core/run/keep-up.ts'
import { createReader } from '../../src/core/run/reader.ts'
import { TableRunner } from '../../src/core/run/tables.ts'
import { assetListed, assetScanned } from '../synthetic.ts'
import { closeRuns, createRun, type Run } from './harness.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

/** How often each asset was scanned, times a factor that tells versions apart. */
const scans = (version: number, factor: number, crashAt = -1): Table => ({
  name: 'asset_scans',
  version,
  columns: 'subject text primary key, count integer not null',
  from: [assetListed, assetScanned],
  async apply(fact, table, tx) {
    if (fact.pos === crashAt) throw new Error('crash')
    const { subject } = fact.body as { subject: string }
    const more = fact.type === assetScanned.name ? factor : 0
    await tx.query(
      `insert into ${table} as t (subject, count) values ($1, $2)
       on conflict (subject) do update set count = t.count + $2`,
      [subject, more],
    )
  },
})

const rows = async (run: Run) =>
  (await run.pool.query('select subject, count from show.asset_scans order by subject')).rows

async function filled(table: Table): Promise<Run> {
  const run = await createRun(server)
  await run.start({ tables: [table] })
  for (const subject of ['a', 'b']) await run.append(assetListed, { subject })
  for (const subject of ['a', 'a', 'b']) {
    await run.append(assetScanned, { subject, topic: 0, faults: 0 })
  }
  await run.settle()
  return run
}

const names = async (run: Run): Promise<string[]> => {
  const { rows } = await run.pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r'
     and relnamespace = 'show'::regnamespace order by 1`,
  )
  return rows.map(row => row.name)
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await isSo()) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  assert.fail('it never came to that')
}

const one = [
  { subject: 'a', count: 2 },
  { subject: 'b', count: 1 },
]
const ten = one.map(({ subject, count }) => ({ subject, count: count * 10 }))

describe('tables', () => {
  test('M13 rebuilt from position 0 a table has the same content', async () => {
    const run = await filled(scans(1, 1))
    assert.deepEqual(await rows(run), one)
    await run.pool.query("update show.asset_scans set count = 7 where subject = 'a'")
    assert.deepEqual((await run.integrity()).tables.differing, ['asset_scans'])
    await run.pool.query("update show.asset_scans set count = 2 where subject = 'a'")
    await run.finish()
  })

  test('V47 a new version is built beside the old one and takes its name', async () => {
    const run = await filled(scans(1, 1))
    await run.stop()
    await run.start({ tables: [scans(2, 10)] })
    assert.deepEqual(await rows(run), ten)
    assert.deepEqual(await names(run), ['asset_scans'])
    await run.append(assetScanned, { subject: 'b', topic: 0, faults: 0 })
    await run.settle()
    assert.deepEqual((await rows(run))[1], { subject: 'b', count: 20 })
    await run.stop()
    await run.start({ tables: [scans(3, 1)] })
    await run.finish()
  })

  test('V47 a crash in the middle of building leaves the old one serving', async () => {
    const run = await filled(scans(1, 1))
    await run.stop()
    const crashAt = (await run.list()).length - 2
    await assert.rejects(run.start({ tables: [scans(2, 10, crashAt)] }), /crash/)
    assert.deepEqual(await rows(run), one)
    await run.stop()
    await run.start({ tables: [scans(1, 1)] })
    await run.append(assetScanned, { subject: 'b', topic: 0, faults: 0 })
    await run.settle()
    assert.deepEqual((await rows(run))[1], { subject: 'b', count: 2 })
    await run.stop()
    await run.start({ tables: [scans(2, 10)] })
    assert.deepEqual((await rows(run))[1], { subject: 'b', count: 20 })
    assert.deepEqual(await names(run), ['asset_scans'], 'what was left of the crash is gone')
    await run.finish()
  })

  test('V47 what another process moved while a version was built is in it', async () => {
    const run = await filled(scans(1, 1))
    const other = run.tables
    let hasMoved = false
    const slow: Table = {
      ...scans(2, 10),
      async apply(fact, table, tx) {
        await scans(2, 10).apply(fact, table, tx)
        if (hasMoved) return
        hasMoved = true
        await run.append(assetScanned, { subject: 'b', topic: 0, faults: 0 })
        await other.follow()
      },
    }
    const facts = { onFacts: () => {}, log: { info: () => {} } as any, pool: run.pool }
    await new TableRunner({ ...facts, list: run.ledger, tables: [slow] }).start()
    assert.deepEqual((await rows(run))[1], { subject: 'b', count: 20 })
    await run.close()
  })

  test('V47 a removed table is dropped', async () => {
    const run = await filled(scans(1, 1))
    await run.stop()
    await run.start({ tables: [] })
    assert.deepEqual(await names(run), [])
    await run.stop()
    await run.start({ tables: [scans(1, 1)] })
    assert.deepEqual(await rows(run), one)
    await run.finish()
  })

  test('I7 a fact that a table cannot take moves neither the table nor its cursor', async () => {
    const run = await createRun(server)
    await run.start({ tables: [scans(1, 1, 3)] })
    for (const subject of ['a', 'b']) await run.append(assetListed, { subject })
    await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
    await assert.rejects(run.tables.follow(), /crash/)
    assert.deepEqual(await rows(run), [])
    await run.stop()
    await run.start({ tables: [scans(1, 1)] })
    await run.settle()
    assert.deepEqual(await rows(run), [
      { subject: 'a', count: 1 },
      { subject: 'b', count: 0 },
    ])
    await run.finish()
  })

  test('I7 after an outage of the database tables come to the head by themselves', async () => {
    const run = await createRun(server)
    const whole = scans(1, 1)
    const reached = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    const slow: Table = {
      ...whole,
      async apply(fact, table, tx) {
        reached.resolve()
        // Between two statements of a transaction, where a lost connection is an event.
        await ended.promise
        await whole.apply(fact, table, tx)
      },
    }
    await run.start({ tables: [slow] })
    await run.append(assetListed, { subject: 'a' })
    await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
    const { rows: names } = await run.pool.query<{ name: string }>(
      'select current_database() as name',
    )
    const name = names[0]?.name
    const admin = await server.database({ database: 'postgres' })
    const { log, lines } = memoryLog()
    const keepUp = new KeepUp({ event: 'tables.failed', work: () => run.tables.follow(), log })
    keepUp.poke()
    await reached.promise
    await admin.query(`alter database ${name} allow_connections false`)
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      name,
    ])
    ended.resolve()
    await until(() => lines.length >= 2)
    await admin.query(`alter database ${name} allow_connections true`)
    // Nothing is appended and nobody pokes.
    await until(async () => (await rows(run).catch(() => [])).length > 0)
    assert.deepEqual(await rows(run), [{ subject: 'a', count: 1 }])
    assert.match(lines.join(), /tables\.failed/)
    assert.doesNotMatch(lines.join(), /terminat|message/i)
    await keepUp.close()
    await run.finish()
  })

  test('where it stands moves with what was written, part by part, and with nothing else', async () => {
    const run = await filled(scans(1, 1))
    const reader = createReader(run.reading, run.ledger)
    const moved = async (work: () => Promise<unknown>) => {
      const before = await reader.stand()
      await work()
      const after = await reader.stand()
      return [...after.keys()].filter(part => before.get(part) !== after.get(part)).sort()
    }
    assert.deepEqual(await moved(async () => {}), [])
    const judge = `insert into fold.judge_row (judge, key, state, made, upto) values ('j', 'k', '{}', '{}', 0)`
    assert.deepEqual(await moved(() => run.pool.query(judge)), ['judges'])
    const scan = async () => {
      await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
      await run.settle()
    }
    assert.deepEqual(await moved(scan), ['asset_scans', 'list'])
    const seen = new Set<string>()
    const watched = reader.noting(part => seen.add(part))
    await watched.query('select count from asset_scans')
    assert.equal(seen.has('asset_scans') && !seen.has('list') && !seen.has('judges'), true)
    await watched.live(['j'])
    assert.equal(seen.has('judges'), true)
    await watched.latest(assetScanned, 1)
    assert.equal(seen.has('list'), true)
    await run.close()
  })

  test('reads cannot write, not even with a second statement', async () => {
    const run = await filled(scans(1, 1))
    const reader = createReader(run.reading, run.ledger)
    assert.deepEqual(await reader.query('select count from asset_scans order by 1'), [
      { count: 1 },
      { count: 2 },
    ])
    await assert.rejects(reader.query('delete from show.asset_scans'))
    await assert.rejects(reader.query('select 1; commit; delete from show.asset_scans'))
    await assert.rejects(
      reader.query('select 1; commit; delete from show.asset_scans where $1', [true]),
    )
    assert.deepEqual(await rows(run), one)
    assert.equal(await reader.fact(1_000), null)
    assert.equal(await reader.fact(-1), null)
    assert.equal((await reader.live(['nobody'])).size, 0)
    assert.equal((await reader.latest(assetScanned, 2)).length, 2)
    await run.finish()
  })
})
