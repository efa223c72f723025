import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { defineFact, type Instant } from '../fact.ts'
import { watermarkAdvanced } from '../facts.ts'
import { limits } from '../limits.ts'
import { lastInstant, toInstant } from '../time.ts'
import { cadence } from './cadence.ts'
import { cadenceKind } from './cadence-kind.ts'
import type { CadenceOptions } from './cadence-state.ts'
import type { Match } from './kind.ts'
import { createBench } from './testing.ts'
import { runKind } from './testing-kind.ts'

const held = defineFact('committee.held', {
  module: 'test',
  schema: z.strictObject({ for: z.string().nullable(), hours: z.int(), step: z.string() }),
})
type Body = { for: string | null; hours: number; step: string }
const plain: Body = { for: null, hours: 1, step: '' }
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
/** Somebody has told something before any policy: from then on silence is a miss (V15a). */
const runTold = (o: Partial<CadenceOptions> = {}, options = {}) => {
  const r = run(o, options)
  r.fact(held, plain, { at: taipei('2025-01-01') })
  return r
}
/** Local time in Taipei, which is eight hours ahead and has no daylight saving. */
const taipei = (text: string) =>
  toInstant(Date.parse(`${text.length === 10 ? `${text}T00:00` : text}:00.000+08:00`))
const outcomes = (r: { closed: readonly { name: string; outcome: string }[] }) =>
  r.closed.map(one => `${one.name} ${one.outcome}`)

test('V33 V15 V16 the committee of the examples: adopted on 10 June, held late, told late', () => {
  const start = () => {
    const r = runTold()
    r.adopt(taipei('2026-06-10'))
    assert.equal(r.read(), `due / due ${taipei('2026-06-10')}`)
    r.fact(held, plain, { at: taipei('2026-06-28T10:00'), trust: 'record' })
    assert.equal(r.read(), `kept / done ${taipei('2026-06-28T10:00')}`)
    r.advance(taipei('2026-07-01'))
    assert.equal(r.read(), `kept / open ${taipei('2026-06-28T10:00')}`)
    assert.equal(r.judged().next, taipei('2026-07-01T00:05'))
    r.advance(taipei('2026-07-24T05:59'))
    assert.equal(r.judged().status, 'kept')
    r.advance(taipei('2026-07-24T06:00'))
    assert.equal(r.read(), `due / due ${taipei('2026-07-24T06:00')}`)
    r.advance(taipei('2026-08-01T00:04'))
    assert.equal(r.judged().status, 'due')
    return r
  }
  const late = start()
  late.advance(taipei('2026-08-01T00:05'))
  assert.equal(late.read(), 'broken / missed 2026-07-31T16:00:00.000Z')
  late.fact(held, { ...plain, for: '2026-07' }, { at: taipei('2026-08-03T10:00') })
  assert.equal(late.read(), `kept / open ${taipei('2026-08-03T10:00')}`)
  assert.deepEqual(outcomes(late), ['2026-06 done', '2026-07 missed', '2026-07 late'])
  assert.deepEqual(late.restated, [])

  const told = start()
  const pos = told.fact(
    held,
    { ...plain, for: '2026-07' },
    { at: taipei('2026-08-05'), occurred: taipei('2026-07-30'), trust: 'claim' },
  )
  assert.equal(told.judged().status, 'broken')
  told.fact(held, plain, { at: taipei('2026-08-06'), accepts: pos })
  assert.equal(told.read(), `kept / open ${taipei('2026-08-06')}`)
  assert.deepEqual(
    told.restated.map(({ name, was, now }) => `${name} ${was} ${now}`),
    ['2026-07 missed done'],
  )
  assert.deepEqual(outcomes(told), ['2026-06 done', '2026-07 missed'])
})

