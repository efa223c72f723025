import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { defineFact } from '../fact.ts'
import { toInstant } from '../time.ts'
import type { Match } from './kind.ts'
import { type ObjectiveOptions, objectiveKind } from './objective-kind.ts'
import { type KindRun, runKind } from './testing-kind.ts'

type Body = { n: number; drill?: boolean }
const schema = z.strictObject({ n: z.int(), drill: z.boolean().optional() }) as z.ZodType<Body>
const type = (name: string) => defineFact<Body>(name, { module: 'test', schema })
const up = type('service.probe.passed')
const down = type('service.outage.measured')
const gap = type('detector.gap.measured')
const on = (t: typeof up): Match<Body> => ({ type: t, amount: fact => fact.body.n })

const base: ObjectiveOptions = {
  id: 'test.availability',
  version: 1,
  owner: 'infrastructure',
  window: { every: 'P1M', zone: 'Asia/Taipei' },
  bad: [on(down)],
  blind: [on(gap)],
  level: { ratioAtLeast: 995_000 },
  blindAtMost: 10_000,
}
const leak: Partial<ObjectiveOptions> = { level: { badAtMost: 0 } }
const kindOf = (o: Partial<ObjectiveOptions> = {}) => objectiveKind({ ...base, ...o })
const run = (o: Partial<ObjectiveOptions> = {}, options = {}) => runKind(kindOf(o), options)
const taipei = (text: string) =>
  toInstant(Date.parse(`${text.length === 10 ? `${text}T00:00` : text}:00.000+08:00`))
/** Adopted in May, so that the first window is over on 1 June. */
const from1June = (o: Partial<ObjectiveOptions> = {}, options = {}) => {
  const r = run(o, options)
  r.adopt(taipei('2026-05-01'))
  r.advance(taipei('2026-06-01T00:05'))
  return r
}
const outcomes = (r: KindRun<any>) => r.closed.map(one => `${one.name} ${one.outcome}`)
const restated = (r: KindRun<any>) => r.restated.map(one => `${one.name} ${one.was} ${one.now}`)

test('V22 99.5 % of the examples: the budget of the whole window, not the ratio so far', () => {
  const r = from1June()
  assert.equal(r.judged().reason.args['budget'], 216)
  r.fact(down, { n: 20 }, { at: taipei('2026-06-01T00:30') })
  assert.equal(r.judged().status, 'kept')
  r.fact(down, { n: 196 }, { at: taipei('2026-06-10') })
  assert.equal(r.judged().status, 'kept')
  r.fact(down, { n: 1 }, { at: taipei('2026-06-11') })
  assert.equal(r.read(), `broken / budget.spent ${taipei('2026-06-11')}`)
  r.advance(taipei('2026-06-30T23:59'))
  assert.equal(r.judged().status, 'broken')
  r.advance(taipei('2026-07-01'))
  assert.equal(r.read(), `kept / level.met ${taipei('2026-07-01')}`)
  r.advance(taipei('2026-07-01T00:05'))
  assert.deepEqual(outcomes(r), ['2026-05 kept', '2026-06 broken'])
})

test('V22 no leak of the examples: a detector that was dead is unknown, one leak is broken', () => {
  const r = from1June(leak)
  assert.equal(r.judged().status, 'kept')
  // 432 minutes are one hundredth of 30 days.
  r.fact(gap, { n: 432 }, { at: taipei('2026-06-02') })
  assert.equal(r.judged().status, 'kept')
  r.fact(gap, { n: 30 * 60 - 432 }, { at: taipei('2026-06-03') })
  assert.equal(r.read(), `unknown / blind ${taipei('2026-06-03')}`)
  r.fact(down, { n: 1 }, { at: taipei('2026-06-10') })
  assert.equal(r.read(), `broken / count.exceeded ${taipei('2026-06-10')}`)
  r.advance(taipei('2026-07-02'))
  assert.deepEqual(outcomes(r), ['2026-05 kept', '2026-06 broken'])
})

test('V23 coverage of time is an objective on gaps in minutes: one more breaks it', () => {
  // Awake for 99 % of a month of 30 days: 432 minutes may be lost.
  const r = from1June({ bad: [on(gap)], blind: [], level: { ratioAtLeast: 990_000 } })
  r.fact(gap, { n: 400 }, { at: taipei('2026-06-02') })
  r.fact(gap, { n: 32 }, { at: taipei('2026-06-20') })
  assert.equal(r.judged().status, 'kept')
  r.fact(gap, { n: 1 }, { at: taipei('2026-06-21') })
  assert.equal(r.read(), `broken / budget.spent ${taipei('2026-06-21')}`)
})

