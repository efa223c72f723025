import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { cadence } from '../../src/core/control/cadence.ts'
import { clock as clockControl } from '../../src/core/control/clock.ts'
import { state } from '../../src/core/control/state.ts'
import { defineFact, type Fact } from '../../src/core/fact.ts'
import {
  claimAccepted,
  exceptionGranted,
  factCorrected,
  factRetracted,
  findingClosed,
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  premiseRetracted,
  restatementRefused,
  verdictChanged,
  watermarkAdvanced,
} from '../../src/core/facts.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import {
  assetListed,
  assetScanned,
  caseClosed,
  caseOpened,
  createRandom,
  inventoryDeclared,
  personJoined,
  personLeft,
  rosterDeclared,
  syntheticControls,
  topicsOf,
  trainingDone,
} from '../synthetic.ts'
import { closeRuns, createRun, person, type Run, two } from './harness.ts'

const base = { version: 1, owner: 'ciso' } as const
const subjectOf = (f: any) => f.body.subject as string

const assets = {
  id: 'assets',
  enter: { type: assetListed, key: subjectOf },
  complete: { type: inventoryDeclared },
  fresh: 'P90D',
}
const people = {
  id: 'people',
  enter: { type: personJoined, key: subjectOf },
  leave: { type: personLeft, key: subjectOf },
  complete: { type: rosterDeclared },
  fresh: 'P400D',
}
const scanned = state({
  ...base,
  id: 'synthetic.scanned',
  population: assets,
  slots: { scan: { type: assetScanned, key: subjectOf, fresh: 'P60D' } },
  holds: ({ scan }) => scan?.body.faults === 0,
})
const weekly = (id: string, more: object = {}) =>
  cadence({
    ...base,
    id,
    population: people,
    period: 'P1W',
    zone: 'Asia/Taipei',
    joins: 'next',
    done: [{ type: trainingDone, key: subjectOf }],
    ...more,
  })
const trained = weekly('synthetic.trained')
/** Closes a period only when its source has delivered (V6). */
const watched = weekly('synthetic.watched', {
  alive: [{ type: watermarkAdvanced, if: (f: any) => f.body.source === 'hr' }],
})
const answered = clockControl({
  ...base,
  id: 'synthetic.answered',
  start: [{ type: caseOpened, key: subjectOf }],
  stop: [{ type: caseClosed, key: subjectOf }],
  limit: 'PT2H',
  window: 'P30D',
})
const controls = [scanned, trained, watched, answered]

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

/** Two assets, two people, everything declared and done for the week of 12 January. */
async function settled(): Promise<Run> {
  const run = await createRun(server, {
    types: [note, concluded],
    start: '2026-01-01T00:00:00.000Z',
  })
  await run.start({ controls, judges: [concluder] })
  await run.adopt({ at: '2026-01-05T00:00:00.000Z' })
  for (const subject of ['a', 'b']) await run.append(assetListed, { subject })
  for (const subject of ['p', 'q']) await run.append(personJoined, { subject })
  await run.append(inventoryDeclared, { count: 2 })
  await run.fact(rosterDeclared, { count: 2 })
  return run
}

const note = defineFact('note.written', {
  module: 'synthetic',
  keys: f => [f.body.subject],
  schema: z.strictObject({ subject: z.string() }),
})
const concluded = defineFact('note.concluded', {
  module: 'synthetic',
  keys: f => [f.body.subject],
  schema: z.strictObject({ subject: z.string() }),
})
/** Makes one fact of one key of each note, which others then read (V24a). */
const concluder = {
  id: 'synthetic.concluder',
  version: 1,
  from: [note],
  makes: [concluded],
  keys: (fact: Fact<any>) => [fact.body.subject],
  init: () => 0,
  step: (seen: number, input: any, ctx: any) => ({
    state: seen + 1,
    facts: [
      {
        type: concluded,
        occurred: ctx.now,
        because: [input.pos],
        body: { subject: input.body.subject },
      },
    ],
  }),
}