test('V33 a first period of which less than half is left does not count', () => {
  const r = runTold()
  r.adopt(taipei('2026-06-20'))
  assert.equal(r.judged().status, 'due')
  r.advance(taipei('2026-07-20'))
  assert.equal(r.judged().status, 'due')
  r.fact(held, plain, { at: taipei('2026-07-21') })
  r.advance(taipei('2026-08-02'))
  assert.deepEqual(outcomes(r), ['2026-07 done'])
  // Exactly half of thirty days is enough to count.
  const half = runTold()
  half.adopt(taipei('2026-06-16'))
  half.advance(taipei('2026-07-02'))
  assert.deepEqual(outcomes(half), ['2026-06 missed'])
})

test('V33 evidence from before the adoption closes no occurrence', () => {
  const r = run()
  r.fact(held, plain, { at: taipei('2026-06-05') })
  r.adopt(taipei('2026-06-10'))
  assert.equal(r.judged().status, 'due')
  r.advance(taipei('2026-07-02'))
  assert.deepEqual(outcomes(r), ['2026-06 missed'])
})

test('V15 the table: each row', () => {
  const r = runTold()
  r.adopt(taipei('2026-01-01'))
  // none (first period), not enough done
  assert.equal(r.judged().status, 'due')
  r.fact(held, plain, { at: taipei('2026-01-10') })
  // any, enough done
  assert.equal(r.read(), `kept / done ${taipei('2026-01-10')}`)
  // done, not enough done, more than lead left
  r.advance(taipei('2026-02-10'))
  assert.equal(r.judged().reason.code, 'open')
  // done, within lead: February has 28 days, a quarter of it is seven
  r.advance(taipei('2026-02-22'))
  assert.equal(r.read(), `due / due ${taipei('2026-02-22')}`)
  // missed, not made up
  r.advance(taipei('2026-03-05'))
  assert.equal(r.read(), `broken / missed ${taipei('2026-03-01')}`)
  // still missed at the next: broken since the first of them
  r.advance(taipei('2026-04-05'))
  assert.equal(r.read(), `broken / missed ${taipei('2026-03-01')}`)
  // any, enough done, while the miss stays
  r.fact(held, plain, { at: taipei('2026-04-06') })
  assert.equal(r.read(), `kept / done ${taipei('2026-04-06')}`)
  r.advance(taipei('2026-05-02'))
  assert.deepEqual(outcomes(r), [
    '2026-01 done',
    '2026-02 missed',
    '2026-03 missed',
    '2026-04 done',
  ])
  // a late doing that names its period closes that miss, and not the present period
  r.fact(held, { ...plain, for: '2026-02' }, { at: taipei('2026-05-03') })
  assert.equal(outcomes(r).at(-1), '2026-02 late')
  assert.equal(r.judged().reason.code, 'open')
  // below a week there is no lead
  const daily = runTold({ period: 'P1D' })
  daily.adopt(taipei('2026-01-01'))
  daily.fact(held, plain, { at: taipei('2026-01-01T12:00') })
  daily.advance(taipei('2026-01-03'))
  assert.equal(daily.read(), `kept / open ${taipei('2026-01-01T12:00')}`)
  daily.advance(taipei('2026-01-03T00:05'))
  assert.equal(daily.read(), `broken / missed ${taipei('2026-01-03')}`)
})

test('V15 maxGap: too long since the last one is broken whatever the period says', () => {
  const r = run({ period: 'P6M', maxGap: 'P4M', lead: 'P7D' })
  r.adopt(taipei('2026-01-01'))
  r.fact(held, plain, { at: taipei('2026-01-10') })
  r.advance(taipei('2026-05-10T00:04'))
  assert.equal(r.judged().status, 'kept')
  r.advance(taipei('2026-05-10T00:05'))
  assert.equal(r.read(), `broken / gap ${taipei('2026-05-10')}`)
  r.fact(held, plain, { at: taipei('2026-05-11') })
  assert.equal(r.read(), `kept / done ${taipei('2026-05-11')}`)
})