test('V22 the first window reads due until it is complete, unless broken', () => {
  const r = run(leak)
  r.adopt(taipei('2026-05-10'))
  assert.equal(r.read(), `due / first ${taipei('2026-05-10')}`)
  r.fact(gap, { n: 30 * 60 }, { at: taipei('2026-05-12') })
  assert.equal(r.judged().status, 'due')
  r.fact(down, { n: 1 }, { at: taipei('2026-05-13') })
  assert.equal(r.judged().status, 'broken')
  // Less than half left: May does not count, and a leak in it breaks nothing (V33).
  const late = run(leak)
  late.adopt(taipei('2026-05-20'))
  late.fact(down, { n: 1 }, { at: taipei('2026-05-21') })
  late.advance(taipei('2026-06-20'))
  assert.equal(late.judged().status, 'due')
  late.advance(taipei('2026-07-01T00:05'))
  assert.deepEqual([late.judged().status, outcomes(late)], ['kept', ['2026-06 kept']])
})

test('V22 V6 no live detector now is unknown, and its window waits for it', () => {
  const alive = { ...leak, alive: [{ type: gap }], aliveFresh: 'PT1H' }
  const r = run(alive, { watermark: taipei('2026-05-01') })
  r.adopt(taipei('2026-05-01'))
  r.watermark(taipei('2026-06-02T09:00'), taipei('2026-06-02T09:01'))
  assert.equal(r.judged().status, 'kept')
  assert.equal(r.judged().next, taipei('2026-06-02T10:00'))
  r.advance(taipei('2026-06-02T10:00'))
  assert.equal(r.read(), `unknown / blind ${taipei('2026-06-02T10:00')}`)
  assert.equal(r.judged().awaits, '2026-06-02T01:00:00.001Z')
  r.advance(taipei('2026-07-02'))
  assert.deepEqual(outcomes(r), ['2026-05 kept'])
  r.fact(down, { n: 1 }, { at: taipei('2026-07-02T01:00'), occurred: taipei('2026-06-05') })
  // One leak is enough to close it: nothing that is still to come can undo that.
  assert.deepEqual(outcomes(r), ['2026-05 kept', '2026-06 broken'])
  r.watermark(taipei('2026-07-02T02:00'), taipei('2026-07-02T02:00'))
  assert.equal(r.judged().status, 'kept')
  const silent = run(alive, { watermark: null })
  silent.adopt(taipei('2026-05-01'))
  assert.equal(silent.read(), `unknown / blind ${taipei('2026-05-01')}`, 'M9: there is no evidence')
  silent.advance(taipei('2026-06-02'))
  assert.equal(silent.read(), `unknown / blind ${taipei('2026-05-01')}`)
})

test('V22 M9 where samples are measured and there was none, the first window is unknown too', () => {
  const r = run({ good: [on(up)], bad: [on(down)], level: { ratioAtLeast: 750_000 } })
  r.adopt(taipei('2026-05-01'))
  assert.equal(r.read(), `unknown / evidence.missing ${taipei('2026-05-01')}`)
  r.fact(up, { n: 1 }, { at: taipei('2026-05-03') })
  assert.equal(r.read(), `due / first ${taipei('2026-05-03')}`)
})

test('V22 samples: too few are unknown, then the share decides', () => {
  const r = from1June({
    good: [on(up)],
    minSamples: 3,
    level: { ratioAtLeast: 750_000 },
  })
  assert.deepEqual(outcomes(r), ['2026-05 unknown'])
  assert.equal(r.judged().reason.code, 'no.sample')
  for (const day of ['02', '03']) r.fact(up, { n: 1 }, { at: taipei(`2026-06-${day}`) })
  assert.equal(r.judged().status, 'unknown')
  r.fact(down, { n: 1 }, { at: taipei('2026-06-04') })
  assert.equal(r.judged().reason.code, 'ratio.low')
  r.fact(up, { n: 1 }, { at: taipei('2026-06-05') })
  assert.equal(r.judged().status, 'kept')
  // A drill never counts (V24).
  r.fact(down, { n: 9, drill: true }, { at: taipei('2026-06-06') })
  assert.equal(r.judged().status, 'kept')
})

test('V22 a quantile is exact: as many samples at or below the limit as it asks for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 }),
      fc.constantFrom(500_000, 900_000, 950_000, 1_000_000),
      (values, quantile) => {
        const r = from1June({ good: [on(up)], bad: [], level: { quantile, atMost: 10 } })
        for (const [nth, n] of values.entries())
          r.fact(up, { n }, { at: toInstant(Date.parse(taipei('2026-06-02')) + nth) })
        const sorted = values.toSorted((a, b) => a - b)
        const nearest = sorted[Math.ceil((quantile * values.length) / 1_000_000) - 1]!
        assert.equal(r.judged().status, nearest <= 10 ? 'kept' : 'broken')
      },
    ),
    { numRuns: 100 },
  )
})

