import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { defineFact } from '../fact.ts'
import { type BusinessTable, createCalendars, toInstant } from '../time.ts'
import { type ClockOptions, clockKind } from './clock-kind.ts'
import type { Counts, Match } from './kind.ts'
import { type KindRun, runKind, type Told } from './testing-kind.ts'

type Body = { case: string; severity: number; amount: number }
const schema = z.strictObject({ case: z.string(), severity: z.int(), amount: z.int() })
const type = (name: string) => defineFact<Body>(name, { module: 'test', schema })
const detected = type('incident.detected')
const contained = type('incident.contained')
const reported = type('incident.reported')
const graded = type('incident.graded')
const halted = type('clock.paused')
const resumed = type('clock.resumed')
const extended = type('clock.extended')
const cancelled = type('clock.cancelled')
const reopened = type('incident.reopened')
const on = (t: typeof detected): Match<Body> => ({
  type: t,
  key: fact => fact.body.case,
  amount: fact => fact.body.amount,
})

const base: ClockOptions = {
  id: 'test.containment',
  version: 1,
  owner: 'ciso',
  start: [on(detected)],
  stop: [on(contained)],
  limit: 'PT2H',
  window: 'P30D',
}
const kindOf = (o: Partial<ClockOptions> = {}) => clockKind({ ...base, ...o })
const run = (o: Partial<ClockOptions> = {}, options = {}) => {
  const r = runKind(kindOf(o), { key: 'c1', ...options })
  r.adopt('2026-01-01T00:00:00.000Z')
  return r
}
type Run = ReturnType<typeof run>
/** An instant of 10 January 2026, or of another day of that month. */
const at = (time: string, day = 10) => `2026-01-${day}T${time}:00.000Z`
const tell = (r: Run, t: typeof detected, told: Told, body: Partial<Body> = {}) =>
  r.fact(t, { case: 'c1', severity: 1, amount: 1, ...body }, told)
const outcomes = (r: KindRun<any>) => r.closed.map(one => `${one.name} ${one.outcome}`)
const restated = (r: KindRun<any>) => r.restated.map(one => `${one.name} ${one.was} ${one.now}`)
const error = { name: 'OkiteError', code: 'CLOCK_OPTIONS' }

test('V18 V39 containment of the examples: met, and late when the start is proven earlier', () => {
  const r = run()
  tell(r, detected, { at: at('01:00') })
  assert.equal(r.read(), `due / running ${at('01:00')}`)
  assert.equal(r.judged().next, at('03:05'))
  tell(r, contained, { at: at('02:50') })
  assert.equal(r.read(), `kept / met ${at('02:50')}`)
  assert.deepEqual(outcomes(r), ['leg-1 met'])
  tell(r, detected, { at: at('09:00', 11), occurred: at('00:30') })
  assert.deepEqual(restated(r), ['leg-1 met late'])
  assert.equal(r.read(), `broken / late ${at('09:00', 11)}`)
  r.advance('2026-02-09T02:49:59.999Z')
  assert.equal(r.judged().status, 'broken')
  r.advance('2026-02-09T02:50:00.000Z')
  assert.match(r.read(), /over .* outside$/)
  assert.deepEqual(outcomes(r), ['leg-1 met'])
})

test('V18 a stop at the deadline itself is in time, a millisecond later is late', () => {
  const r = run()
  tell(r, detected, { at: at('01:00') })
  tell(r, contained, { at: at('03:00') })
  assert.deepEqual(outcomes(r), ['leg-1 met'])
  const late = run()
  tell(late, detected, { at: at('01:00') })
  tell(late, contained, { at: '2026-01-10T03:00:00.001Z' })
  assert.equal(late.judged().status, 'due')
  late.advance(at('03:05'))
  assert.equal(late.read(), `broken / late ${at('03:00')}`)
  assert.deepEqual(outcomes(late), ['leg-1 late'])
})