test('V15 grace: done until its end is in time, and due until then', () => {
  const r = run({ grace: 'P3D' })
  r.adopt(taipei('2026-01-01'))
  r.fact(held, plain, { at: taipei('2026-01-10') })
  r.advance(taipei('2026-03-02'))
  assert.equal(r.read(), `due / due ${taipei('2026-02-22')}`)
  r.fact(held, { ...plain, for: '2026-02' }, { at: taipei('2026-03-04') })
  r.advance(taipei('2026-03-05'))
  assert.deepEqual(outcomes(r), ['2026-01 done', '2026-02 done'])
  // One millisecond after it is late, even before it is decided.
  const late = run({ grace: 'P3D' })
  late.adopt(taipei('2026-01-01'))
  late.fact(held, { ...plain, for: '2026-01' }, { at: '2026-02-03T16:00:00.001Z' })
  late.advance(taipei('2026-02-05'))
  assert.deepEqual(outcomes(late), ['2026-01 late'])
})

test('V16 one fact counts once, and only for the period that it names', () => {
  const r = run({ times: 2 })
  r.adopt(taipei('2026-01-01'))
  const pos = r.fact(held, plain, { at: taipei('2026-01-10') })
  r.fact(held, plain, { at: taipei('2026-01-10'), accepts: pos })
  assert.equal(r.judged().status, 'due')
  r.fact(held, { ...plain, for: '2026-02' }, { at: taipei('2026-01-11') })
  r.fact(held, { ...plain, for: 'nonsense' }, { at: taipei('2026-01-11') })
  assert.equal(r.judged().status, 'due')
  r.fact(held, plain, { at: taipei('2026-01-12') })
  assert.equal(r.judged().status, 'kept')
})

test('V17 every slot needs its own doing', () => {
  const o = { period: 'P1D', slots: ['00:00', '08:00', '16:00'] }
  const r = run(o)
  r.adopt(taipei('2026-01-01'))
  for (const at of ['2026-01-01T00:00', '2026-01-01T08:00', '2026-01-01T23:59'])
    r.fact(held, plain, { at: taipei(at) })
  for (const at of ['2026-01-02T01:00', '2026-01-02T08:00', '2026-01-02T15:59'])
    r.fact(held, plain, { at: taipei(at) })
  r.advance(taipei('2026-01-03T00:05'))
  assert.deepEqual(outcomes(r), ['2026-01-01 done', '2026-01-02 missed'])
  // Times without slots count within the period.
  const times = run({ period: 'P1D', times: 3 })
  times.adopt(taipei('2026-01-01'))
  for (const at of ['2026-01-01T01:00', '2026-01-01T01:10', '2026-01-01T01:20'])
    times.fact(held, plain, { at: taipei(at) })
  assert.equal(times.judged().status, 'kept')
  // A last slot that reaches into the next morning.
  const night = run({ period: 'P1D', slots: ['08:00', '22:00'] })
  night.adopt(taipei('2026-01-01T08:00'))
  night.fact(held, plain, { at: taipei('2026-01-01T09:00') })
  night.fact(held, plain, { at: taipei('2026-01-02T03:00') })
  night.advance(taipei('2026-01-02T08:05'))
  assert.deepEqual(outcomes(night), ['2026-01-01 done'])
})

test('V17 slots in summer time: the hour that does not exist moves forward', () => {
  const r = run({ period: 'P1D', zone: 'America/New_York', slots: ['00:00', '02:30'] })
  r.adopt('2026-03-08T05:00:00.000Z')
  r.fact(held, plain, { at: '2026-03-08T07:29:59.999Z' })
  r.fact(held, plain, { at: '2026-03-08T07:30:00.000Z' })
  r.advance('2026-03-09T04:05:00.000Z')
  assert.deepEqual(outcomes(r), ['2026-03-08 done'])
})

