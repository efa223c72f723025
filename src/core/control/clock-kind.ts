import { OkiteError } from '../error.ts'
import type { FactType, Instant } from '../fact.ts'
import { type Context, isFact, type Owed, type Params, type Plain, type Wake } from '../judge.ts'
import { toInstant, type Zone } from '../time.ts'
import { count, countExtended, hasNewCalendar, never, versionOf } from './count.ts'
import {
  amountOf,
  createTouches,
  earlier,
  improves,
  isDelivered,
  later,
  type Touch,
  type Touches,
  termsPos,
} from './evidence.ts'
import {
  aliveFreshDefault,
  type Base,
  type Duration,
  type Judged,
  type Key,
  type Kind,
  type Match,
  type Occurrence,
  type Of,
  of,
  type Pos,
  type Reason,
  rememberDefault,
  type Status,
  type Stepped,
  type Subject,
  settleDefault,
} from './kind.ts'
import { type LegLaw, lawArgs, lawAt, lawText } from './law.ts'
import { type CaseEvent, type Leg, legsOf, type StopNeeds, withEvent, withPauses } from './leg.ts'
import { effective } from './match.ts'
import { type Told, toAccept, withoutTold, withTold } from './told.ts'

/** What the author's functions may know of a case: the newest body of each type that starts or reclassifies it. */
export type CaseFacts = Readonly<{
  key: Key
  body<B>(type: FactType<B>): B | null
}>

export type ClockOptions = Base &
  Readonly<{
    start: readonly Match[]
    stop: readonly Match[]
    /** Which stops end a leg: the first, one of each, or as many as sum up to the amount. */
    stopNeeds?: StopNeeds
    limit: Duration | ((facts: CaseFacts, params: Params) => Duration)
    /** `first`: the earliest start by its time. `known`: when the first start was recorded (awareness). */
    from?: 'first' | 'known'
    /** A stop sooner than this after the start stops nothing. */
    notBefore?: Of<Duration>
    /** Begin and end. The match of the begin tests that its reason is one of the closed list. */
    pause?: readonly [Match, Match]
    /** A pause ends by itself after this; no clock can be paused without it. */
    pauseMax?: Of<Duration>
    /** Once, before the deadline, by `extendBy`. */
    extend?: Match
    extendBy?: Of<Duration>
    /** The match tests that there is a reason and a second person. */
    cancel?: Match
    reclassify?: Match
    reopen?: Match
    /** Id of the table of business days. */
    calendar?: string | ((facts: CaseFacts, params: Params) => string)
    zone?: Of<Zone>
    /**
     * Id of the clock of a law: limit, calendar, zone and extension are those of its version in force at
     * the start of the leg. `limit` counts where that version gives no figure.
     */
    law?: (facts: CaseFacts) => string
    /** A limit set by law: no pause, and a corrected calendar may only shorten it. */
    statutory?: boolean
    /** How long an ended leg colours the verdict. */
    window: Of<Duration>
    drill?: (facts: CaseFacts) => boolean
  }>

/** The deadline of a leg and what it was computed from, so that calendars are asked once. */
type Terms = Readonly<{
  /** Limits that compete since the last classification; the shortest counts (V34). */
  limits: readonly Duration[]
  calendar: string | null
  law?: LegLaw
  /** What the deadline is of: start, limits and version of the calendar. */
  of: string
  version: string
  classified: Pos | null
  deadline: Instant
  /** No calendar answers for the days up to the deadline: it is unknown until one does. */
  uncounted?: true
  /** A new version of the calendar has moved the deadline. */
  recounted?: true
  closed: 'met' | 'late' | null
}>

/** State of one case. Written by `step` alone. */
export type ClockState = Readonly<{
  events: readonly CaseEvent[]
  bodies: Readonly<Record<string, Readonly<{ at: Instant; pos: Pos; body: Plain }>>>
  legs: readonly Terms[]
  /** Policy and parameters that the legs were last measured with. */
  terms: string
  /** The adoption under which the case was first judged. */
  adopted: Instant | null
  /** How it was judged at the last change; it stays so until `next` or the next step. */
  is: Judged | null
  next: Instant | null
  /** Legs that run, as duties; absent: none. */
  owes?: readonly Owed[]
  /** Claims that a leg was stopped in time, told after its deadline; absent: none. */
  told?: readonly Told[]
}>