test('V18 V7 overdue since the deadline, and late after the stop until the window is over', () => {
  const r = run({ window: 'P3D' })
  tell(r, detected, { at: at('01:00') })
  r.advance(at('03:04'))
  assert.equal(r.judged().status, 'due')
  r.advance(at('03:05'))
  assert.equal(r.read(), `broken / overdue ${at('03:00')}`)
  tell(r, contained, { at: at('05:00') })
  assert.equal(r.read(), `broken / late ${at('03:00')}`)
  assert.deepEqual(outcomes(r), ['leg-1 late'])
  r.advance(at('05:00', 13))
  assert.match(r.read(), /outside$/)
})

test('V18 two stops: the first by its time, whatever the order of arrival', () => {
  const r = run()
  tell(r, detected, { at: at('01:00') })
  tell(r, contained, { at: at('03:01') })
  // In time, delivered within the settling of the deadline.
  tell(r, contained, { at: at('03:04'), occurred: at('02:59') })
  assert.deepEqual(outcomes(r), ['leg-1 met'])
  tell(r, contained, { at: at('04:00') })
  r.advance(at('05:00'))
  assert.deepEqual([outcomes(r), restated(r)], [['leg-1 met'], []])
})

test('V39 a late leg becomes met only by what is measured or accepted', () => {
  const late = () => {
    const r = run()
    tell(r, detected, { at: at('01:00') })
    tell(r, contained, { at: at('04:00') })
    assert.deepEqual(outcomes(r), ['leg-1 late'])
    return r
  }
  const measured = late()
  tell(measured, contained, { at: at('06:00'), occurred: at('02:00') })
  assert.deepEqual(restated(measured), ['leg-1 late met'])
  assert.equal(measured.judged().status, 'kept')
  const told = late()
  const pos = tell(told, contained, { at: at('06:00'), occurred: at('02:00'), trust: 'claim' })
  assert.equal(told.judged().status, 'broken')
  tell(told, contained, { at: at('07:00'), accepts: pos })
  assert.deepEqual(restated(told), ['leg-1 late met'])
  // A record entered within a quarter of an hour is in time, but not for what is closed already.
  const entered = run({ settle: 'PT0S' })
  tell(entered, detected, { at: at('01:00') })
  tell(entered, contained, { at: at('03:01') })
  tell(entered, contained, { at: at('03:10'), occurred: at('02:58'), trust: 'record' })
  assert.deepEqual([outcomes(entered), restated(entered)], [['leg-1 late'], []])
})

test('V18 a stop from before the start is implausible, and the leg runs', () => {
  const r = run()
  tell(r, contained, { at: at('00:50') })
  assert.match(r.read(), /no.start .* outside$/)
  tell(r, detected, { at: at('01:00') })
  assert.equal(r.judged().reason.code, 'implausible')
  r.advance(at('03:05'))
  assert.equal(r.judged().status, 'broken')
  assert.equal(r.judged().reason.args['refused'], 'implausible')
  // The log proves that it had begun before: then the stop was right.
  tell(r, detected, { at: at('04:00'), occurred: at('00:30') })
  assert.deepEqual(outcomes(r), ['leg-1 met'])
})

test('V18 reclassify counts from the original start, and says so when the deadline had passed', () => {
  const r = run({
    reclassify: on(graded),
    limit: facts =>
      (facts.body(graded) ?? facts.body(detected))!.severity === 1 ? 'PT2H' : 'PT24H',
  })
  tell(r, detected, { at: at('01:00') }, { severity: 3 })
  r.advance(at('06:00'))
  assert.equal(r.judged().status, 'due')
  tell(r, graded, { at: at('06:00') }, { severity: 1 })
  assert.equal(r.read(), `broken / overdue ${at('06:00')}`)
  assert.equal(r.judged().reason.args['reclassified'], true)
  assert.equal(r.judged().reason.args['deadline'], at('03:00'))
  // Graded down before it was over: the longer limit counts again.
  tell(r, graded, { at: at('07:00') }, { severity: 3 })
  assert.equal(r.judged().status, 'due')
  tell(r, contained, { at: at('08:00') })
  // What is reclassified after its end leaves the leg alone.
  tell(r, graded, { at: at('09:00') }, { severity: 1 })
  assert.deepEqual([outcomes(r), restated(r)], [['leg-1 met'], []])
  // An upgrade that had happened before the stop, learnt afterwards, is worse: restated.
  tell(r, graded, { at: at('10:00'), occurred: at('07:30') }, { severity: 1 })
  assert.deepEqual(restated(r), ['leg-1 met late'])
})