test('V15 order, amount and minGap', () => {
  const steps: Match[] = ['plan', 'do', 'check'].map(name => ({
    type: held,
    if: fact => (fact.body as Body).step === name,
    amount: fact => (fact.body as Body).hours,
  }))
  const told = (order: 'any' | 'all' | 'sequence', names: string[], o = {}) => {
    const r = run({ order, done: steps, ...o })
    r.adopt(taipei('2026-01-01'))
    for (const [nth, step] of names.entries())
      r.fact(held, { ...plain, step }, { at: taipei(`2026-01-${10 + nth}`) })
    return r.judged().status
  }
  assert.equal(told('any', ['check']), 'kept')
  assert.equal(told('all', ['check', 'plan']), 'due')
  assert.equal(told('all', ['check', 'plan', 'do']), 'kept')
  assert.equal(told('sequence', ['check', 'plan', 'do']), 'due')
  assert.equal(told('sequence', ['check', 'plan', 'do', 'check']), 'kept')
  assert.equal(told('any', ['plan', 'do'], { amount: 3 }), 'due')
  assert.equal(told('any', ['plan', 'do', 'do'], { amount: 3 }), 'kept')
  assert.equal(told('any', ['plan', 'plan'], { times: 2, minGap: 'P2D' }), 'due')
  assert.equal(told('any', ['plan', 'plan', 'plan'], { times: 2, minGap: 'P2D' }), 'kept')
})

test('V12 joiners: the next full period, this one, or a deadline of their own', () => {
  const joined = taipei('2026-03-10')
  const at = (joins: CadenceOptions['joins']) => {
    const r = run({ joins }, { joined })
    r.adopt(taipei('2026-01-01'), joined)
    return r
  }
  const next = at('next')
  assert.match(next.read(), /outside$/)
  next.advance(taipei('2026-04-01'))
  assert.equal(next.read(), `due / due ${taipei('2026-03-10')}`)
  next.advance(taipei('2026-05-02'))
  assert.deepEqual(outcomes(next), ['2026-04 missed'])
  const now = at('now')
  assert.equal(now.read(), `due / due ${joined}`)
  now.advance(taipei('2026-04-02'))
  assert.deepEqual(outcomes(now), ['2026-03 missed'])
  const own = at('P30D')
  own.fact(held, plain, { at: taipei('2026-04-08') })
  assert.equal(own.judged().status, 'kept')
  own.advance(taipei('2026-04-10'))
  assert.deepEqual(
    own.closed.map(one => [one.name, one.outcome, one.to]),
    [['joined', 'done', taipei('2026-04-09')]],
  )
  // On the first day of a period, `next` is that period.
  const first = run({ joins: 'next' }, { joined: taipei('2026-04-01') })
  first.adopt(taipei('2026-01-01'), taipei('2026-04-01'))
  first.advance(taipei('2026-05-02'))
  assert.deepEqual(outcomes(first), ['2026-04 missed'])
})

test('V12 who comes again begins again, and what he missed before stays closed', () => {
  const r = run({ joins: 'now' }, { joined: taipei('2026-01-10') })
  r.adopt(taipei('2026-01-01'), taipei('2026-01-10'))
  r.advance(taipei('2026-02-10'))
  assert.equal(r.judged().status, 'broken')
  r.joined(taipei('2026-05-10'), taipei('2026-05-10'))
  assert.equal(r.read(), `due / due ${taipei('2026-05-10')}`)
  r.advance(taipei('2026-06-02'))
  assert.deepEqual(outcomes(r).slice(-1), ['2026-05 missed'])
})

test('V12 away for the whole period is excepted, for a part of it the duty stays', () => {
  const o = { away: [{ type: left }, { type: back }] as const }
  const r = run(o)
  r.adopt(taipei('2026-01-01'))
  r.fact(held, plain, { at: taipei('2026-01-05') })
  r.fact(left, {}, { at: taipei('2026-01-20') })
  assert.equal(r.judged().aside, undefined)
  r.advance(taipei('2026-02-10'))
  assert.match(r.read(), /excepted$/)
  r.fact(back, {}, { at: taipei('2026-03-10') })
  assert.equal(r.judged().aside, undefined)
  r.advance(taipei('2026-04-02'))
  assert.deepEqual(outcomes(r), ['2026-01 done', '2026-03 missed'])
})