const empty: ClockState = Object.freeze({
  events: [],
  bodies: {},
  legs: [],
  terms: '',
  adopted: null,
  is: null,
  next: null,
})

/** 256 events of one case: incidents have tens; a stop fact that keeps coming is no new evidence. */
const eventsMax = 256

type Clock = Readonly<{
  o: ClockOptions
  touches: Touches
  /** What was derived last; a function of its other fields. Changes no answer. */
  last: {
    events: ClockState['events'] | null
    params: Params | null
    calendars: Context['calendars'] | null
    legs: readonly Leg[]
  }
}>
type Out = {
  closed: Occurrence[]
  restated: { name: string; was: string; now: string; because: readonly Pos[] }[]
}

export function clockKind(o: ClockOptions): Kind<ClockState> {
  const refuse = (why: string) => new OkiteError('CLOCK_OPTIONS', { control: o.id, why })
  if (o.pause && o.pauseMax === undefined) throw refuse('a pause needs pauseMax')
  if (o.pause && o.statutory) throw refuse('a statutory clock has no pause')
  if (o.extend && o.extendBy === undefined && o.law === undefined)
    throw refuse('extend needs extendBy')
  const touches = createTouches({
    start: o.start,
    stop: o.stop,
    pause: o.pause ? [o.pause[0]] : [],
    resume: o.pause ? [o.pause[1]] : [],
    extend: o.extend ? [o.extend] : [],
    cancel: o.cancel ? [o.cancel] : [],
    reclassify: o.reclassify ? [o.reclassify] : [],
    reopen: o.reopen ? [o.reopen] : [],
  })
  const last = { events: null, params: null, calendars: null, legs: [] }
  const clock: Clock = { o, touches, last }
  return {
    name: 'clock',
    from: touches.from,
    subjects: touches.subjects,
    matches: touches.matches,
    opensSubjects: true,
    init: () => empty,
    step: (state, input, subject, ctx) => step(clock, state, input, subject, ctx),
    judge: (state, subject, ctx) => state.is ?? readAt(clock, state, subject, ctx, ctx.now),
    combine: (counts, _size, ctx, watermark) => combine(o, counts, ctx, watermark),
    closes: o.stop,
    owes: state => [...(state.owes ?? []), ...toAccept(state)],
  }
}

/** V25: ended legs speak before running ones, and nobody speaks for a start source that is blind. */
function combine(
  o: ClockOptions,
  counts: Parameters<Kind['combine']>[0],
  ctx: Context,
  watermark: Instant | null | undefined,
): ReturnType<Kind['combine']> {
  const say = (status: Status, code: string, next: Instant | null = null) => ({
    status,
    reason: { code, args: {} },
    next,
  })
  const ended = counts.kept + counts.broken
  const atLeast = of(o.atLeast ?? 1_000_000, ctx.params)
  const isBroken = counts.broken > 0 && counts.kept * 1_000_000 < atLeast * ended
  const blindAt =
    watermark == null
      ? null
      : ctx.calendars.add(
          watermark,
          of(o.aliveFresh ?? aliveFreshDefault, ctx.params),
          of(o.zone ?? 'UTC', ctx.params),
        )
  const next = blindAt !== null && blindAt > ctx.now ? blindAt : null
  if (isBroken) return say('broken', 'cases.broken', next)
  if (watermark !== undefined && next === null) return say('unknown', 'start.silent')
  if (counts.unknown > 0) return say('unknown', 'cases.unknown', next)
  if (counts.kept > 0) return say('kept', 'met', next)
  if (counts.due > 0) return say('due', 'running', next)
  return say('unknown', 'no.case', next)
}

