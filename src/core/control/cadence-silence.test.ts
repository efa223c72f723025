import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact } from '../fact.ts'
import { findingOpened, verdictChanged } from '../facts.ts'
import { toInstant } from '../time.ts'
import { cadence } from './cadence.ts'
import { cadenceKind } from './cadence-kind.ts'
import type { CadenceOptions } from './cadence-state.ts'
import type { Match } from './kind.ts'
import { createBench } from './testing.ts'
import { runKind } from './testing-kind.ts'

// What a cadence says of those who tell nothing (V15a).

type Body = Readonly<{ for: string | null; hours: number }>
const held = defineFact<Body>('committee.held', {
  module: 'test',
  schema: z.strictObject({ for: z.string().nullable(), hours: z.int() }),
})
const plain: Body = { for: null, hours: 1 }
const left = defineFact('member.left', { module: 'test', schema: z.strictObject({}) })
const back = defineFact('member.returned', { module: 'test', schema: z.strictObject({}) })

const base: CadenceOptions = {
  id: 'test.committee',
  version: 1,
  owner: 'ciso',
  period: 'P1M',
  zone: 'Asia/Taipei',
  done: [{ type: held }],
  joins: 'next',
  names: fact => (fact.body as Body).for,
}
const run = (o: Partial<CadenceOptions> = {}, options = {}) =>
  runKind(cadenceKind({ ...base, ...o }), options)
/** Midnight in Taipei, which is eight hours ahead and has no daylight saving. */
const taipei = (day: string) => toInstant(Date.parse(`${day}T00:00:00.000+08:00`))
const outcomes = (r: { closed: readonly { name: string; outcome: string }[] }) =>
  r.closed.map(one => `${one.name} ${one.outcome}`)

test('V15a while nobody told anything it is unknown, however many periods pass, and so are they', () => {
  const r = run()
  // Half of the period is over: also before the first full one.
  r.adopt(taipei('2026-01-20'))
  const unknown = `unknown / evidence.missing ${taipei('2026-01-20')}`
  assert.equal(r.read(), unknown)
  for (const day of ['2026-02-01', '2026-02-27', '2026-03-01', '2026-05-02'])
    assert.equal((r.advance(taipei(day)), r.read()), unknown)
  assert.deepEqual(outcomes(r), ['2026-02 unknown', '2026-03 unknown', '2026-04 unknown'])
  // From the first word on silence counts; what had closed before stays as it is.
  r.fact(held, plain, { at: taipei('2026-05-03') })
  assert.equal(r.read(), `kept / done ${taipei('2026-05-03')}`)
  r.advance(taipei('2026-07-02'))
  assert.equal(r.read(), `broken / missed ${taipei('2026-07-01')}`)
  assert.deepEqual(outcomes(r).slice(3), ['2026-05 done', '2026-06 missed'])
  assert.deepEqual(r.restated, [])
})