test('V13 what ends under an exception is not missed, what had been missed stays', () => {
  const r = runTold()
  r.adopt(taipei('2026-01-01'))
  r.advance(taipei('2026-02-02'))
  r.except({ from: taipei('2026-02-03'), until: taipei('2026-03-15') }, taipei('2026-02-03'))
  r.advance(taipei('2026-03-20'))
  assert.deepEqual(outcomes(r), ['2026-01 missed'])
  // It ended in the middle of March: the duty for March is due at its end.
  r.advance(taipei('2026-04-02'))
  assert.deepEqual(outcomes(r), ['2026-01 missed', '2026-03 missed'])
})

test('V6 a deadline that the source has not passed is unknown, and decided when it has', () => {
  const r = run({ period: 'P1D', times: 3 }, { watermark: taipei('2026-01-01T23:00') })
  r.adopt(taipei('2026-01-01'))
  for (const hour of ['01', '09']) r.fact(held, plain, { at: taipei(`2026-01-01T${hour}:00`) })
  r.advance(taipei('2026-01-02T00:04'))
  assert.equal(r.judged().status, 'due')
  r.advance(taipei('2026-01-02T00:05'))
  assert.equal(r.read(), `unknown / source.silent ${taipei('2026-01-02T00:05')}`)
  assert.equal(r.judged().awaits, taipei('2026-01-02'))
  r.advance(taipei('2026-01-02T03:00'))
  assert.deepEqual(r.closed, [])
  r.watermark(taipei('2026-01-02T02:00'), taipei('2026-01-02T03:10'))
  assert.equal(r.read(), `broken / missed ${taipei('2026-01-02')}`)
  // What the source delivers before its watermark passes counts fully.
  const slow = run({ period: 'P1D' }, { watermark: null })
  slow.adopt(taipei('2026-01-01'))
  slow.advance(taipei('2026-01-02T05:00'))
  assert.equal(slow.judged().status, 'unknown')
  slow.fact(held, plain, { at: taipei('2026-01-02T06:00'), occurred: taipei('2026-01-01T12:00') })
  assert.deepEqual(outcomes(slow), ['2026-01-01 done'])
  // Enough done needs no watermark.
  assert.equal(slow.judged().status, 'kept')
})

test('V6 V15 three years of silence: what waits has a limit, the oldest is given up as unknown', () => {
  const r = run({ period: 'P1D' }, { watermark: taipei('2026-01-01T12:00') })
  r.adopt(taipei('2026-01-01'))
  const sizes = ['2027-03-01', '2028-01-01', '2029-01-01'].map(day => {
    r.advance(taipei(day))
    return JSON.stringify(r.state()).length
  })
  assert.ok(sizes[2]! < 130_000 && sizes[2]! - sizes[0]! < 1_000, `a row of ${sizes} characters`)
  assert.equal(r.read(), `unknown / source.silent ${taipei('2026-01-02T00:05')}`)
  // 1,096 days, of which that of 31 December is not decided yet.
  assert.equal(r.closed.length, 1_095 - 400)
  assert.deepEqual(outcomes(r).slice(0, 2), ['2026-01-01 unknown', '2026-01-02 unknown'])
  assert.ok(r.closed.every(one => one.outcome === 'unknown'))
  assert.equal(r.judged().awaits, r.closed.at(-1)!.to.replace('-26T', '-27T'))
  // The source is back with one doing of long ago, and one of a day that still waits.
  const [old, recent] = ['2026-06-01', '2028-06-01'].map(day => taipei(`${day}T10:00`))
  r.fact(held, plain, { at: taipei('2029-01-01T08:00'), occurred: old! })
  r.fact(held, plain, { at: taipei('2029-01-01T08:01'), occurred: recent! })
  assert.deepEqual(
    r.refused.map(one => one.name),
    ['2026-06-01'],
    'V38',
  )
  r.watermark(taipei('2029-01-01T08:00'), taipei('2029-01-01T08:02'))
  // One more was given up for 31 December.
  const now = outcomes(r).slice(696)
  assert.equal(now.length, 400)
  assert.deepEqual(
    now.filter(one => !one.endsWith(' missed')),
    ['2028-06-01 done'],
  )
  assert.deepEqual(r.restated, [], 'V38 thirteen months are over for what was given up')
  assert.equal(r.judged().status, 'broken')
})