function step(
  clock: Clock,
  before: ClockState,
  input: Stepped | Wake | null,
  subject: Subject,
  ctx: Context,
): ReturnType<Kind<ClockState>['step']> {
  const out: Out = { closed: [], restated: [] }
  let state = before
  if (ctx.adopted !== null && state.events.length > 0) {
    if (state.adopted === null) state = { ...state, adopted: ctx.adopted.from }
    state = roll(clock, state, subject, ctx, out)
    const hasNewTerms = state.terms !== termsPos(ctx)
    const isOfLaw = clock.o.law !== undefined && state.legs.some(terms => terms.closed === null)
    if (hasNewTerms || isOfLaw || state.legs.some(terms => hasNewCalendar(terms, ctx)))
      state = measure(clock, state, subject.key, ctx, hasNewTerms)
  }
  const rolled = state
  if (input !== null && isFact(input)) {
    const touched = clock.touches.of(input, subject.key)
    if (touched.length > 0 && isTooOld(clock, state, input, ctx))
      return {
        state: null,
        refused: [{ name: 'leg-1', why: 'too.old', because: [input.pos] }],
      }
    for (const touch of touched) state = fold(clock, state, input, touch, subject.key, ctx, out)
  }
  if (ctx.adopted !== null && state.events.length > 0) {
    if (state.adopted === null) state = { ...state, adopted: ctx.adopted.from }
    state = closeLegs(clock, state, subject, ctx, ctx.now, out)
    if (isOver(clock, state, ctx)) return { state: null, ...out }
    if (state !== before || input === null)
      state = settled(clock, state, subject, ctx, ctx.now, state !== rolled)
  }
  return { state, ...out }
}

/** A case that would have been forgotten by now cannot be told from one that was (V38). */
function isTooOld(clock: Clock, state: ClockState, fact: Stepped, ctx: Context): boolean {
  if (state.events.length > 0 || ctx.adopted === null) return false
  return endOfMemory(clock, effective(fact), ctx) < ctx.now
}

const endOfMemory = (clock: Clock, from: Instant, ctx: Context): Instant => {
  const zone = of(clock.o.zone ?? 'UTC', ctx.params)
  const over = ctx.calendars.add(from, of(clock.o.window, ctx.params), zone)
  return ctx.calendars.add(over, clock.o.remember ?? rememberDefault, zone)
}

/** Adds what a fact says; a closed leg becomes better only by evidence to be believed (V39). */
function fold(
  clock: Clock,
  before: ClockState,
  fact: Stepped,
  touch: Touch,
  key: Key,
  ctx: Context,
  out: Out,
): ClockState {
  const group = touch.group as CaseEvent['group']
  const at = group === 'start' && clock.o.from === 'known' ? fact.recorded : effective(fact)
  const event: CaseEvent = {
    group,
    nth: touch.nth,
    at,
    pos: fact.pos,
    amount: amountOf(touch.match, fact),
    early: ctx.adopted === null,
  }
  const events = withEvent(before.events, event)
  if (events.length > eventsMax && (group === 'start' || group === 'stop')) return before
  const measured = measure(
    clock,
    { ...before, events, bodies: withBody(before.bodies, group, fact, at) },
    key,
    ctx,
    false,
  )
  const legs = derive(clock, measured, ctx)
  const state = heard(clock, measured, legs, fact, group, ctx)
  const changes = before.legs.flatMap((was, nth) => {
    const leg = legs[nth]
    if (was.closed === null) return []
    // An ended leg does not start to run again, nor is it cancelled, whatever is told afterwards.
    const now = leg?.stop ? outcomeOf(clock, state, leg, ctx) : null
    return now === was.closed ? [] : [{ nth, was: was.closed, now, leg }]
  })
  if (changes.some(({ now }) => now === null || (now === 'met' && !improves(fact)))) return before
  for (const { nth, was, now } of changes)
    out.restated.push({
      name: nameOf(nth + 1),
      was,
      now: now!,
      because: [event.pos, ...(legs[nth]!.stop?.because ?? [])].slice(0, becauseMax),
    })
  return {
    ...state,
    legs: state.legs.map((terms, nth) => {
      const change = changes.find(one => one.nth === nth)
      return change ? { ...terms, closed: change.now! } : terms
    }),
  }
}

