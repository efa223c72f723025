import { strict as assert } from 'node:assert'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { state } from '../../src/core/control/state.ts'
import { defineFact, type Fact } from '../../src/core/fact.ts'
import { findingClosed, findingOpened, judgeVersionChanged } from '../../src/core/facts.ts'
import type { Judge } from '../../src/core/judge.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { assetListed, assetScanned, inventoryDeclared } from '../synthetic.ts'
import { closeRuns, createRun, type Program, type Run } from './harness.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

const subjectOf = (f: any) => f.body.subject as string
const id = 'synthetic.scanned'

/** A program whose rule allows so many faults; its source is called like that. */
const allowing = (faultsMax: number): Program => ({
  controls: [
    state({
      id,
      version: 1,
      owner: 'ciso',
      population: {
        id: 'assets',
        enter: { type: assetListed, key: subjectOf },
        complete: { type: inventoryDeclared },
        fresh: 'P90D',
      },
      slots: { scan: { type: assetScanned, key: subjectOf, fresh: 'P60D' } },
      holds: ({ scan }) => scan?.body.faults <= faultsMax,
    }),
  ],
  sources: { [id]: `${faultsMax}` },
})
const [strict, mild] = [allowing(0), allowing(3)]
const scan = (run: Run, subject: string, faults: number) =>
  run.fact(assetScanned, { subject, topic: 0, faults })

async function filled(): Promise<Run> {
  const run = await createRun(server)
  await run.start(strict)
  await run.adopt()
  for (const subject of ['a', 'b', 'c']) await run.append(assetListed, { subject })
  await run.append(inventoryDeclared, { count: 3 })
  await scan(run, 'a', 0)
  await scan(run, 'b', 2)
  await scan(run, 'c', 2)
  return run
}

/** Another program goes on; between two programs nobody judges what is appended. */
async function goOn(run: Run, next: Program, unjudged: number | null = null): Promise<void> {
  await run.stop()
  if (unjudged !== null)
    await run.append(assetScanned, { subject: 'a', topic: 0, faults: unjudged })
  await run.start(next)
  await run.settle()
}

/** What a program performs again of the whole list, whoever judges today. */
async function performed(run: Run, of: Program) {
  const { judges, rows } = await run.integrity(async () => {}, of)
  assert.equal(judges.differs, null, JSON.stringify(judges))
  assert.deepEqual(rows.differing, [])
  return judges
}

const conclusions = async (run: Run): Promise<number> =>
  (await run.list()).filter(fact => fact.source === `${id}@1`).length

test('V43 what a rule concluded is performed again after another one has taken over', async () => {
  const run = await filled()
  const strictly = await conclusions(run)
  await goOn(run, mild, 1)
  await scan(run, 'b', 4)
  await scan(run, 'b', 0)
  const all = await conclusions(run)
  assert.ok(strictly > 3 && all - strictly > 3, `${strictly} of ${all}`)
  const old = await performed(run, strict)
  assert.deepEqual([old.derived, old.others], [strictly, [id]])
  const now = await performed(run, mild)
  assert.deepEqual([now.derived, now.others], [all - strictly, [id]])
  await run.finish()
})

test('V43 V46 the second span of a rule begins with what it folded, not with where it had ended', async () => {
  const run = await filled()
  const counts = [await conclusions(run)]
  for (const [next, faults] of [
    [mild, null],
    [strict, 2],
    [mild, 0],
    [strict, null],
  ] as const) {
    await goOn(run, next, faults)
    // b fails for the mild rule as well, and c comes to hold while it judges.
    await scan(run, 'b', next === mild ? 4 : 1)
    await scan(run, 'c', next === mild ? 0 : 2)
    counts.push((await conclusions(run)) - counts.reduce((a, b) => a + b, 0))
  }
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = counts
  assert.ok(Math.min(...counts) > 0, `${counts}`)
  const all = await run.list()
  const rejudged = all.filter(fact => fact.body.reason?.code === 'rejudged')
  assert.ok(rejudged.length > 0 && all.filter(one => one.type === findingOpened.name).length > 4)
  assert.equal((await performed(run, strict)).derived, first + third + fifth)
  assert.equal((await performed(run, mild)).derived, second + fourth)
  assert.deepEqual(await performed(run, allowing(9)), {
    ...{ facts: all.length, derived: 0, differs: null, why: null, others: [id] },
  })
  await run.finish()
})