test('V6 V37 what was given up is decided when the source is back, as if it had never been silent', () => {
  const play = (isSilent: boolean, lazy = false) => {
    const r = run({ period: 'PT1H' }, { lazy, watermark: isSilent ? null : lastInstant })
    r.adopt(taipei('2026-01-01'))
    const startMs = Date.parse(taipei('2026-01-01T00:30'))
    const doings = [3, 50, 51, 700].map(hour => toInstant(startMs + hour * 3_600_000))
    const back = taipei('2026-01-31T08:00')
    for (const occurred of doings) {
      r.fact(held, plain, { at: isSilent ? back : occurred, occurred })
    }
    if (isSilent) {
      assert.equal(r.judged().awaits, taipei('2026-01-01T01:00'), 'what was given up waits too')
      r.watermark(taipei('2026-01-05'), taipei('2026-01-31T08:01'))
      assert.equal(r.restated.length, 96, 'four days are decided')
      r.watermark(taipei('2026-01-31T08:01'), taipei('2026-01-31T08:02'))
    }
    r.advance(taipei('2026-01-31T08:30'))
    return r
  }
  const [silent, heard] = [play(true), play(false)]
  const given = silent.closed.filter(one => one.outcome === 'unknown')
  assert.equal(given.length, 727 - 400)
  assert.deepEqual(silent.state()!.misses.length, 400)
  const final = (r: ReturnType<typeof run>) => {
    const said = new Map(r.closed.map(one => [one.name, one.outcome as string]))
    for (const one of r.restated) said.set(one.name, one.now)
    return [...said].sort()
  }
  assert.deepEqual(final(silent), final(heard))
  assert.equal(silent.read().split(' ')[0], heard.read().split(' ')[0])
  const lazy = play(true, true)
  assert.deepEqual(lazy.closed, silent.closed)
  assert.deepEqual(lazy.restated, silent.restated)
})

test('V6 V39 a claim changes what was given up only when it is accepted', () => {
  const r = run({ period: 'PT1H' }, { watermark: null })
  r.adopt(taipei('2026-01-01'))
  const given = { at: taipei('2026-01-20'), occurred: taipei('2026-01-01T03:30') }
  const claim = r.fact(held, plain, { ...given, trust: 'claim' })
  assert.deepEqual(r.restated, [])
  r.fact(held, plain, { at: taipei('2026-01-20T00:01'), accepts: claim })
  assert.deepEqual(
    r.restated.map(({ was, now }) => `${was} ${now}`),
    ['unknown done'],
  )
})

test('V6 a source that is back after three years does not make a control say too much', () => {
  const control = cadence({
    ...base,
    period: 'P1D',
    alive: [{ type: watermarkAdvanced }],
    done: [{ type: held }],
    names: () => null,
  })
  const bench = createBench([control])
  const heard = (to: Instant, when: Instant) =>
    bench.fact(watermarkAdvanced, { source: 's', to }, { at: when })
  bench.adopt({ at: taipei('2026-01-01') })
  heard(taipei('2026-01-01'), taipei('2026-01-01T00:01'))
  bench.advance(taipei('2029-01-01T12:00'))
  assert.equal(bench.verdict(control.id).reason.code, 'source.silent')
  const before = bench.list.length
  heard(taipei('2029-01-01T12:00'), taipei('2029-01-01T12:01'))
  assert.equal(bench.verdict(control.id).reason.code, 'missed')
  const said = bench.list.length - before
  assert.ok(said > 400 && said < limits.factsPerStepMax, `${said} facts`)
})