/** A stop before the deadline, told after it, stops the leg late until a second person accepts it (V39). */
function heard(
  clock: Clock,
  state: ClockState,
  legs: readonly Leg[],
  fact: Stepped,
  group: CaseEvent['group'],
  ctx: Context,
): ClockState {
  if (fact.accepted) return withoutTold(state, fact.pos)
  if (fact.trust !== 'claim' || group !== 'stop') return state
  const leg = legs.find(one => {
    const { deadline } = deadlineOf(clock, state, one, ctx, fact.recorded)
    const isInTime = one.start.at <= fact.occurred && fact.occurred <= deadline
    return isInTime && deadline < fact.recorded
  })
  return leg === undefined ? state : withTold(state, fact, nameOf(leg.nth))
}

const nameOf = (nth: number): string => `leg-${nth}`
const becauseMax = 16

function withBody(
  bodies: ClockState['bodies'],
  group: CaseEvent['group'],
  fact: Stepped,
  at: Instant,
): ClockState['bodies'] {
  if (group !== 'start' && group !== 'reclassify' && group !== 'reopen') return bodies
  const present = bodies[fact.type]
  // The newest by (time, position) speaks, whatever the order of arrival (V21).
  const isOlder = present && (at < present.at || (at === present.at && fact.pos < present.pos))
  return isOlder
    ? bodies
    : { ...bodies, [fact.type]: { at, pos: fact.pos, body: fact.body as Plain } }
}

const factsOf = (state: ClockState, key: Key): CaseFacts => ({
  key,
  body: <B>(type: FactType<B>) => (state.bodies[type.name]?.body ?? null) as B | null,
})

/** The legs of a case. A step asks for them several times; those of the last events are kept. */
function derive(clock: Clock, { events }: ClockState, ctx: Context): readonly Leg[] {
  const { last } = clock
  const { params, calendars } = ctx
  if (events !== last.events || params !== last.params || calendars !== last.calendars) {
    last.legs = legsFrom(clock, events, ctx)
    last.events = events
    last.params = params
    last.calendars = calendars
  }
  return last.legs
}

function legsFrom(clock: Clock, events: ClockState['events'], ctx: Context): readonly Leg[] {
  const { notBefore, stop, stopNeeds, zone } = clock.o
  return legsOf(events, stopNeeds ?? 'any', stop.length, start =>
    notBefore === undefined
      ? start
      : ctx.calendars.add(start, of(notBefore, ctx.params), of(zone ?? 'UTC', ctx.params)),
  )
}

