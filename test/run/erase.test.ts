import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { cadence } from '../../src/core/control/cadence.ts'
import { state } from '../../src/core/control/state.ts'
import { defineFact } from '../../src/core/fact.ts'
import { privacyErased } from '../../src/core/facts.ts'
import type { Erased } from '../../src/core/ledger/store.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { limits } from '../../src/core/limits.ts'
import type { Table } from '../../src/core/module.ts'
import { erase } from '../../src/core/run/erase.ts'
import { closeRuns, createRun, duringFold, person, type Run } from './harness.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

const who = (f: any): string[] => (f.refs.user === undefined ? [] : [f.refs.user])
const about = { module: 'synthetic', keys: who, slots: ['user'], schema: z.strictObject({}) }
const hired = defineFact('worker.hired', about)
const allHired = defineFact('worker.list.declared', {
  module: 'synthetic',
  schema: z.strictObject({}),
})
const instructed = defineFact('worker.instructed', about)
const doorOpened = defineFact('door.opened', {
  module: 'synthetic',
  slots: ['user'],
  schema: z.strictObject({}),
})

/** Keyed by refs of persons. */
const keyed = {
  id: 'synthetic.keyed',
  version: 1,
  from: [hired, instructed],
  makes: [],
  keys: who,
  init: () => 0,
  step: (before: number, input: any) => ({ state: before + 1, rank: input.refs.user }),
}
/** Would write refs into its findings. */
const naming = cadence({
  id: 'synthetic.naming',
  version: 1,
  owner: 'ciso',
  population: {
    id: 'workers',
    enter: { type: hired, key: who },
    complete: { type: allHired },
    fresh: 'P400D',
  },
  period: 'P1W',
  zone: 'Asia/Taipei',
  joins: 'next',
  done: [{ type: instructed, key: who }],
})
/** Keeps a ref in its slot, and compares it with nothing but a ref. */
const door = state({
  id: 'synthetic.door',
  version: 1,
  owner: 'ciso',
  slots: { opened: { type: doorOpened } },
  holds: ({ opened }) => opened?.refs['user'] !== undefined,
})
/** Groups by ref within one row. */
const grouped = {
  id: 'synthetic.grouped',
  version: 1,
  from: [instructed],
  makes: [],
  keys: () => ['all'],
  init: () => ({}),
  step: (before: any, input: any) => ({
    state: { ...before, [input.refs.user]: (before[input.refs.user] ?? 0) + 1 },
    share: Object.keys(before),
  }),
}
const table: Table = {
  name: 'worker_list',
  version: 1,
  columns: 'ref text not null, more jsonb not null',
  from: [hired],
  async apply(fact, name, tx) {
    await tx.query(`insert into ${name} (ref, more) values ($1, $2)`, [
      fact.refs['user'],
      JSON.stringify({ who: fact.refs['user'] }),
    ])
  },
}

const program = { controls: [door], judges: [grouped, keyed], tables: [table] }
const private_ = (name: string) => ({ private: { user: person(`${name}@example.org`) } })

async function filled(): Promise<Run> {
  const run = await createRun(server, { types: [hired, allHired, instructed, doorOpened] })
  await run.start(program)
  await run.adopt({ at: '2026-01-05T00:00:00.000Z' })
  for (const name of ['ann', 'ben']) await run.append(hired, {}, private_(name))
  await run.append(allHired, {})
  await run.append(instructed, {}, { at: '2026-01-13T00:00:00.000Z', ...private_('ann') })
  await run.fact(doorOpened, {}, private_('ann'))
  await run.advance('2026-01-20T00:00:00.000Z')
  return run
}

const stored = async (run: Run): Promise<string> => {
  const { rows } = await run.pool.query('select * from fold.judge_row')
  const shown = await run.pool.query('select * from show.worker_list')
  return JSON.stringify([rows, shown.rows])
}

const erasure = {
  identity: 'request 1',
  source: 'test',
  ground: 'gdpr.17.1.a',
  completeAt: '2026-03-01T00:00:00.000Z',
}