test('V34 an open period takes the stricter of old and new, closed ones keep theirs', () => {
  const o = {
    times: (p: Record<string, unknown>) => p['times'] as number,
    period: (p: Record<string, unknown>) => (p['period'] ?? 'P1M') as string,
  }
  const r = runTold(o, { params: { times: 2 } })
  r.adopt(taipei('2026-01-01'))
  r.fact(held, plain, { at: taipei('2026-01-05') })
  r.params({ times: 1 }, taipei('2026-01-10'))
  assert.equal(r.judged().status, 'due')
  r.advance(taipei('2026-02-02'))
  assert.deepEqual(outcomes(r), ['2026-01 missed'])
  r.fact(held, plain, { at: taipei('2026-02-03') })
  assert.equal(r.judged().status, 'kept')
  r.params({ times: 3 }, taipei('2026-02-10'))
  assert.equal(r.read(), `broken / missed ${taipei('2026-02-10')}`)
  // The miss of January stands as it was judged.
  r.fact(held, plain, { at: taipei('2026-02-11'), occurred: taipei('2026-01-20') })
  assert.deepEqual(
    r.restated.map(one => `${one.name} ${one.now}`),
    ['2026-01 done'],
  )
  // A shorter period ends the open one sooner, a longer one begins after it.
  const shorter = runTold(o, { params: { times: 1, period: 'P1Y' } })
  shorter.adopt(taipei('2026-01-01'))
  shorter.params({ times: 1, period: 'P3M' }, taipei('2026-04-10'))
  shorter.advance(taipei('2026-10-02'))
  assert.deepEqual(
    shorter.closed.map(one => [one.name, one.to]),
    [
      ['2026', taipei('2026-07-01')],
      ['2026-Q3', taipei('2026-10-01')],
    ],
  )
  const longer = runTold(o, { params: { times: 1, period: 'P3M' } })
  longer.adopt(taipei('2026-04-01'))
  longer.params({ times: 1, period: 'P1Y' }, taipei('2026-04-10'))
  longer.advance(taipei('2027-01-02'))
  assert.deepEqual(outcomes(longer), ['2026-Q2 missed', '2026 missed'])
})

test('V37 V38 V39 the late table of cadence', () => {
  const missed = () => {
    const r = runTold()
    r.adopt(taipei('2026-01-01'))
    r.advance(taipei('2026-02-02'))
    assert.deepEqual(outcomes(r), ['2026-01 missed'])
    return r
  }
  // Done in time, recorded after settle, measured: restated.
  const measured = missed()
  measured.fact(held, plain, { at: taipei('2026-02-03'), occurred: taipei('2026-01-30') })
  assert.deepEqual(
    measured.restated.map(({ was, now }) => [was, now]),
    [['missed', 'done']],
  )
  assert.deepEqual(outcomes(measured), ['2026-01 missed'])
  // Told afterwards: nothing, and for no other period either; then accepted.
  const told = missed()
  const pos = told.fact(held, plain, {
    at: taipei('2026-02-03'),
    occurred: taipei('2026-01-30'),
    trust: 'claim',
  })
  assert.equal(told.judged().status, 'broken')
  assert.deepEqual([told.restated, outcomes(told)], [[], ['2026-01 missed']])
  told.fact(held, plain, { at: taipei('2026-02-04'), accepts: pos })
  assert.equal(told.restated[0]?.now, 'done')
  assert.equal(told.judged().reason.code, 'open')
  // Entered as it happened, but by a person and after it was decided: made up, not undone.
  const entered = runTold()
  entered.adopt(taipei('2026-01-01'))
  entered.fact(held, plain, {
    at: taipei('2026-02-01T00:10'),
    occurred: taipei('2026-01-31T23:58'),
    trust: 'record',
  })
  assert.deepEqual(outcomes(entered), ['2026-01 missed', '2026-01 late'])
  assert.deepEqual(entered.restated, [])
  // Done after the deadline: late, no restatement.
  const after = missed()
  after.fact(held, { ...plain, for: '2026-01' }, { at: taipei('2026-02-03') })
  assert.deepEqual([after.restated, outcomes(after)], [[], ['2026-01 missed', '2026-01 late']])
  // Older than is remembered.
  const old = missed()
  old.advance(taipei('2027-03-02'))
  old.fact(held, plain, { at: taipei('2027-03-03'), occurred: taipei('2026-01-30') })
  assert.deepEqual(old.refused, [{ name: '2026-01', why: 'too.old', because: [1] }])
  assert.deepEqual(old.restated, [])
  old.fact(held, { ...plain, for: '2026-01' }, { at: taipei('2027-03-03') })
  assert.equal(old.refused.length, 2)
})