test('V19 a pause moves the deadline, and ends by itself after pauseMax', () => {
  const pauses = { pause: [on(halted), on(resumed)] as const, pauseMax: 'PT3H' }
  const r = run(pauses)
  tell(r, detected, { at: at('01:00') })
  tell(r, halted, { at: at('02:00') })
  assert.equal(r.judged().reason.code, 'paused')
  tell(r, resumed, { at: at('02:40') })
  assert.equal(r.judged().reason.args['deadline'], at('03:40'))
  // Forgotten: three hours, no more.
  tell(r, halted, { at: at('03:00') })
  r.advance(at('06:44'))
  assert.equal(r.judged().status, 'due')
  r.advance(at('06:45'))
  assert.equal(r.read(), `broken / overdue ${at('06:40')}`)
  // A pause after the deadline is too late to help.
  const late = run(pauses)
  tell(late, detected, { at: at('01:00') })
  tell(late, halted, { at: at('03:01') })
  late.advance(at('03:05'))
  assert.equal(late.judged().status, 'broken')
  assert.throws(() => kindOf({ pause: pauses.pause }), error)
  assert.throws(() => kindOf({ ...pauses, statutory: true }), error)
})

test('V19 a statutory leg is extended once, before its deadline', () => {
  const extend = { extend: on(extended), extendBy: 'P2M', limit: 'P1M', statutory: true }
  const r = run({ ...extend, zone: 'Asia/Taipei' })
  tell(r, detected, { at: at('01:00') })
  tell(r, extended, { at: at('01:00', 20) })
  tell(r, extended, { at: at('01:00', 21) })
  assert.equal(r.judged().reason.args['deadline'], '2026-04-10T01:00:00.000Z')
  // Three months from 31 January, in Taipei, and not two from 28 February.
  const end = run({ ...extend, zone: 'Asia/Taipei' })
  tell(end, detected, { at: at('01:00', 31) })
  assert.equal(end.judged().reason.args['deadline'], '2026-02-28T01:00:00.000Z')
  tell(end, extended, { at: '2026-02-20T01:00:00.000Z' })
  assert.equal(end.judged().reason.args['deadline'], '2026-04-30T01:00:00.000Z')
  const late = run(extend)
  tell(late, detected, { at: at('01:00') })
  tell(late, extended, { at: '2026-02-10T01:00:00.001Z' })
  assert.equal(late.judged().reason.args['deadline'], '2026-02-10T01:00:00.000Z')
  assert.throws(() => kindOf({ extend: on(extended) }), error)
})

test('V18 cancel voids a running leg, and no leg that has ended', () => {
  const o = { cancel: on(cancelled), reopen: on(reopened) }
  const r = run(o)
  tell(r, detected, { at: at('01:00') })
  tell(r, cancelled, { at: at('02:00') })
  r.advance(at('09:00'))
  assert.match(r.read(), /outside$/)
  assert.deepEqual(outcomes(r), [])
  const late = run(o)
  tell(late, detected, { at: at('01:00') })
  tell(late, contained, { at: at('04:00') })
  tell(late, cancelled, { at: at('05:00'), occurred: at('02:00') })
  assert.deepEqual([late.judged().status, outcomes(late)], ['broken', ['leg-1 late']])
})

test('V18 reopen starts a new leg with its own deadline', () => {
  const r = run({ reopen: on(reopened) })
  tell(r, detected, { at: at('01:00') })
  // Not ended, so there is nothing to reopen.
  tell(r, reopened, { at: at('01:30') })
  tell(r, contained, { at: at('02:00') })
  tell(r, reopened, { at: at('10:00') })
  assert.equal(r.judged().reason.code, 'met')
  r.advance(at('12:05'))
  assert.equal(r.read(), `broken / overdue ${at('12:00')}`)
  tell(r, contained, { at: at('13:00') })
  assert.deepEqual(outcomes(r), ['leg-1 met', 'leg-2 late'])
})

