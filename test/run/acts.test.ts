import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { defineFact, type Fact, type Observation } from '../../src/core/fact.ts'
import { actDiverted } from '../../src/core/facts.ts'
import { memoryLog, startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import type { Act, Module } from '../../src/core/module.ts'
import { ActRunner } from '../../src/core/run/acts.ts'
import { caseOpened } from '../synthetic.ts'
import { closeRuns, createRun, type Run } from './harness.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  for (const runner of runners) await runner.close()
  await closeRuns()
  await server.stop()
})

const module = 'synthetic'
const sent = defineFact('message.sent', { module, schema: z.strictObject({ cause: z.int() }) })
const failed = defineFact('message.failed', {
  module,
  schema: z.strictObject({ cause: z.int(), code: z.string() }),
})
const at = '2026-01-05T00:00:00.000Z'
const report = (type: any, fact: Fact, body: object): Observation => ({
  type,
  source: 'test',
  occurred: at,
  observed: at,
  trust: 'record',
  body: { cause: fact.pos, ...body },
  identity: `${type.name} ${fact.pos}`,
})

const act = (run: (fact: Fact) => Promise<void>, attemptsMax = 2): Act => ({
  name: 'message',
  on: [caseOpened],
  attemptsMax,
  async run(fact) {
    await run(fact)
    return report(sent, fact, {})
  },
  failed: (fact, code) => report(failed, fact, { code }),
})

const runners: ActRunner[] = []

async function acting(run: Run, acts: readonly Act[], isDiverted = false): Promise<ActRunner> {
  const runner = new ActRunner({
    pool: run.pool,
    list: run.ledger,
    modules: [{ id: module, acts } satisfies Module],
    isDiverted,
    ports: () => ({ clock: { nowMs: () => Date.parse(at) } }) as any,
    submit: id => observation => run.ledger.submit(id, observation),
    accounts: { closeLeaver: async () => 0 },
    log: memoryLog().log,
  })
  runners.push(runner)
  await runner.start()
  return runner
}

/** Waits for the queue; attempts that wait for their time are hurried on. */
async function idle(run: Run): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const { rows } = await run.pool.query<{ left: number }>(
      `with hurried as (update graphile_worker._private_jobs set run_at = now()
         where locked_at is null and run_at > now() and attempts < max_attempts returning id)
       select count(*)::int as left from graphile_worker._private_jobs
       where attempts < max_attempts or locked_at is not null`,
    )
    if (rows[0]?.left === 0) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  assert.fail('the queue is never empty')
}

const open = (run: Run, subject: string) => run.append(caseOpened, { subject, topic: 0 })

describe('acts', () => {
  test('M11 one cause is acted on once, though its job is queued twice, and reported', async () => {
    const run = await createRun(server, { types: [sent, failed] })
    const done: number[] = []
    const acts = [
      act(async fact => {
        done.push(fact.pos)
        await new Promise(resolve => setTimeout(resolve, 30))
      }),
    ]
    const runner = await acting(run, acts)
    const pos = await open(run, 'c1')
    const again = `select graphile_worker.add_job('act', payload => $1::json)`
    await run.pool.query(again, [JSON.stringify({ act: 'message', pos })])
    await Promise.all([runner.follow(), runner.follow()])
    await idle(run)
    await run.pool.query(again, [JSON.stringify({ act: 'message', pos })])
    await idle(run)
    assert.deepEqual(done, [pos])
    assert.deepEqual(
      (await run.facts(sent)).map(f => f.body.cause),
      [pos],
    )
    await runner.close()
    await run.close()
  })

  test('M11 an act that fails as often as it may is reported as failed, and not tried again', async () => {
    const run = await createRun(server, { types: [sent, failed] })
    let attempts = 0
    const runner = await acting(run, [
      act(async () => {
        attempts += 1
        throw new Error('no network')
      }),
    ])
    const pos = await open(run, 'c1')
    await runner.follow()
    await idle(run)
    assert.equal(attempts, 2)
    assert.deepEqual(
      (await run.facts(failed)).map(f => f.body),
      [{ cause: pos, code: 'ACT_FAILED' }],
    )
    assert.deepEqual(await run.facts(sent), [])
    await runner.close()
    await run.close()
  })

  test('M11 in a sample no act is performed, and what it would send is said once', async () => {
    const run = await createRun(server, { types: [sent, failed, actDiverted] })
    const described: Act = {
      ...act(async () => assert.fail('it was performed')),
      describe: async () => ({
        channel: 'mail',
        to: { value: 'mei@kazami.example', person: 'mei@kazami.example' },
        text: 'Your duty is due.',
      }),
    }
    const runner = await acting(run, [described], true)
    const pos = await open(run, 'c1')
    await runner.follow()
    await idle(run)
    await run.pool.query(`select graphile_worker.add_job('act', payload => $1::json)`, [
      JSON.stringify({ act: 'message', pos }),
    ])
    await idle(run)
    const [diverted, ...more] = await run.facts(actDiverted)
    assert.deepEqual(more, [])
    assert.deepEqual(diverted?.body, { act: 'message', cause: pos, channel: 'mail' })
    const text = await run.ledger.disclose(diverted?.pos as number, 'text')
    assert.equal(text?.value, 'Your duty is due.')
    assert.deepEqual(await run.facts(sent), [])
    await runner.close()
    await run.close()
  })

  test('M11 V46 a new act does nothing for the past, and nothing is lost while it is down', async () => {
    const run = await createRun(server, { types: [sent, failed] })
    await open(run, 'past')
    const acts = [act(async () => {})]
    await (await acting(run, acts)).close()
    const pos = await open(run, 'c1')
    const runner = await acting(run, acts)
    await idle(run)
    assert.deepEqual(
      (await run.facts(sent)).map(f => f.body.cause),
      [pos],
    )
    await runner.close()
    await run.close()
  })

  test('M11 without acts there is no worker, and no schema for one', async () => {
    const run = await createRun(server, { types: [sent, failed] })
    const runner = await acting(run, [])
    await open(run, 'c1')
    await runner.follow()
    const { rowCount } = await run.pool.query(
      "select from pg_namespace where nspname = 'graphile_worker'",
    )
    assert.equal(rowCount, 0)
    await runner.close()
    await run.close()
  })
})