const rowsOf = async (run: Run) => {
  const { rows } = await run.pool.query<{ judge: string; key: string; upto: string }>(
    'select judge, key, upto from fold.judge_row',
  )
  return new Map(rows.map(row => [`${row.judge} ${row.key}`, Number(row.upto)]))
}
const last = async (run: Run, type: any): Promise<Fact<any>> => {
  const fact = (await run.facts(type)).at(-1)
  assert(fact !== undefined, `there is a ${type.name}`)
  return fact
}

describe('amendments', () => {
  test('V41 only the rows that a retracted fact names are folded again', async () => {
    const run = await settled()
    await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
    const bad = await run.fact(assetScanned, { subject: 'b', topic: 0, faults: 4 })
    await run.append(assetScanned, { subject: 'b', topic: 0, faults: 4 })
    const second = (await run.list()).length - 1
    await run.settle()
    assert.equal(await run.says(scanned.id), 'broken / failing')
    const before = await rowsOf(run)
    const pos = await run.retract(bad)
    assert.equal(await run.says(scanned.id), 'broken / failing')
    const after = await rowsOf(run)
    const moved = [...after].filter(([name, upto]) => before.get(name) !== upto && upto >= pos)
    assert.deepEqual(moved.map(([name]) => name).sort(), [`${scanned.id} `, `${scanned.id} b`])
    await run.retract(second)
    assert.equal(await run.says(scanned.id), 'unknown / evidence.missing')
    const closed = await last(run, findingClosed)
    assert.deepEqual([closed.body.subject, closed.body.reason.code], ['b', 'retracted'])
    const opened = (await run.facts(findingOpened)).find(f => f.body.subject === 'b')
    const { because } = closed
    assert.ok((because as number[]).includes(opened?.pos ?? -1))
    await run.finish()
  })

  test('V40 a correction stands for its target, at the time at which that occurred', async () => {
    const run = await settled()
    await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
    const wrong = await run.fact(assetScanned, { subject: 'b', topic: 0, faults: 0 })
    assert.equal(await run.says(scanned.id), 'kept / holds')
    const fixed = await run.correct(wrong, { subject: 'b', topic: 0, faults: 3 })
    assert.equal(await run.says(scanned.id), 'broken / failing')
    const opened = await last(run, findingOpened)
    assert.equal(opened.body.subject, 'b')
    assert.deepEqual(opened.because, [fixed])
    const row = await run.row(scanned.id, 'b')
    assert.equal(row.kind.slots.scan.when, (await run.list())[wrong]?.occurred)
    await run.correct(fixed, { subject: 'b', topic: 0, faults: 0 })
    assert.equal(await run.says(scanned.id), 'kept / holds', 'a correction is corrected')
    await run.finish()
  })

  test('V40 a correction that changes the key is taken from one row and given to another', async () => {
    const run = await settled()
    const swapped = await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
    await run.fact(caseOpened, { subject: 'c1', topic: 0 }, { at: '2026-01-10T00:00:00.000Z' })
    const stop = await run.fact(caseClosed, { subject: 'c1', topic: 0 })
    await run.fact(caseOpened, { subject: 'c2', topic: 0 })
    await run.advance('2026-01-11T00:00:00.000Z')
    await run.correct(swapped, { subject: 'b', topic: 0, faults: 0 })
    assert.equal((await run.row(scanned.id, 'a')).share.code, 'evidence.missing')
    assert.equal((await run.row(scanned.id, 'b')).share.code, 'holds')
    await run.correct(stop, { subject: 'c2', topic: 0 })
    assert.notEqual((await run.row(answered.id, 'c1')).share.status, 'kept')
    await run.finish()
  })

  test('V40 retracting a correction leaves neither, and what it stood for stays retracted', async () => {
    const run = await settled()
    await run.append(assetScanned, { subject: 'b', topic: 0, faults: 0 })
    const wrong = await run.fact(assetScanned, { subject: 'a', topic: 0, faults: 1 })
    const fixed = await run.correct(wrong, { subject: 'a', topic: 0, faults: 0 })
    assert.equal(await run.says(scanned.id), 'kept / holds')
    await run.retract(fixed)
    assert.equal(await run.says(scanned.id), 'unknown / evidence.missing')
    await run.retract(wrong)
    assert.equal(await run.says(scanned.id), 'unknown / evidence.missing')
    await run.finish()
  })

  test('V41 a closed occurrence is restated, of the conclusion it had', async () => {
    const run = await settled()
    const done = await run.fact(
      trainingDone,
      { subject: 'p', topic: 0 },
      { at: '2026-01-13T00:00:00.000Z' },
    )
    await run.append(trainingDone, { subject: 'q', topic: 0 })
    await run.append(
      watermarkAdvanced,
      { source: 'hr', to: '2026-01-19T12:00:00.000Z' },
      { at: '2026-01-19T13:00:00.000Z' },
    )
    await run.settle()
    const closed = (await run.facts(occurrenceClosed)).filter(
      f => f.body.subject === 'p' && f.body.outcome === 'done',
    )
    assert.deepEqual(closed.map(f => f.body.control).sort(), [trained.id, watched.id])
    const pos = await run.retract(done)
    const restated = await run.facts(occurrenceRestated)
    assert.deepEqual(
      restated.map(f => [f.body.control, f.body.of, f.body.was, f.body.now]).sort(),
      closed.map(f => [f.body.control, f.pos, 'done', 'missed']).sort(),
      'V6: with the watermarks that the row had then',
    )
    for (const fact of restated) assert.deepEqual(fact.because, [fact.body.of, pos])
    // An instrument shows later that it had been done: of the restatement, not of the first word.
    await run.fact(
      trainingDone,
      { subject: 'p', topic: 0 },
      { occurred: '2026-01-14T00:00:00.000Z' },
    )
    const again = (await run.facts(occurrenceRestated)).slice(2)
    assert.deepEqual(
      again.map(f => [f.body.of, f.body.was, f.body.now]).sort(),
      restated.map(f => [f.pos, 'missed', 'done']).sort(),
    )
    await run.finish()
  })

  test('V41 a case whose start is retracted, and one that is closed by a correction', async () => {
    const run = await settled()
    const start = await run.fact(
      caseOpened,
      { subject: 'c1', topic: 0 },
      { at: '2026-01-10T00:00:00.000Z' },
    )
    await run.advance('2026-01-10T04:00:00.000Z')
    assert.equal(await run.says(answered.id), 'broken / overdue')
    await run.fact(caseClosed, { subject: 'c1', topic: 0 })
    const closed = await last(run, occurrenceClosed)
    assert.equal(closed.body.subject, 'c1')
    await run.retract(start)
    const restated = await last(run, occurrenceRestated)
    assert.deepEqual([restated.body.of, restated.body.now], [closed.pos, 'open'])
    assert.equal((await last(run, findingClosed)).body.subject, 'c1')
    assert.equal(await run.says(answered.id), 'unknown / no.case')
    await run.finish()
  })

  test('V41 the row of all is folded again when its own fact is retracted', async () => {
    const run = await settled()
    for (const subject of ['a', 'b'])
      await run.append(assetScanned, { subject, topic: 0, faults: 0 })
    const declared = (await run.facts(inventoryDeclared))[0]?.pos ?? -1
    await run.settle()
    assert.equal(await run.says(scanned.id), 'kept / holds')
    await run.retract(declared)
    assert.equal(await run.says(scanned.id), 'unknown / population.undeclared')
    const verdict = await run.verdict(scanned.id)
    assert.equal(
      verdict.body.previous,
      (await run.facts(verdictChanged)).filter(f => f.body.control === scanned.id).at(-2)?.pos,
    )
    await run.fact(inventoryDeclared, { count: 2 })
    assert.equal(await run.says(scanned.id), 'kept / holds')
    await run.finish()
  })

  test('V6 V41 a retracted watermark opens again what it had closed', async () => {
    const run = await settled()
    const mark = await run.fact(
      watermarkAdvanced,
      { source: 'hr', to: '2026-01-19T12:00:00.000Z' },
      { at: '2026-01-19T13:00:00.000Z' },
    )
    const of = (f: Fact<any>) => f.body.control === watched.id
    const closed = (await run.facts(occurrenceClosed)).filter(of)
    assert.ok(closed.length > 0)
    await run.retract(mark)
    const restated = (await run.facts(occurrenceRestated)).filter(of)
    assert.deepEqual(
      restated.map(f => [f.body.of, f.body.now]),
      closed.map(f => [f.pos, 'open']),
    )
    await run.fact(watermarkAdvanced, { source: 'hr', to: '2026-01-19T12:00:00.000Z' })
    await run.finish()
  })

  test('V38 what a row has forgotten is not restated by an amendment', async () => {
    const run = await settled()
    const done = await run.fact(
      trainingDone,
      { subject: 'p', topic: 0 },
      { at: '2026-01-13T00:00:00.000Z' },
    )
    await run.advance('2026-02-02T00:00:00.000Z')
    await run.fact(personLeft, { subject: 'p' })
    await run.fact(personLeft, { subject: 'q' })
    await run.advance('2027-04-01T00:00:00.000Z')
    await run.fact(personJoined, { subject: 'p' })
    await run.retract(done)
    const own = (f: Fact<any>) => f.body.control === trained.id && f.body.subject === 'p'
    assert.deepEqual((await run.facts(occurrenceRestated)).filter(own), [])
    const refused = (await run.facts(restatementRefused)).filter(own)
    assert.deepEqual(
      refused.map(f => f.body.why),
      ['too.old'],
    )
    await run.finish()
  })

  test('V41 owners of what rests on the target are told', async () => {
    const run = await settled()
    const premise = await run.fact(note, { subject: 'n' })
    const rests = (await last(run, concluded)).pos
    const pos = await run.retract(premise)
    const told = await run.facts(premiseRetracted)
    assert.deepEqual(
      told.map(f => [f.body, f.because]),
      [[{ of: rests, type: 'note.concluded' }, [rests, pos]]],
    )
    await run.finish()
  })

  test('V40 without a second person, of a policy, of a conclusion or of the future: ignored', async () => {
    const run = await settled()
    const bad = await run.fact(assetScanned, { subject: 'b', topic: 0, faults: 4 })
    const policy = (await run.list()).findIndex(f => f.type === 'policy.version.adopted')
    const verdict = await run.verdict(scanned.id)
    const rows = await run.row(scanned.id, 'b')
    const by = person('first@example.org')
    await run.retract(bad, { private: { by } })
    await run.retract(bad, { private: { by, second: by } })
    await run.retract(bad, { private: { by, second: { value: 'somebody', person: null } } })
    await run.retract(policy)
    await run.retract(verdict.pos)
    await run.retract((await run.list()).length + 1_000)
    await run.correct(bad, { subject: 'b', topic: 0, faults: 'many' })
    assert.deepEqual(await run.row(scanned.id, 'b'), rows)
    assert.equal((await run.verdict(scanned.id)).pos, verdict.pos)
    await run.finish()
  })

  test('V4 a claim accepted by a second person counts from when it occurred', async () => {
    const run = await settled()
    await run.fact(trainingDone, { subject: 'q', topic: 0 }, { at: '2026-01-13T00:00:00.000Z' })
    const claim = await run.fact(
      trainingDone,
      { subject: 'p', topic: 0 },
      {
        at: '2026-01-22T00:00:00.000Z',
        occurred: '2026-01-14T00:00:00.000Z',
        trust: 'claim',
        private: { by: person('p@example.org') },
      },
    )
    const own = (f: Fact<any>) => f.body.control === trained.id && f.body.subject === 'p'
    const missed = (await run.facts(occurrenceClosed)).filter(own).at(-1)
    assert.equal(missed?.body.outcome, 'missed')
    await run.accept(claim, 'p@example.org')
    assert.deepEqual((await run.facts(occurrenceRestated)).filter(own), [], 'by the same person')
    const pos = await run.accept(claim, 'lead@example.org')
    const restated = (await run.facts(occurrenceRestated)).filter(own)
    assert.deepEqual(
      restated.map(f => [f.body.of, f.body.was, f.body.now]),
      [[missed?.pos, 'missed', 'done']],
    )
    await run.accept(claim, 'other@example.org')
    assert.equal((await run.facts(occurrenceRestated)).filter(own).length, 1)
    await run.retract(pos)
    const taken = (await run.facts(occurrenceRestated)).filter(own).at(-1)
    assert.deepEqual([taken?.body.of, taken?.body.now], [restated[0]?.pos, 'missed'])
    await run.finish()
  })

  test('V4 a claim that names nobody has no second person', async () => {
    const run = await settled()
    const claim = await run.fact(
      trainingDone,
      { subject: 'p', topic: 0 },
      { at: '2026-01-22T00:00:00.000Z', occurred: '2026-01-14T00:00:00.000Z', trust: 'claim' },
    )
    await run.accept(claim, 'lead@example.org')
    // Nor one that names others and not who told it: it may have been any of those who accept.
    const times = { at: '2026-01-22T01:00:00.000Z', occurred: '2026-01-14T01:00:00.000Z' }
    const named = { trust: 'claim', private: { trainer: person('t@example.org') } } as const
    const body = { subject: 'p', topic: 0 }
    const untold = await run.fact(trainingDone, body, { ...times, ...named })
    await run.accept(untold, 'lead@example.org')
    assert.deepEqual(await run.facts(occurrenceRestated), [])
    await run.finish()
  })

  for (const seed of [3, 71]) {
    test(`I8 I7 a history of several hundred facts and amendments is performed again alike (seed ${seed})`, async () => {
      const run = await createRun(server, { types: [note, concluded] })
      const all = [...syntheticControls(10), watched, scanned]
      const program = { controls: all, judges: [concluder] }
      await run.start(program)
      await run.adopt()
      await history(run, seed, 320, async () => {
        await run.stop()
        await run.start(program)
      })
      await run.finish()
    })
  }
})