test('V24a a trend compares a closed window with the one before, and has none at first', () => {
  const trend: Partial<ObjectiveOptions> = { level: { trend: 'notWorse', tolerance: 100_000 } }
  const r = from1June(trend)
  r.fact(down, { n: 10 }, { at: taipei('2026-06-02') })
  assert.equal(r.judged().reason.code, 'no.base')
  r.advance(taipei('2026-07-01T00:05'))
  // Ten after none.
  assert.equal(r.read(), `broken / trend.worse ${taipei('2026-07-01T00:05')}`)
  r.fact(down, { n: 11 }, { at: taipei('2026-07-02') })
  r.advance(taipei('2026-08-02'))
  assert.equal(r.judged().status, 'kept')
  r.fact(down, { n: 13 }, { at: taipei('2026-08-03') })
  r.advance(taipei('2026-09-02'))
  assert.deepEqual(outcomes(r), [
    '2026-05 unknown',
    '2026-06 broken',
    '2026-07 kept',
    '2026-08 broken',
  ])
  // One more in July than was known makes July worse than June, and August no worse than July.
  r.fact(down, { n: 1 }, { at: taipei('2026-09-03'), occurred: taipei('2026-07-20') })
  assert.deepEqual(restated(r), ['2026-07 kept broken', '2026-08 broken kept'])
  const scores = from1June({ ...trend, good: [on(up)], bad: [] })
  for (const [month, n] of [
    ['06', 80],
    ['07', 73],
    ['08', 70],
  ] as const) {
    scores.fact(up, { n }, { at: taipei(`2026-${month}-02`) })
    scores.fact(up, { n }, { at: taipei(`2026-${month}-03`) })
  }
  scores.advance(taipei('2026-09-02'))
  assert.deepEqual(outcomes(scores), [
    '2026-05 unknown',
    '2026-06 unknown',
    '2026-07 kept',
    '2026-08 kept',
  ])
})

test('V37 V38 V39 a leak found in a closed window restates that window, and no other', () => {
  const july = () => {
    const r = from1June(leak)
    r.advance(taipei('2026-07-10'))
    assert.deepEqual(outcomes(r), ['2026-05 kept', '2026-06 kept'])
    return r
  }
  const found = july()
  found.fact(down, { n: 1 }, { at: taipei('2026-07-11'), occurred: taipei('2026-06-20') })
  assert.deepEqual(restated(found), ['2026-06 kept broken'])
  assert.equal(found.judged().status, 'kept')
  // Told afterwards it counts now; accepted, it moves to where it happened.
  const told = july()
  const pos = told.fact(
    down,
    { n: 1 },
    { at: taipei('2026-07-11'), occurred: taipei('2026-06-20'), trust: 'claim' },
  )
  assert.deepEqual([told.judged().status, restated(told)], ['broken', []])
  told.fact(down, { n: 1 }, { at: taipei('2026-07-12'), accepts: pos })
  assert.deepEqual([told.judged().status, restated(told)], ['kept', ['2026-06 kept broken']])
  // Better only by what is measured.
  const share: Partial<ObjectiveOptions> = { good: [on(up)], level: { ratioAtLeast: 500_000 } }
  const bad = from1June({ ...share, settle: 'PT0S' })
  bad.fact(down, { n: 1 }, { at: taipei('2026-06-10') })
  bad.advance(taipei('2026-07-01'))
  bad.fact(
    up,
    { n: 1 },
    { at: taipei('2026-07-01T00:06'), occurred: taipei('2026-06-30T23:58'), trust: 'record' },
  )
  assert.deepEqual(restated(bad), [])
  bad.fact(up, { n: 1 }, { at: taipei('2026-07-01T00:07'), occurred: taipei('2026-06-30') })
  assert.deepEqual(restated(bad), ['2026-06 broken kept'])
  const old = july()
  old.advance(taipei('2027-08-10'))
  old.fact(down, { n: 1 }, { at: taipei('2027-08-11'), occurred: taipei('2026-06-20') })
  assert.deepEqual(
    old.refused.map(one => one.name),
    ['2026-06'],
  )
})

test('V34 an open window takes the stricter level, a closed one keeps its own', () => {
  const r = from1June(
    { level: { badAtMost: params => params['most'] as number } },
    { params: { most: 2 } },
  )
  r.fact(down, { n: 2 }, { at: taipei('2026-06-10') })
  r.params({ most: 5 }, taipei('2026-06-11'))
  r.fact(down, { n: 1 }, { at: taipei('2026-06-12') })
  assert.equal(r.judged().status, 'broken')
  r.advance(taipei('2026-07-02'))
  r.fact(down, { n: 5 }, { at: taipei('2026-07-03') })
  assert.equal(r.judged().status, 'kept')
  r.params({ most: 1 }, taipei('2026-07-04'))
  assert.equal(r.read(), `broken / count.exceeded ${taipei('2026-07-04')}`)
})