test('V15a V37 what closed in silence is restated by what was done then, and by nothing else', () => {
  const silent = () => {
    const r = run()
    r.adopt(taipei('2026-01-01'))
    r.advance(taipei('2026-04-10'))
    return r
  }
  const restated = (r: ReturnType<typeof run>) =>
    r.restated.map(({ name, was, now }) => `${name} ${was} ${now}`)
  const measured = silent()
  measured.fact(held, plain, { at: taipei('2026-04-11'), occurred: taipei('2026-02-03') })
  assert.deepEqual(restated(measured), ['2026-02 unknown done'])
  assert.equal(measured.read(), `due / due ${taipei('2026-04-11')}`)
  // The last one is still unknown; once it is not, it is as if there had been no silence.
  measured.fact(held, plain, { at: taipei('2026-04-11'), occurred: taipei('2026-01-03') })
  assert.equal(measured.judged().status, 'due')
  measured.fact(held, plain, { at: taipei('2026-04-12'), occurred: taipei('2026-03-03') })
  assert.equal(measured.read(), `kept / open ${taipei('2026-04-12')}`)
  measured.advance(taipei('2026-05-02'))
  assert.equal(measured.judged().status, 'broken')
  const late = silent()
  late.fact(held, { ...plain, for: '2026-03' }, { at: taipei('2026-04-11'), trust: 'record' })
  assert.deepEqual(restated(late), ['2026-03 unknown late'])
  assert.equal(late.read(), `kept / open ${taipei('2026-04-11')}`)
  const entered = silent()
  entered.fact(held, { ...plain, for: '2026-01' }, { at: taipei('2026-04-11'), trust: 'record' })
  assert.deepEqual(restated(entered), ['2026-01 unknown late'])
  assert.equal(entered.closed.length, 3)
  // A claim is a word too: the past waits for a second person, the present period no longer.
  const claimed = silent()
  const given = { at: taipei('2026-04-11'), occurred: taipei('2026-03-03') }
  const claim = claimed.fact(held, plain, { ...given, trust: 'claim' })
  assert.equal(claimed.read(), `due / due ${taipei('2026-04-11')}`)
  assert.deepEqual(claimed.restated, [])
  claimed.fact(held, plain, { at: taipei('2026-04-12'), accepts: claim })
  assert.deepEqual(restated(claimed), ['2026-03 unknown done'])
  claimed.advance(taipei('2026-05-02'))
  assert.equal(claimed.judged().status, 'broken')
})

test('V15a a word is any fact of a type that the control reads, whatever it says', () => {
  const longEnough: Match = { type: held, if: fact => (fact.body as Body).hours >= 2 }
  const r = run({ done: [longEnough], away: [{ type: left }, { type: back }] })
  r.adopt(taipei('2026-01-01'))
  r.fact(held, plain, { at: taipei('2026-01-10') })
  assert.equal(r.read(), `due / due ${taipei('2026-01-10')}`)
  r.advance(taipei('2026-02-02'))
  assert.deepEqual(outcomes(r), ['2026-01 missed'])
  assert.equal(r.judged().status, 'broken')
  // Evidence from before the policy closes nothing (V33), and is a word as well.
  const before = run({ maxGap: 'P35D' })
  before.fact(held, plain, { at: taipei('2025-12-20') })
  before.adopt(taipei('2026-01-01'))
  assert.equal(before.judged().status, 'due')
  // Too long a gap is none while nobody tells anything.
  const gap = run({ maxGap: 'P35D' })
  gap.adopt(taipei('2026-01-01'))
  gap.advance(taipei('2026-06-02'))
  assert.equal(gap.judged().status, 'unknown')
})

test('V15a a member of a register, and a source that has spoken, are words', () => {
  const member = run({}, { joined: taipei('2026-01-01') })
  member.adopt(taipei('2026-01-01'))
  assert.equal(member.judged().status, 'due')
  member.advance(taipei('2026-02-02'))
  assert.equal(member.judged().status, 'broken')
  const r = run({}, { watermark: null })
  r.adopt(taipei('2026-01-01'))
  assert.equal(r.read(), `unknown / evidence.missing ${taipei('2026-01-01')}`)
  r.watermark(taipei('2026-01-10'), taipei('2026-01-10'))
  assert.equal(r.judged().status, 'due')
})

test('V15a V27 in a control: one verdict for a year of silence, and no finding', () => {
  const control = cadence({ ...base, params: {}, done: [{ type: held }] })
  const bench = createBench([control])
  bench.adopt({ at: taipei('2026-01-01') })
  bench.advance(taipei('2027-03-01'))
  const read = bench.verdict(control.id)
  assert.deepEqual([read.status, read.reason.code], ['unknown', 'evidence.missing'])
  assert.equal(bench.facts(findingOpened).length, 0)
  assert.deepEqual(
    bench.facts(verdictChanged).map(fact => fact.body.status),
    ['unknown'],
  )
  bench.fact(held, plain, { at: taipei('2027-03-02') })
  assert.equal(bench.verdict(control.id).status, 'kept')
})