/** Everything that may happen, in any order; amendments of whatever came before. */
async function history(
  run: Run,
  seed: number,
  count: number,
  restart: () => Promise<void>,
): Promise<void> {
  const random = createRandom(seed)
  const topics = topicsOf(10)
  const pick = (from: readonly number[]) => from[random(from.length)] ?? 0
  const world: Array<{ pos: number; body: any }> = []
  let ms = run.clock.nowMs()
  for (let index = 0; index < count; index++) {
    ms += 1 + random(10 * 3_600_000)
    if (random(20) === 0) ms += random(20) * 86_400_000
    const at = new Date(ms).toISOString()
    const subject = `s${random(5)}`
    const occurred = random(4) ? at : new Date(ms - random(20) * 86_400_000).toISOString()
    const claim = { trust: 'claim', private: { by: person(subject) } } as const
    const append = async (type: any, body: any, more = {}) => {
      world.push({ pos: await run.append(type, body, { at, ...more }), body })
    }
    const target = world[Math.max(0, world.length - 1 - random(60))]
    switch (random(14)) {
      case 0:
        await append(random(3) ? personJoined : personLeft, { subject })
        break
      case 1:
        await append(assetListed, { subject })
        break
      case 2:
        await append(random(2) ? rosterDeclared : inventoryDeclared, { count: 5 })
        break
      case 3:
        await append(watermarkAdvanced, { source: 'hr', to: occurred })
        break
      case 4:
        await append(random(2) ? caseOpened : caseClosed, {
          subject: `case${random(3)}`,
          topic: pick(topics.case),
        })
        break
      case 5:
      case 6:
        await append(
          trainingDone,
          { subject, topic: pick(topics.training) },
          { occurred, ...(random(2) ? claim : {}) },
        )
        break
      case 7:
        if (target) await run.append(factRetracted, { target: target.pos }, { at, private: two })
        break
      case 8:
        if (target) {
          const body =
            'faults' in target.body ? { ...target.body, faults: random(6) } : { ...target.body }
          if ('subject' in body && random(3) === 0) body.subject = subject
          world.push({
            pos: await run.append(
              factCorrected,
              { target: target.pos, body },
              { at, private: two },
            ),
            body,
          })
        }
        break
      case 9:
        if (target)
          await run.append(
            claimAccepted,
            { target: target.pos },
            { at, private: { by: person('lead') } },
          )
        break
      case 11:
        await append(
          exceptionGranted,
          {
            control: random(2) ? watched.id : scanned.id,
            subject: random(2) ? subject : null,
            until: new Date(ms + 20 * 86_400_000).toISOString(),
          },
          { private: { requester: person(subject), approver: person('lead') } },
        )
        break
      case 10:
        await append(note, { subject })
        break
      default:
        await append(assetScanned, { subject, topic: pick(topics.scan), faults: random(6) })
    }
    if (random(3) === 0) await run.settle()
    if (random(50) === 0) await restart()
  }
}