test('V18 stopNeeds: one of each, or a sum', () => {
  const all = run({ stop: [on(contained), on(reported)], stopNeeds: 'all' })
  tell(all, detected, { at: at('01:00') })
  tell(all, contained, { at: at('01:10') })
  tell(all, contained, { at: at('01:20') })
  assert.equal(all.judged().status, 'due')
  tell(all, reported, { at: at('01:30') })
  assert.deepEqual(outcomes(all), ['leg-1 met'])
  assert.equal(all.closed[0]!.to, at('01:30'))
  const sum = run({ stopNeeds: { amount: 8 } })
  tell(sum, detected, { at: at('01:00') })
  tell(sum, contained, { at: at('01:10') }, { amount: 5 })
  assert.equal(sum.judged().status, 'due')
  tell(sum, contained, { at: at('02:10') }, { amount: 3 })
  assert.deepEqual(outcomes(sum), ['leg-1 met'])
})

test('V18 from known counts from when it was recorded, notBefore refuses what is too early', () => {
  const known = run({ from: 'known' })
  tell(known, detected, { at: at('09:00'), occurred: at('01:00') })
  assert.equal(known.judged().reason.args['deadline'], at('11:00'))
  const asked = run({ limit: 'P33D', notBefore: 'P30D' })
  tell(asked, detected, { at: at('01:00') })
  tell(asked, contained, { at: at('01:00', 20) })
  assert.equal(asked.judged().reason.code, 'too.early')
  tell(asked, contained, { at: '2026-02-09T01:00:00.000Z' })
  assert.deepEqual(outcomes(asked), ['leg-1 met'])
})

test('V18 business days of the calendar of the case, and a corrected calendar', () => {
  const table = (version: string, closed: string[]): BusinessTable => ({
    id: 'tw',
    version,
    years: [2026, 2026],
    weekend: [6, 7],
    closed,
    workdays: [],
  })
  const first = createCalendars([table('1', [])])
  const longer = createCalendars([table('2', ['2026-01-13'])])
  const play = (statutory: boolean, before: typeof first, after: typeof first) => {
    let now = before
    const calendars = new Proxy({} as typeof first, {
      get: (_, name) => now[name as keyof typeof now],
    })
    const o = { limit: 'P3BD', calendar: () => 'tw', zone: 'Asia/Taipei', statutory }
    const r = run({ ...o, reclassify: on(graded) }, { calendars })
    // Saturday; Monday, Tuesday and Wednesday are the three days.
    tell(r, detected, { at: at('01:00') })
    const was = r.judged().reason.args['deadline']
    now = after
    r.params({}, at('02:00'))
    return [was, r.judged().reason.args['deadline']]
  }
  const wednesday = '2026-01-14T15:59:59.999Z'
  const thursday = '2026-01-15T15:59:59.999Z'
  assert.deepEqual(play(false, first, longer), [wednesday, thursday])
  assert.deepEqual(play(false, longer, first), [thursday, thursday])
  assert.deepEqual(play(true, first, longer), [wednesday, wednesday])
  assert.deepEqual(play(true, longer, first), [thursday, wednesday])
})