/** Computes the deadline of every leg whose start, class, terms or calendar changed. */
function measure(
  clock: Clock,
  state: ClockState,
  key: Key,
  ctx: Context,
  hasNewTerms: boolean,
): ClockState {
  const { o } = clock
  const facts = factsOf(state, key)
  const legs = derive(clock, state, ctx).map((leg, nth): Terms => {
    const was = state.legs[nth]
    const classified = leg.reclassified?.pos ?? null
    const isSameClass = was !== undefined && was.classified === classified
    const own = of(o.zone ?? 'UTC', ctx.params)
    const isOver = isSameClass && was.closed !== null
    // A start that moves back may be under another version of the law.
    const isSameStart = isOver && was.of.startsWith(leg.start.at)
    const law = isSameStart ? was.law : o.law && lawAt(o.law(facts), leg.start.at, own, ctx)
    const limit = typeof o.limit === 'function' ? o.limit(facts, ctx.params) : o.limit
    const limits = law?.limit
      ? [law.limit]
      : !isSameClass
        ? [limit]
        : hasNewTerms && was.closed === null && !was.limits.includes(limit)
          ? [...was.limits, limit]
          : was.limits
    const calendar = isOver
      ? was.calendar
      : law?.limit
        ? law.calendar
        : typeof o.calendar === 'function'
          ? o.calendar(facts, ctx.params)
          : (o.calendar ?? null)
    const isBusiness = calendar !== null && limits.some(one => one.endsWith('BD'))
    const version = isOver ? was.version : isBusiness ? versionOf(calendar, ctx) : ''
    const source = `${leg.start.at} ${limits.join(' ')} ${calendar ?? ''}${lawText(law)}`
    if (was !== undefined && was.of === source && was.version === version)
      return was.classified === classified ? was : { ...was, classified }
    const zone = law?.zone ?? own
    const closed = was?.closed ?? null
    const terms = { limits, calendar, of: source, version, classified, closed, ...(law && { law }) }
    const counted = law?.missing ? null : count(leg.start.at, limits, zone, calendar, ctx)
    if (counted === null) return { ...terms, deadline: never, uncounted: true }
    if (was === undefined || was.of !== source || was.uncounted)
      return { ...terms, deadline: counted }
    // A corrected calendar: the later for our own limits, the earlier for those of the law.
    const deadline = o.statutory ? earlier(was.deadline, counted) : later(was.deadline, counted)
    const isMoved = was.recounted || deadline !== was.deadline
    return { ...terms, deadline, ...(isMoved && { recounted: true as const }) }
  })
  return { ...state, legs, terms: ctx.adopted === null ? state.terms : termsPos(ctx) }
}

/** The deadline with its one extension and its pauses. */
function deadlineOf(clock: Clock, state: ClockState, leg: Leg, ctx: Context, at: Instant) {
  const { o } = clock
  const { deadline: base, limits, law } = state.legs[leg.nth - 1]!
  const zone = law?.zone ?? of(o.zone ?? 'UTC', ctx.params)
  const extendBy = law?.limit ? law.extendBy : o.extendBy
  if (!o.pause && !o.extend) return { deadline: base, paused: false }
  const own = state.events.filter(
    event => event.at >= leg.start.at && (leg.stop === null || event.at <= leg.stop.at),
  )
  const mostMs = (from: Instant) =>
    o.pauseMax === undefined
      ? 0
      : Date.parse(ctx.calendars.add(from, of(o.pauseMax, ctx.params), zone)) - Date.parse(from)
  const paused = (deadline: Instant) =>
    withPauses(own, leg.start.at, Date.parse(deadline), mostMs, at)
  let read = paused(base)
  const extended = own.find(event => event.group === 'extend')
  if (extended && extendBy != null && Date.parse(extended.at) <= read.deadlineMs) {
    const by = of(extendBy, ctx.params)
    read = paused(
      countExtended(leg.start.at, limits, by, zone, ctx) ?? ctx.calendars.add(base, by, zone),
    )
  }
  return { deadline: toInstant(read.deadlineMs), paused: read.paused }
}

const outcomeOf = (clock: Clock, state: ClockState, leg: Leg, ctx: Context): 'met' | 'late' =>
  leg.stop!.at <= deadlineOf(clock, state, leg, ctx, leg.stop!.at).deadline ? 'met' : 'late'

/** A leg that ended before anything was judged: it has no outcome and colours nothing (V33). */
const isBefore = (state: ClockState, leg: Leg): boolean =>
  leg.stop !== null && (leg.stop.early || leg.stop.at < (state.adopted ?? ''))