test('V22 a sliding window forgets by buckets, and is due until it was once complete', () => {
  const r = run({ ...leak, window: { sliding: 'P7D', bucket: 'P1D' } })
  r.adopt('2026-05-01T00:00:00.000Z')
  r.advance('2026-05-07T23:59:59.999Z')
  assert.equal(r.judged().status, 'due')
  r.advance('2026-05-08T00:00:00.000Z')
  assert.equal(r.judged().status, 'kept')
  r.fact(down, { n: 1 }, { at: '2026-05-10T12:00:00.000Z', occurred: '2026-05-09T12:00:00.000Z' })
  assert.equal(r.judged().status, 'broken')
  assert.equal(r.judged().next, '2026-05-16T00:00:00.000Z')
  r.advance('2026-05-16T00:00:00.000Z')
  assert.equal(r.read(), 'kept / level.met 2026-05-16T00:00:00.000Z')
  r.fact(down, { n: 1 }, { at: '2026-05-20T00:00:00.000Z', occurred: '2026-05-10T00:00:00.000Z' })
  assert.equal(r.judged().status, 'kept')
})

test('V22 options that measure nothing are refused', () => {
  const wrong: Partial<ObjectiveOptions>[] = [
    { bad: [] as never, level: { quantile: 1, atMost: 1 } },
    { total: 'samples' },
    { level: { trend: 'notWorse', tolerance: 0 }, window: { sliding: 'P7D', bucket: 'P1D' } },
  ]
  for (const o of wrong)
    assert.throws(() => kindOf(o), { name: 'OkiteError', code: 'OBJECTIVE_OPTIONS' })
  const { bad: _, ...nothing } = base
  assert.throws(() => objectiveKind(nothing), { code: 'OBJECTIVE_OPTIONS' })
  assert.throws(() => objectiveKind({ ...nothing, ...leak }), { code: 'OBJECTIVE_OPTIONS' })
  const r = run({ ...leak, window: { sliding: 'P1M', bucket: 'P1D' } })
  assert.throws(() => r.adopt('2026-05-01T00:00:00.000Z'), { code: 'OBJECTIVE_WINDOW' })
})

test('V39 measured facts conclude the same late as in time, in any order, woken or not', () => {
  const hour = 3_600_000
  const startMs = Date.parse(taipei('2026-05-01'))
  const event = fc.record({
    at: fc.integer({ min: 0, max: 24 * 8 }),
    late: fc.integer({ min: 0, max: 90 }),
    n: fc.integer({ min: 0, max: 300 }),
    type: fc.constantFrom(up, down, gap),
  })
  const shapes: Partial<ObjectiveOptions>[] = [
    { level: { badAtMost: 400 } },
    { level: { ratioAtLeast: 800_000 } },
    { good: [on(up)], level: { ratioAtLeast: 600_000 } },
    { good: [on(up)], level: { quantile: 800_000, atMost: 150 } },
    { level: { trend: 'notWorse', tolerance: 50_000 } },
  ]
  const final = (r: KindRun<any>) => {
    const said = new Map(r.closed.map(one => [one.name, one.outcome as string]))
    for (const one of r.restated) said.set(one.name, one.now)
    return [...said].sort()
  }
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), fc.constantFrom(...shapes), (events, shape) => {
      const play = (late: boolean, lazy: boolean, eager = false) => {
        const window = { every: 'P1D', zone: 'Asia/Taipei' }
        const r = run({ ...shape, window, blindAtMost: 200_000 }, { lazy })
        r.adopt(toInstant(startMs))
        const facts = events.map((one, nth) => ({
          ...one,
          occurred: toInstant(startMs + one.at * hour + nth),
          recorded: toInstant(startMs + (one.at + (late ? one.late : 0)) * hour + nth),
        }))
        facts.sort((a, b) => (a.recorded < b.recorded ? -1 : 1))
        for (const one of facts) {
          if (eager) r.wake(one.recorded)
          r.fact(one.type, { n: one.n }, { at: one.recorded, occurred: one.occurred })
        }
        r.advance(toInstant(startMs + 15 * 24 * hour + hour))
        return r
      }
      const inTime = play(false, false)
      const late = play(true, false)
      assert.deepEqual(final(late), final(inTime))
      assert.equal(late.judged().status, inTime.judged().status)
      const lazy = play(true, true)
      assert.deepEqual(lazy.closed, late.closed)
      assert.deepEqual(lazy.restated, late.restated)
      assert.equal(lazy.read(), late.read())
      assert.deepEqual(play(true, false, true).state(), late.state())
    }),
    { numRuns: 200 },
  )
})