test('V43 a rule that began and ended without judging anything has only what it took over', async () => {
  const run = await filled()
  await run.stop()
  for (const next of [mild, strict, mild]) {
    await run.start(next)
    await run.stop()
  }
  await run.start(mild)
  const [, ...announced] = await run.facts(judgeVersionChanged)
  assert.equal(announced.length, 3)
  for (const program of [strict, mild]) await performed(run, program)
  await scan(run, 'b', 4)
  for (const program of [strict, mild]) await performed(run, program)
  await run.finish()
})

const began = defineFact('synthetic.odd.began', {
  module: 'synthetic',
  keys: f => [f.body.subject],
  schema: z.strictObject({ subject: z.string() }),
})
const ended = defineFact('synthetic.odd.ended', {
  module: 'synthetic',
  keys: f => [f.body.subject],
  schema: z.strictObject({ subject: z.string() }),
})

/** Says when the faults of a subject begin to be more than so many, and rests their end on that. */
const above = (faultsMax: number): Program => {
  const judge: Judge<boolean> = {
    ...{ id: 'synthetic.odd', version: 1, from: [assetScanned], makes: [began, ended] },
    ...{ names: { began }, keys: subjectsOf, init: () => false },
    step(was, input, ctx) {
      const { subject, faults } = (input as Fact<any>).body
      const is = faults > faultsMax
      const about = { occurred: ctx.now, body: { subject } }
      const beganAt = ctx.made('began')
      if (is && !was) {
        return { state: is, facts: [{ ...about, as: 'began', type: began, because: [ctx.cause] }] }
      }
      if (is || !was || beganAt === undefined) return { state: is }
      const because = [beganAt, ctx.cause].sort((a, b) => a - b)
      return { state: is, facts: [{ ...about, type: ended, because }] }
    },
  }
  return { judges: [judge], sources: { [judge.id]: `${faultsMax}` } }
}
const subjectsOf = (fact: Fact) => [subjectOf(fact)]

test('V43 a judge without verdicts is performed in every span, with the facts that it has named', async () => {
  const run = await createRun(server, { types: [began, ended] })
  const [low, high] = [above(0), above(2)]
  await run.start(low)
  for (const faults of [1, 0, 3]) await scan(run, 'a', faults)
  for (const next of [high, low]) {
    await goOn(run, next, 5)
    for (const faults of [1, 4]) await scan(run, 'a', faults)
    await scan(run, 'a', 0)
    await scan(run, 'a', 3)
  }
  const said = (await run.facts(ended)).length + (await run.facts(began)).length
  const [own, other] = [await performed(run, low), await performed(run, high)]
  assert.equal(own.derived + other.derived, said)
  assert.ok(own.derived > 3 && other.derived > 3, `${own.derived} ${other.derived}`)
  await run.close()
})

test('V43 V46 a span ends where a program without the control retired it, and comes back empty', async () => {
  const run = await filled()
  const before = await conclusions(run)
  await goOn(run, { controls: [] }, 4)
  await scan(run, 'a', 5)
  const closed = (await run.facts(findingClosed)).filter(f => f.body.reason.code === 'retired')
  assert.equal(closed.length, 2)
  assert.equal((await performed(run, strict)).derived, before, 'the end is not said by the rule')
  await goOn(run, strict)
  await scan(run, 'a', 0)
  assert.ok((await performed(run, strict)).derived > before)
  await run.finish()
})

test('V43 a conclusion that a rule would not have drawn in its span is found', async () => {
  const run = await filled()
  await goOn(run, mild)
  // The same source is announced for a rule that concludes otherwise.
  const forged = { ...mild, sources: strict.sources ?? {} }
  const { judges } = await run.integrity(async () => {}, forged)
  assert.ok(judges.differs !== null && judges.why !== null)
  await run.finish()
})