/** Met is met at once; late only when no earlier stop can be under way any more (V5, V6). */
function closeLegs(
  clock: Clock,
  state: ClockState,
  subject: Subject,
  ctx: Context,
  at: Instant,
  out: Out,
): ClockState {
  if (state.legs.every(terms => terms.closed !== null)) return state
  let legs = state.legs
  for (const leg of derive(clock, state, ctx)) {
    const terms = legs[leg.nth - 1]!
    if (terms.closed !== null || terms.uncounted) continue
    if (leg.stop === null || isBefore(state, leg)) continue
    const { deadline } = deadlineOf(clock, state, leg, ctx, leg.stop.at)
    const outcome = leg.stop.at <= deadline ? 'met' : 'late'
    const isDecided = closeOf(clock, deadline, ctx) <= at && isDelivered(subject, deadline)
    if (outcome === 'late' && !isDecided) continue
    legs = legs.with(leg.nth - 1, { ...terms, closed: outcome })
    out.closed.push({
      name: nameOf(leg.nth),
      outcome,
      from: leg.start.at,
      to: leg.stop.at,
      because: [leg.start.pos, ...leg.stop.because].slice(0, becauseMax),
    })
  }
  return legs === state.legs ? state : { ...state, legs }
}

const closeOf = (clock: Clock, deadline: Instant, ctx: Context): Instant =>
  ctx.calendars.add(
    deadline,
    of(clock.o.settle ?? settleDefault, ctx.params),
    of(clock.o.zone ?? 'UTC', ctx.params),
  )

function roll(
  clock: Clock,
  before: ClockState,
  subject: Subject,
  ctx: Context,
  out: Out,
): ClockState {
  let state = before
  while (state.next !== null && state.next <= ctx.now) {
    const at = state.next
    state = closeLegs(clock, state, subject, ctx, at, out)
    state = settled(clock, state, subject, ctx, at, false)
  }
  return state
}

function settled(
  clock: Clock,
  state: ClockState,
  subject: Subject,
  ctx: Context,
  at: Instant,
  byFact: boolean,
): ClockState {
  const read = readAt(clock, state, subject, ctx, at)
  const since = read.status === state.is?.status ? state.is.since : byFact ? at : read.since
  const { owes: _, ...rest } = state
  const owes = owesOf(clock, state, ctx, at)
  const settledState = { ...rest, is: { ...read, since }, next: read.next }
  return owes.length === 0 ? settledState : { ...settledState, owes }
}

/**
 * A leg that runs is to be stopped by its deadline, from when it started: `due` moves with a pause,
 * another class or another calendar. Over the deadline it is still to be stopped.
 */
function owesOf(clock: Clock, state: ClockState, ctx: Context, at: Instant): readonly Owed[] {
  return derive(clock, state, ctx).flatMap(leg => {
    if (leg.stop !== null || leg.cancelled !== null) return []
    const { deadline } = deadlineOf(clock, state, leg, ctx, at)
    const isKnown = state.legs[leg.nth - 1]!.uncounted !== true
    const isOver = isKnown && closeOf(clock, deadline, ctx) <= at
    return {
      what: 'do' as const,
      name: nameOf(leg.nth),
      from: leg.start.at,
      due: isKnown ? deadline : null,
      state: isOver ? ('missed' as const) : ('open' as const),
    }
  })
}

/** Over and beyond remembrance: nothing can be said about it any more. */
function isOver(clock: Clock, state: ClockState, ctx: Context): boolean {
  const forgetAt = forgetOf(clock, state, ctx)
  return forgetAt !== null && forgetAt <= ctx.now
}

function forgetOf(clock: Clock, state: ClockState, ctx: Context): Instant | null {
  const legs = derive(clock, state, ctx)
  if (legs.some(leg => leg.stop === null && leg.cancelled === null)) return null
  let last = state.events.at(-1)?.at
  if (last === undefined) return null
  for (const leg of legs) last = later(last, leg.stop?.at ?? leg.cancelled!.at)
  return endOfMemory(clock, last, ctx)
}

type Read = Readonly<{
  status: Status
  code: string
  since: Instant
  next: Instant | null
  awaits?: Instant
  args?: Reason['args']
  because: readonly Pos[]
}>

