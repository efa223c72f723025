import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { cadence } from '../../src/core/control/cadence.ts'
import { clock as clockControl } from '../../src/core/control/clock.ts'
import { state } from '../../src/core/control/state.ts'
import { defineFact } from '../../src/core/fact.ts'
import {
  findingOpened,
  judgeVersionChanged,
  occurrenceClosed,
  timeReached,
  verdictChanged,
} from '../../src/core/facts.ts'
import { startProxy, startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import type { List } from '../../src/core/run/list.ts'
import { createReader } from '../../src/core/run/reader.ts'
import {
  assetListed,
  assetScanned,
  caseClosed,
  caseOpened,
  inventoryDeclared,
  personJoined,
  rosterDeclared,
  trainingDone,
} from '../synthetic.ts'
import { closeRuns, createRun, type Run } from './harness.ts'

const wide = defineFact('wide.said', {
  module: 'synthetic',
  schema: z.strictObject({ text: z.string() }),
})
const base = { version: 1, owner: 'ciso' } as const
const subjectOf = (f: any) => f.body.subject as string

const scanned = state({
  ...base,
  id: 'synthetic.scanned',
  population: {
    id: 'assets',
    enter: { type: assetListed, key: subjectOf },
    complete: { type: inventoryDeclared },
    fresh: 'P90D',
  },
  slots: { scan: { type: assetScanned, key: subjectOf, fresh: 'P14D' } },
  holds: ({ scan }) => scan?.body.faults === 0,
})
const trained = cadence({
  ...base,
  id: 'synthetic.trained',
  population: {
    id: 'people',
    enter: { type: personJoined, key: subjectOf },
    complete: { type: rosterDeclared },
    fresh: 'P90D',
  },
  period: 'P1W',
  zone: 'Asia/Taipei',
  joins: 'next',
  done: [{ type: trainingDone, key: subjectOf }],
})
const answered = clockControl({
  ...base,
  id: 'synthetic.answered',
  start: [{ type: caseOpened, key: subjectOf }],
  stop: [{ type: caseClosed, key: subjectOf }],
  limit: 'PT2H',
  window: 'P30D',
})
const controls = [scanned, trained, answered]

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

/** A fixed stream; the moments in between are where a runner may be down. */
const stream: readonly ((run: Run) => Promise<unknown>)[] = [
  run => run.adopt({ at: '2026-01-05T01:00:00.000Z' }),
  run => run.append(assetListed, { subject: 'a' }),
  run => run.append(inventoryDeclared, { count: 1 }),
  run => run.append(personJoined, { subject: 'p' }),
  run => run.append(rosterDeclared, { count: 1 }),
  run => run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 }),
  run => run.append(caseOpened, { subject: 'c1', topic: 0 }),
  run => run.append(caseOpened, { subject: 'c2', topic: 0 }, { at: '2026-01-06T00:00:00.000Z' }),
  run => run.append(caseClosed, { subject: 'c1', topic: 0 }),
  run => run.append(trainingDone, { subject: 'p', topic: 0 }, { at: '2026-01-14T00:00:00.000Z' }),
  run => run.append(assetScanned, { subject: 'a', topic: 0, faults: 2 }),
  run => run.append(caseClosed, { subject: 'c2', topic: 0 }, { at: '2026-02-20T00:00:00.000Z' }),
]

/** What was concluded: without positions, and without when it was noticed. */
async function conclusions(run: Run): Promise<string[]> {
  const all = await run.list()
  return all
    .filter(fact => Array.isArray(fact.because) && fact.because.length > 0)
    .filter(fact => [occurrenceClosed.name, findingOpened.name].includes(fact.type))
    .map(({ type, body }) => JSON.stringify([type, { ...body, next: 0, policy: 0, params: 0 }]))
    .sort()
}