test('V4 a clock up to five minutes ahead is believed, and its doing counts where it says', () => {
  const r = run()
  r.adopt(taipei('2026-01-01'))
  r.fact(held, plain, { at: taipei('2026-01-31T23:58'), occurred: taipei('2026-02-01T00:02') })
  assert.equal(r.judged().status, 'due')
  r.advance(taipei('2026-02-01T00:05'))
  assert.equal(r.judged().status, 'kept')
  r.advance(taipei('2026-03-02'))
  assert.deepEqual(outcomes(r), ['2026-01 missed', '2026-02 done'])
})

test('V39 measured facts conclude the same late as in time, in any order', () => {
  const hour = 3_600_000
  const startMs = Date.parse(taipei('2026-01-01'))
  const doing = fc.record({
    at: fc.integer({ min: 0, max: 24 * 9 }),
    lateHours: fc.integer({ min: 0, max: 80 }),
    step: fc.constantFrom('a', 'b'),
  })
  const shapes: Partial<CadenceOptions>[] = [
    { period: 'P1D' },
    { period: 'P1D', times: 2 },
    { period: 'P1D', times: 2, minGap: 'PT5H' },
    { period: 'PT8H' },
    { period: 'P1D', slots: ['00:00', '08:00', '16:00'] },
    {
      period: 'P1D',
      order: 'sequence',
      done: ['a', 'b'].map(name => ({
        type: held,
        if: fact => (fact.body as Body).step === name,
      })),
    },
  ]
  const final = (r: ReturnType<typeof run>) => {
    const said = new Map(r.closed.map(one => [one.name, one.outcome as string]))
    for (const one of r.restated) said.set(one.name, one.now)
    return [...said].sort()
  }
  fc.assert(
    fc.property(
      fc.array(doing, { maxLength: 40 }),
      fc.integer({ min: 0, max: shapes.length - 1 }),
      (doings, shape) => {
        const play = (late: boolean, lazy: boolean, eager = false) => {
          const r = runTold({ ...shapes[shape]!, names: () => null }, { lazy })
          r.adopt(toInstant(startMs))
          const facts = doings.map(({ at, lateHours, step }, nth) => ({
            // No two in one millisecond: between those the position decides (V21).
            occurred: toInstant(startMs + at * hour + nth),
            at: toInstant(startMs + (at + (late ? lateHours : 0)) * hour + nth),
            step,
          }))
          facts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
          for (const { at, occurred, step } of facts) {
            if (eager) r.wake(at)
            r.fact(held, { ...plain, step }, { at, occurred })
          }
          r.advance(toInstant(startMs + 15 * 24 * hour + hour))
          return r
        }
        const inTime = play(false, false)
        const late = play(true, false)
        assert.deepEqual(final(late), final(inTime))
        assert.equal(late.read().split(' ')[0], inTime.read().split(' ')[0])
        // V2: a run that is never woken concludes the same at its next step.
        const lazy = play(true, true)
        assert.deepEqual(lazy.closed, late.closed)
        assert.deepEqual(lazy.restated, late.restated)
        assert.equal(lazy.read(), late.read())
        assert.deepEqual(play(true, false, true).state(), late.state())
      },
    ),
    { numRuns: 150 },
  )
})