describe('erasure', () => {
  test('V48 rows, shares and tables hold the new ref, and judging goes on with it', async () => {
    const run = await filled()
    const { rows } = await run.pool.query<{ ref: string }>('select ref from show.worker_list')
    const done = await erase({
      ledger: run.ledger,
      judges: run.runner,
      person: 'ann@example.org',
      erasure,
    })
    assert(done.refs !== null)
    assert.ok(rows.some(row => row.ref === done.refs?.before))
    const text = await stored(run)
    assert.ok(!text.includes(done.refs.before))
    for (const judge of [keyed.id, door.id, grouped.id]) {
      const own = await run.pool.query('select key, state from fold.judge_row where judge = $1', [
        judge,
      ])
      assert.ok(JSON.stringify(own.rows).includes(done.refs.after), judge)
    }
    await run.settle()
    assert.equal((await run.facts(privacyErased)).length, 1)
    await run.append(instructed, {}, private_('ben'))
    await run.append(instructed, {}, { at: '2026-01-27T00:00:00.000Z', ...private_('ben') })
    await run.advance('2026-02-10T00:00:00.000Z')
    assert.ok(!(await stored(run)).includes(done.refs.before), 'the memory had been read again')
    await run.finish()
  })

  test('V48 an erasure that fails leaves rows and refs as they are', async () => {
    const run = await filled()
    const before = await stored(run)
    const judges = {
      reload() {
        throw new Error('crash')
      },
    }
    await assert.rejects(
      erase({ ledger: run.ledger, judges, person: 'ann@example.org', erasure }),
      /crash/,
    )
    assert.equal(await stored(run), before)
    await run.finish()
  })

  test('V48 an erasure between two batches of a busy runner is not overwritten', async () => {
    const run = await filled()
    const posts: Promise<unknown>[] = []
    for (let index = 0; index < 20; index++) {
      posts.push(run.append(instructed, {}, private_(index % 2 ? 'ann' : 'ben')))
      if (index === 10) {
        const { ledger, runner } = run
        posts.push(erase({ ledger, judges: runner, person: 'ann@example.org', erasure }))
      }
      run.runner.poke()
    }
    await Promise.all(posts)
    await run.finish()
  })

  test('V48 a ref that is erased while a new version is folded does not come back with it', async () => {
    const run = await filled()
    const times = Array.from({ length: limits.factsPerBatchMax }, () =>
      run.append(instructed, {}, private_('ann')),
    )
    await Promise.all(times)
    await run.settle()
    await run.stop()
    let before: string | undefined
    const list = duringFold(async () => {
      const judges = { reload() {} }
      const done = await erase({ ledger: run.ledger, judges, person: 'ann@example.org', erasure })
      before = done.refs?.before
    })
    await run.start({ ...program, list, sources: { [keyed.id]: 'two', [grouped.id]: 'two' } })
    await run.settle()
    assert.ok(before !== undefined)
    assert.ok(!(await stored(run)).includes(before))
    await run.finish()
  })

  test('I7 I8 facts, judging and an erasure go on while a check is under way, which sees none of it', async () => {
    const run = await filled()
    const size = (await run.list()).length
    let done: Erased | undefined
    const found = await run.integrity(async () => {
      await run.fact(instructed, {}, private_('ben'))
      await run.fact(doorOpened, {}, private_('ben'))
      const judges = run.runner
      done = await erase({ ledger: run.ledger, judges, person: 'ann@example.org', erasure })
      await run.settle()
    })
    assert.equal(found.ok, true, JSON.stringify(found))
    assert.equal(found.judges.facts, size, 'what had been judged when it began')
    assert.equal(run.runner.judged, (await run.list()).length)
    assert.equal(done?.isSwept, false, 'the check holds the table')
    const { ledger, runner } = run
    const again = await erase({ ledger, judges: runner, person: 'ann@example.org', erasure })
    assert.equal(again.isSwept, true)
    await run.pool.query(`update fold.judge_row set state = '7' where judge = $1`, [keyed.id])
    const wrong = await run.integrity()
    assert.equal(wrong.ok, false)
    assert.deepEqual([...new Set(wrong.rows.differing.map(row => row.split(' ')[0]))], [keyed.id])
    await run.close()
  })

  test('L5 V48 a control that names its subjects by refs is stopped before it says one', async () => {
    const run = await createRun(server, { types: [hired, allHired, instructed, doorOpened] })
    await run.start({ controls: [naming, door] })
    await run.adopt({ at: '2026-01-05T00:00:00.000Z' })
    await run.fact(hired, {}, private_('ann'))
    assert.deepEqual(run.runner.stopped, [{ judge: naming.id, code: 'JUDGE_NAMES_PERSON' }])
    assert.equal(await run.says(naming.id), 'unknown / judge.stopped')
    await run.finish()
  })
})