describe('following the list', () => {
  test('V2 time.reached is appended when a wake is due and no fact comes', async () => {
    const run = await createRun(server)
    await run.start({ controls })
    for (const step of stream.slice(0, 7)) await step(run)
    await run.settle()
    assert.equal((await run.facts(timeReached)).length, 0)
    await run.advance('2026-01-05T04:00:00.000Z')
    const reached = await run.facts(timeReached)
    assert.ok(reached.length > 0)
    assert.equal(await run.says('synthetic.answered'), 'broken / overdue')
    const { because } = await run.verdict('synthetic.answered')
    assert.ok((because as number[]).includes(reached.at(-1)?.pos ?? -1), 'V31')
    await run.finish()
  })

  test('V7 I12 after downtime every deadline that passed is concluded, as without downtime', async () => {
    const up = await createRun(server)
    await up.start({ controls })
    for (const step of stream) {
      await step(up)
      await up.settle()
    }
    await up.advance('2026-03-02T00:00:00.000Z')
    for (const down of [4, 7, 10]) {
      const run = await createRun(server)
      await run.start({ controls })
      for (const [index, step] of stream.entries()) {
        if (index === down) await run.stop()
        await step(run)
        if (index < down) await run.settle()
      }
      run.clock.set('2026-03-02T00:00:00.000Z')
      await run.start({ controls })
      await run.settle()
      assert.deepEqual(await conclusions(run), await conclusions(up), `down at ${down}`)
      for (const { id } of controls) {
        assert.equal(await run.says(id), await up.says(id))
        assert.equal(
          (await run.verdict(id)).body.since,
          (await up.verdict(id)).body.since,
          `V7 since of ${id}, down at ${down}`,
        )
      }
      await run.finish()
    }
    await up.finish()
  })

  test('while it is held it steps nothing; released it steps all that came', async () => {
    const run = await createRun(server)
    await run.start({ controls })
    for (const step of stream.slice(0, 7)) await step(run)
    await run.settle()
    const before = run.runner.judged
    run.runner.hold()
    run.runner.hold()
    const pos = await run.append(assetScanned, { subject: 'a', topic: 0, faults: 4 })
    run.runner.poke()
    run.runner.release()
    const isIdle = Promise.race([
      run.runner.reached(pos).then(() => false),
      new Promise<boolean>(resolve => setTimeout(() => resolve(true), 100)),
    ])
    assert.equal(await isIdle, true)
    assert.equal(run.runner.judged, before)
    run.runner.release()
    await run.runner.reached(pos)
    await run.settle()
    assert.equal(await run.says('synthetic.scanned'), 'broken / failing')
    await run.finish()
  })

  test('two runners on one list at once say nothing twice', async () => {
    const run = await createRun(server)
    await run.start({ controls })
    const other = run.second()
    await other.start()
    for (const step of stream) {
      await step(run)
      other.poke()
      run.runner.poke()
    }
    run.clock.set('2026-03-02T00:00:00.000Z')
    await Promise.all([run.settle(), run.settle(other)])
    const closed = (await run.facts(occurrenceClosed)).map(f => JSON.stringify(f.body))
    assert.equal(new Set(closed).size, closed.length)
    assert.equal((await run.facts(judgeVersionChanged)).length, controls.length)
    await other.close()
    await run.finish()
  })

  for (const fault of ['commit is lost', 'answer is lost'] as const) {
    const name = fault === 'commit is lost' ? 'AndNotPersisted' : 'ButPersisted'
    test(`I7 commit failed ${name}: memory is read again and nothing is said twice`, async () => {
      const proxy = await startProxy(server.folder)
      const direct = await server.database()
      const { database } = direct.options as { database: string }
      const pool = await server.database({ database, port: proxy.port, host: server.folder })
      const run = await createRun(server, { pool })
      await run.start({ controls })
      for (const step of stream) {
        await step(run)
        proxy.state.fault = fault
        run.runner.poke()
        await run.settle()
        proxy.state.fault = 'none'
      }
      proxy.state.fault = fault
      await run.advance('2026-03-02T00:00:00.000Z')
      proxy.state.fault = 'none'
      assert.ok(run.lines.some(line => line.includes('judges.failed')))
      await run.finish()
      await proxy.close()
    })
  }

  test('I7 a takeover whose answer is lost is not done twice', async () => {
    const run = await createRun(server)
    let failures = 1
    const list = (of: List): List => ({
      ...of,
      async write(work) {
        const result = await of.write(work)
        if (failures-- > 0) throw new Error('the answer was lost')
        return result
      },
    })
    await assert.rejects(run.start({ controls, list }), /answer was lost/)
    await run.start({ controls, list })
    assert.equal((await run.facts(judgeVersionChanged)).length, controls.length)
    for (const step of stream) {
      await step(run)
      failures = 1
      run.runner.poke()
      await run.settle()
    }
    await run.finish()
  })

  test('a judge that throws is stopped and said, others go on, until its source changes', async () => {
    const run = await createRun(server)
    const broken = {
      ...scanned,
      judge: {
        ...scanned.judge,
        step(row: any, input: any, ctx: any) {
          if (input.type === assetScanned.name && input.body.faults === 2) throw new Error('a bug')
          return scanned.judge.step(row, input, ctx)
        },
      },
    }
    const program = { controls: [broken, trained, answered] }
    await run.start(program)
    for (const step of stream) await step(run)
    await run.advance('2026-02-21T00:00:00.000Z')
    assert.equal(await run.says(scanned.id), 'unknown / judge.stopped')
    assert.deepEqual(run.runner.stopped, [{ judge: scanned.id, code: 'JUDGE_THREW' }])
    const reader = createReader(run.reading, run.ledger)
    // Those of the other are out of date.
    const live = await reader.live([scanned.id, answered.id])
    assert.deepEqual([...live.keys()], [answered.id])
    assert.notEqual(await run.says(answered.id), 'unknown / judge.stopped')
    assert.ok(run.lines.some(line => line.includes('judge.stopped')))
    const verdicts = (await run.facts(verdictChanged)).length
    await run.stop()
    await run.start(program)
    assert.deepEqual(run.runner.stopped, [{ judge: scanned.id, code: 'JUDGE_THREW' }])
    await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
    await run.settle()
    assert.equal((await run.facts(verdictChanged)).length, verdicts)
    const found = await run.integrity()
    assert.equal(found.ok, true, JSON.stringify(found.judges))
    await run.stop()
    await run.start({ controls, sources: { [scanned.id]: 'two' } })
    await run.settle()
    assert.equal(await run.says(scanned.id), 'kept / holds')
    await run.finish()
  })

  for (const [code, fact] of Object.entries({
    JUDGE_BODY: { body: { subject: 'a', topic: -1, faults: 0 } },
    JUDGE_BODY_TOO_LARGE: { type: wide, body: { text: 'x'.repeat(15_000) } },
    JUDGE_BECAUSE: { because: [] },
    JUDGE_OCCURRED: { occurred: 'yesterday' },
    JUDGE_NAME_UNDECLARED: { as: 'scan' },
    JUDGE_MAKES_UNDECLARED: { type: assetListed, body: { subject: 'a' } },
  })) {
    test(`what a judge may not say stops it and nobody else, live and taking over: ${code}`, async () => {
      const run = await createRun(server, { types: [wide] })
      const good = (ctx: any) => ({
        type: assetScanned,
        occurred: ctx.now,
        because: [ctx.cause],
        body: { subject: 'a', topic: 0, faults: 0 },
      })
      const wrong = (version: number) => ({
        id: 'synthetic.wrong',
        version,
        from: [assetListed],
        makes: [assetScanned, wide],
        told: [assetScanned],
        keys: () => ['a'],
        init: () => 0,
        step: (_state: any, _input: any, ctx: any) => ({
          state: 0,
          facts: [good(ctx), { ...good(ctx), ...fact }],
        }),
      })
      await run.start({ controls, judges: [wrong(1)] as any })
      for (const step of stream.slice(0, 7)) await step(run)
      await run.settle()
      const stopped = [{ judge: 'synthetic.wrong', code }]
      assert.deepEqual(run.runner.stopped, stopped)
      assert.deepEqual((await run.facts(assetScanned)).length, 1, 'half a step is not said')
      await run.stop()
      const sources = { 'synthetic.wrong': 'two' }
      await run.start({ controls, judges: [wrong(2)] as any, sources })
      assert.deepEqual(run.runner.stopped, stopped)
      for (const step of stream.slice(7)) await step(run)
      await run.finish()
    })
  }

  test('a judge that steps itself in a circle, or says too much, is stopped', async () => {
    const run = await createRun(server)
    const circle = {
      id: 'synthetic.circle',
      version: 1,
      from: [assetListed],
      makes: [],
      keys: () => ['a'],
      init: () => 0,
      step: (_state: any, _input: any, _ctx: any) => ({ state: 0, also: ['b', 'a'] }),
    }
    const loud = {
      id: 'synthetic.loud',
      version: 1,
      from: [assetListed],
      makes: [assetScanned],
      told: [assetScanned],
      keys: () => ['a'],
      init: () => 0,
      step: (_state: any, _input: any, ctx: any) => ({
        state: 0,
        facts: Array.from({ length: 1_001 }, () => ({
          type: assetScanned,
          occurred: ctx.now,
          because: [ctx.cause],
          body: { subject: 'a', topic: 0, faults: 0 },
        })),
      }),
    }
    const program = { controls, judges: [circle, loud] as any }
    await run.start(program)
    for (const step of stream) await step(run)
    await run.settle()
    assert.deepEqual(
      [...run.runner.stopped].sort((a, b) => (a.judge < b.judge ? -1 : 1)),
      [
        { judge: 'synthetic.circle', code: 'JUDGE_THREW' },
        { judge: 'synthetic.loud', code: 'JUDGE_SAID_TOO_MUCH' },
      ],
    )
    await run.finish()
  })

  test('V43 M8 a verdict that who holds the key made up from nothing is found', async () => {
    const run = await createRun(server)
    await run.start({ controls })
    for (const step of stream) await step(run)
    await run.settle()
    assert.equal((await run.integrity()).ok, true)
    const { body } = await run.verdict('synthetic.scanned')
    assert.notEqual(body.status, 'kept')
    const pos = await run.fact(verdictChanged, { ...body, status: 'kept' })
    await run.append(assetScanned, { subject: 'a', topic: 0, faults: 1 })
    await run.settle()
    const { ok, judges } = await run.integrity()
    assert.deepEqual(
      [ok, judges.differs, judges.why],
      [false, pos, 'control.verdict.changed has no premises'],
    )
  })
})