test('V18 where no calendar reaches to the deadline it is unknown, and counted once one does', () => {
  const table = (version: string, last: number, closed: string[] = []): BusinessTable => ({
    id: 'tw',
    version,
    years: [2026, last],
    weekend: [6, 7],
    closed,
    workdays: [],
  })
  let now = createCalendars([])
  const calendars = new Proxy({} as typeof now, { get: (_, name) => now[name as keyof typeof now] })
  const o = { limit: 'P3BD', calendar: () => 'tw', zone: 'Asia/Taipei' }
  const r = run({ ...o, reclassify: on(graded) }, { calendars })
  tell(r, detected, { at: '2026-12-30T01:00:00.000Z' })
  const says = () => r.read().replace(/ \S+$/, '')
  assert.equal(says(), 'unknown / calendar.unknown', 'there is none')
  now = createCalendars([table('1', 2026)])
  r.params({}, '2026-12-30T02:00:00.000Z')
  assert.equal(says(), 'unknown / calendar.unknown', 'it ends before')
  now = createCalendars([table('2', 2027)])
  r.params({}, '2026-12-30T03:00:00.000Z')
  assert.equal(says(), 'due / running')
  const { deadline, calendar, version } = r.judged().reason.args
  assert.deepEqual([deadline, calendar, version], ['2027-01-04T15:59:59.999Z', 'tw', '2'])
  now = createCalendars([table('3', 2027, ['2027-01-01'])])
  r.params({}, '2026-12-30T04:00:00.000Z')
  assert.equal(says(), 'due / recounted')
  assert.equal(r.judged().reason.args['deadline'], '2027-01-05T15:59:59.999Z')
  assert.equal(r.judged().reason.args['version'], '3')
  tell(r, contained, { at: '2027-01-05T15:59:59.999Z' })
  assert.deepEqual(outcomes(r), ['leg-1 met'])
})

test('V34 running legs take the stricter limit, ended ones keep theirs', () => {
  const limit: ClockOptions['limit'] = (_, params) => params['limit'] as string
  const r = run({ limit }, { params: { limit: 'PT4H' } })
  tell(r, detected, { at: at('01:00') })
  r.params({ limit: 'PT6H' }, at('01:10'))
  assert.equal(r.judged().reason.args['deadline'], at('05:00'))
  r.params({ limit: 'PT1H' }, at('01:20'))
  assert.equal(r.judged().reason.args['deadline'], at('02:00'))
  const ended = run({ limit }, { params: { limit: 'PT4H' } })
  tell(ended, detected, { at: at('01:00') })
  tell(ended, contained, { at: at('04:00') })
  ended.params({ limit: 'PT1H' }, at('05:00'))
  tell(ended, contained, { at: at('06:00') })
  assert.deepEqual([outcomes(ended), restated(ended)], [['leg-1 met'], []])
})

test('V33 evidence from before the adoption fills a leg that still runs, and closes none', () => {
  const r = runKind(kindOf(), { key: 'c1' })
  r.fact(detected, { case: 'c1', severity: 1, amount: 1 }, { at: at('01:00') })
  r.adopt(at('02:00'))
  assert.equal(r.judged().reason.args['deadline'], at('03:00'))
  tell(r, contained, { at: at('02:30') })
  assert.deepEqual(outcomes(r), ['leg-1 met'])
  const over = runKind(kindOf(), { key: 'c1' })
  tell(over, detected, { at: at('01:00') })
  tell(over, contained, { at: at('01:30') })
  over.adopt(at('02:00'))
  assert.match(over.read(), /outside$/)
  assert.deepEqual(outcomes(over), [])
})

test('V6 V25 a silent source decides nothing, and a blind start source speaks for no case', () => {
  const r = run({ alive: [{ type: detected }] }, { watermark: at('01:30') })
  tell(r, detected, { at: at('01:00') })
  r.advance(at('03:05'))
  assert.equal(r.read(), `unknown / source.silent ${at('03:05')}`)
  assert.equal(r.judged().awaits, at('03:00'))
  r.watermark(at('03:00'), at('04:00'))
  assert.equal(r.read(), `broken / overdue ${at('03:00')}`)

  const ctx = { now: at('03:00'), params: {}, calendars: createCalendars() } as never
  const combine = (counts: Partial<Counts>, watermark?: string | null) => {
    const all = { kept: 0, broken: 0, due: 0, unknown: 0, excepted: 0, ...counts }
    const said = kindOf({ aliveFresh: 'PT1H' }).combine(all, 9, ctx, watermark)
    return [said.status, said.reason.code, said.next]
  }
  assert.deepEqual(combine({ broken: 1, kept: 5, due: 1 }), ['broken', 'cases.broken', null])
  assert.deepEqual(combine({ kept: 1, due: 3 }), ['kept', 'met', null])
  assert.deepEqual(combine({ due: 3 }), ['due', 'running', null])
  assert.deepEqual(combine({}), ['unknown', 'no.case', null])
  assert.deepEqual(combine({ kept: 1 }, null), ['unknown', 'start.silent', null])
  assert.deepEqual(combine({ kept: 1 }, at('01:59')), ['unknown', 'start.silent', null])
  assert.deepEqual(combine({ kept: 1 }, at('02:30')), ['kept', 'met', at('03:30')])
  assert.deepEqual(combine({ broken: 1 }, null), ['broken', 'cases.broken', null])
})