/** Reads one leg at one instant; null when it colours nothing. */
function readLeg(
  clock: Clock,
  state: ClockState,
  leg: Leg,
  subject: Subject,
  ctx: Context,
  at: Instant,
): Read | null {
  if (leg.cancelled !== null || isBefore(state, leg)) return null
  const zone = of(clock.o.zone ?? 'UTC', ctx.params)
  const { deadline, paused } = deadlineOf(clock, state, leg, ctx, at)
  const close = closeOf(clock, deadline, ctx)
  const { calendar, version, law } = state.legs[leg.nth - 1]!
  if (law?.missing === 'none') return null
  // By which version of which calendar and of which law it was counted.
  const counted = version === '' ? {} : { calendar: calendar ?? '', version }
  const args = { leg: leg.nth, deadline, ...counted, ...lawArgs(law) }
  const because = [leg.start.pos, ...(leg.stop?.because ?? [])].slice(0, becauseMax)
  const { closed, classified, ...terms } = state.legs[leg.nth - 1]!
  if (terms.uncounted) {
    const code = law?.missing ? 'law.unknown' : 'calendar.unknown'
    const why = { leg: leg.nth, calendar: terms.calendar ?? '', ...lawArgs(law) }
    return { status: 'unknown', code, since: leg.start.at, next: null, args: why, because }
  }
  if (leg.stop !== null && closed !== null) {
    const until = ctx.calendars.add(leg.stop.at, of(clock.o.window, ctx.params), zone)
    if (until <= at) return null
    return closed === 'met'
      ? { status: 'kept', code: 'met', since: leg.stop.at, next: until, args, because }
      : { status: 'broken', code: 'late', since: deadline, next: until, args, because }
  }
  if (at < close) {
    const running = terms.recounted ? 'recounted' : 'running'
    const code = paused ? 'paused' : (leg.refused?.code ?? running)
    return { status: 'due', code, since: leg.start.at, next: close, args, because }
  }
  if (!isDelivered(subject, deadline))
    return {
      status: 'unknown',
      code: 'source.silent',
      since: close,
      next: null,
      awaits: deadline,
      args,
      because,
    }
  // A new class whose deadline had passed already: overdue since then, and it says so (V18).
  const moved = classified !== null && leg.reclassified!.at > deadline ? leg.reclassified!.at : null
  return {
    status: 'broken',
    code: 'overdue',
    since: moved ?? deadline,
    next: null,
    args: {
      ...args,
      ...(moved === null ? {} : { reclassified: true }),
      ...(leg.refused === null ? {} : { refused: leg.refused.code }),
    },
    because: moved === null ? because : [...because, classified!],
  }
}

/** The case as a whole, by the order of V25. */
const order: readonly Status[] = ['broken', 'unknown', 'kept', 'due']

function readAt(
  clock: Clock,
  state: ClockState,
  subject: Subject,
  ctx: Context,
  at: Instant,
): Judged {
  const legs = derive(clock, state, ctx)
  const reads = legs.flatMap(leg => readLeg(clock, state, leg, subject, ctx, at) ?? [])
  const forgetAt = forgetOf(clock, state, ctx)
  let next = forgetAt !== null && forgetAt > at ? forgetAt : null
  for (const read of reads)
    if (read.next !== null && read.next > at) next = earlier(next ?? read.next, read.next)
  const awaits = reads.find(read => read.awaits !== undefined)?.awaits ?? null
  const worst = order.flatMap(status => reads.find(read => read.status === status) ?? [])[0]
  if (worst === undefined) {
    const because = state.events.slice(0, becauseMax).map(event => event.pos)
    const free = state.legs.find(({ law }, nth) => law?.missing === 'none' && !legs[nth]?.cancelled)
    const reason = free?.law
      ? { code: 'law.not-in-force', args: { law: free.law.clock } }
      : { code: legs.length === 0 ? 'no.start' : 'over', args: {} }
    return { status: 'unknown', reason, since: at, next, awaits, because, aside: 'outside' }
  }
  const isDrill = clock.o.drill?.(factsOf(state, subject.key)) === true
  const args = isDrill ? { ...worst.args, drill: true } : (worst.args ?? {})
  return {
    status: worst.status,
    reason: { code: worst.code, args },
    since: worst.since,
    next,
    awaits,
    because: worst.because,
  }
}