test('V25 a drill counts as met and is marked', () => {
  const r = run({ drill: facts => facts.body(detected)?.severity === 0 })
  tell(r, detected, { at: at('01:00') }, { severity: 0 })
  tell(r, contained, { at: at('01:10') })
  assert.deepEqual([r.judged().status, r.judged().reason.args['drill']], ['kept', true])
})

test('V38 a case is forgotten after its window and remembrance, and then answered as too old', () => {
  const r = run()
  tell(r, detected, { at: at('01:00') })
  tell(r, contained, { at: at('01:10') })
  r.advance('2027-03-09T01:09:59.999Z')
  assert.notEqual(r.state(), null)
  r.advance('2027-03-10T00:00:00.000Z')
  assert.equal(r.state(), null)
  tell(r, detected, { at: '2027-03-11T00:00:00.000Z', occurred: at('00:30') })
  assert.deepEqual(
    r.refused.map(one => one.name),
    ['leg-1'],
  )
  assert.equal(r.state(), null)
})

test('V39 measured facts of a case conclude the same in any order, woken or not', () => {
  const types = [detected, contained, graded, reopened]
  const minute = 60_000
  const startMs = Date.parse(at('00:00'))
  const event = fc.record({
    type: fc.integer({ min: 0, max: types.length - 1 }),
    at: fc.integer({ min: 0, max: 600 }),
    late: fc.integer({ min: 0, max: 400 }),
    severity: fc.integer({ min: 1, max: 2 }),
  })
  const limit: ClockOptions['limit'] = facts =>
    (facts.body(graded) ?? facts.body(detected))?.severity === 1 ? 'PT1H' : 'PT3H'
  const withReopen = { limit, reclassify: on(graded), reopen: on(reopened) }
  const play = (
    o: Partial<ClockOptions>,
    events: readonly any[],
    late: boolean,
    lazy: boolean,
    eager = false,
  ) => {
    const r = run(o, { lazy })
    const facts = events.map((one, nth) => ({
      ...one,
      occurred: toInstant(startMs + one.at * minute + nth),
      recorded: toInstant(startMs + (one.at + (late ? one.late : 0)) * minute + nth),
    }))
    facts.sort((a, b) => (a.recorded < b.recorded ? -1 : 1))
    for (const one of facts) {
      if (eager) r.wake(one.recorded)
      const told = { at: one.recorded, occurred: one.occurred }
      tell(r, types[one.type]!, told, { severity: one.severity })
    }
    r.advance(at('00:00', 12))
    return r
  }
  const final = (r: Run) => {
    const said = new Map(r.closed.map(one => [one.name, one.outcome as string]))
    for (const one of r.restated) said.set(one.name, one.now)
    return [[...said].sort(), r.judged().status]
  }
  // Of one leg: what had ended is never taken back, so a reopening told late may find no place.
  const oneLeg = fc.array(event, { maxLength: 12 })
  fc.assert(
    fc.property(oneLeg, events => {
      const some = events.filter(one => one.type < 2)
      const inTime = play({ limit: 'PT2H' }, some, false, false)
      assert.deepEqual(final(play({ limit: 'PT2H' }, some, true, false)), final(inTime))
      for (const late of [false, true]) {
        const woken = play(withReopen, events, late, false)
        const lazy = play(withReopen, events, late, true)
        assert.deepEqual(lazy.closed, woken.closed)
        assert.deepEqual(lazy.restated, woken.restated)
        assert.equal(lazy.read(), woken.read())
        assert.deepEqual(play(withReopen, events, late, false, true).state(), woken.state())
      }
    }),
    { numRuns: 200 },
  )
})
