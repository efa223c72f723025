import { OkiteError } from '../error.ts'
import type { Instant } from '../fact.ts'
import { type Context, isFact, type Wake } from '../judge.ts'
import { parseDuration, toInstant, type Zone } from '../time.ts'
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
  type Kind,
  type Match,
  type Occurrence,
  type Of,
  of,
  type Pos,
  rememberDefault,
  type Status,
  type Stepped,
  type Subject,
  settleDefault,
} from './kind.ts'
import {
  type Answer,
  isCounted,
  isElapsed,
  type LevelOptions,
  type Limits,
  limitsOf,
  measure,
  nothing,
  plus,
  stricter,
  type Tally,
  unitsOf,
} from './level.ts'
import { effective } from './match.ts'
import { owesOf } from './objective-owes.ts'
import { firstPeriod, periodAt, type TermOptions } from './term.ts'
import { combineSubjects } from './verdict.ts'

export type ObjectiveOptions = Base &
  Omit<LevelOptions, 'good' | 'bad'> &
  Readonly<{
    window: Readonly<
      | { every: Of<Duration>; zone: Of<Zone>; fiscal?: Of<number> }
      | { sliding: Of<Duration>; bucket: Of<Duration> }
    >
    /** For a quantile, `amount` is the measure. A body with `drill: true` never counts (V24). */
    good?: readonly Match[]
    /** Where time is counted, `amount` says how many units were bad (V23). */
    bad?: readonly Match[]
    /** Gaps of the detector; `amount` says how many units it was blind. */
    blind?: readonly Match[]
  }>

/** One window of the calendar with what was counted in it and what it is measured against. */
type Window = Readonly<{
  name: string
  from: Instant
  to: Instant
  close: Instant
  units: number
  limits: Limits
  tally: Tally
  /** The newest bad facts in it. */
  latest: readonly Pos[]
  outcome: 'kept' | 'broken' | 'unknown' | null
}>

type Bucket = Readonly<{ nth: number; tally: Tally }>

/** State of one subject. Written by `step` alone. Only sums are kept, so samples cost no room. */
export type ObjectiveState = Readonly<{
  joined: Instant | null
  first: Instant | null
  cursor: Instant | null
  terms: string
  open: readonly Window[]
  closed: readonly Window[]
  buckets: readonly Bucket[]
  /** The newest bad facts of a sliding window. */
  latest: readonly Pos[]
  /** How it was judged at the last change; it stays so until `next` or the next step. */
  is: Judged | null
  next: Instant | null
}>

const empty: ObjectiveState = Object.freeze({
  joined: null,
  first: null,
  cursor: null,
  terms: '',
  open: [],
  closed: [],
  buckets: [],
  latest: [],
  is: null,
  next: null,
})

/** 400 closed windows: thirteen months of days. Shorter windows are restated for a shorter time. */
const closedMax = 400
/** 400 buckets: finer ones are made wider, so that a row stays small. */
const bucketsMax = 400
const becauseMax = 16

type Objective = Readonly<{ o: ObjectiveOptions; touches: Touches }>
type Out = {
  closed: Occurrence[]
  restated: { name: string; was: string; now: string; because: readonly Pos[] }[]
  refused: { name: string; why: 'too.old'; because: readonly Pos[] }[]
}

export function objectiveKind(o: ObjectiveOptions): Kind<ObjectiveState> {
  check(o)
  const touches = createTouches({ good: o.good ?? [], bad: o.bad ?? [], blind: o.blind ?? [] })
  const objective: Objective = { o, touches }
  const asked = (o.good ?? []).filter(match => match.byHand !== undefined)
  return {
    name: 'objective',
    from: touches.from,
    subjects: fact => (isDrill(fact.body) ? [] : touches.subjects(fact)),
    opensSubjects: false,
    init: () => empty,
    step: (state, input, subject, ctx) => step(objective, state, input, subject, ctx),
    judge: (state, subject, ctx) => state.is ?? readAt(objective, state, subject, ctx, ctx.now),
    combine: combineSubjects(o.atLeast),
    combinesCounts: true,
    ...(asked.length > 0 && { closes: asked, owes: ({ open }) => owesOf(o, open) }),
  }
}

function check(o: ObjectiveOptions): void {
  const refuse = (why: string) => new OkiteError('OBJECTIVE_OPTIONS', { control: o.id, why })
  const { level } = o
  if ('badAtMost' in level && !o.bad) throw refuse('badAtMost counts bad')
  if ('quantile' in level && !o.good) throw refuse('a quantile is one of good')
  if (isElapsed(o) && !o.bad) throw refuse('a ratio of time needs bad')
  if ('ratioAtLeast' in level && !isElapsed(o) && !(o.good && o.bad))
    throw refuse('a ratio of samples needs good and bad')
  if ('trend' in level && !o.good && !o.bad) throw refuse('a trend needs something to count')
  if ('trend' in level && 'sliding' in o.window)
    throw refuse('a trend compares windows of a calendar')
}

const isDrill = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'drill' in body && body.drill === true

function step(
  objective: Objective,
  before: ObjectiveState,
  input: Stepped | Wake | null,
  subject: Subject,
  ctx: Context,
): ReturnType<Kind<ObjectiveState>['step']> {
  const out: Out = { closed: [], restated: [], refused: [] }
  if (ctx.adopted === null) return { state: before }
  let state = before
  if (state.first === null || state.joined !== subject.joined)
    state = anchor(objective, state, subject, ctx)
  state = roll(objective, state, subject, ctx, out)
  const rolled = state
  if (state.terms !== termsPos(ctx)) {
    const limits = limitsOf(objective.o, ctx)
    const open = state.open.map(one => ({ ...one, limits: stricter(one.limits, limits) }))
    state = { ...state, terms: termsPos(ctx), open }
  }
  if (input !== null && isFact(input) && !isDrill(input.body)) {
    // One fact counts once, however many matches take it; blindness is counted beside.
    const touched = objective.touches.of(input, subject.key)
    const sample = touched.find(touch => touch.group !== 'blind')
    const gap = touched.find(touch => touch.group === 'blind')
    for (const touch of [sample, gap])
      if (touch) state = fold(objective, state, input, touch, ctx, out)
  }
  const byFact = state !== rolled
  state = closeUntil(objective, state, subject, ctx, ctx.now, out)
  if (state !== before || input === null)
    state = settled(objective, state, subject, ctx, ctx.now, byFact)
  return { state, ...out }
}

const tilesOf = (o: ObjectiveOptions): TermOptions | null =>
  'every' in o.window
    ? {
        period: o.window.every,
        zone: o.window.zone,
        done: [],
        ...(o.window.fiscal === undefined ? {} : { fiscal: o.window.fiscal }),
      }
    : null

function anchor(
  objective: Objective,
  state: ObjectiveState,
  subject: Subject,
  ctx: Context,
): ObjectiveState {
  const begin = later(ctx.adopted!.from, subject.joined ?? '')
  const tiles = tilesOf(objective.o)
  const first = tiles ? firstPeriod(tiles, begin, ctx).from : begin
  return {
    ...state,
    joined: subject.joined,
    first,
    cursor: tiles ? first : null,
    open: [],
    closed: [],
    buckets: [],
    latest: [],
    is: null,
    terms: termsPos(ctx),
    next: first,
  }
}

/** As in every kind: each instant that time alone would have woken us at, in order (V2). */
function roll(
  objective: Objective,
  before: ObjectiveState,
  subject: Subject,
  ctx: Context,
  out: Out,
): ObjectiveState {
  let state = before
  while (state.next !== null && state.next <= ctx.now) {
    const at = state.next
    state = openUntil(objective, state, at, ctx)
    state = closeUntil(objective, state, subject, ctx, at, out)
    state = settled(objective, state, subject, ctx, at, false)
  }
  return state
}

function openUntil(
  objective: Objective,
  state: ObjectiveState,
  at: Instant,
  ctx: Context,
): ObjectiveState {
  const tiles = tilesOf(objective.o)
  let { cursor, open } = state
  while (tiles !== null && cursor !== null && cursor <= at) {
    const whole = periodAt(tiles, cursor, ctx)
    const isFirst = cursor === state.first
    const period =
      whole.from === cursor || isFirst
        ? { ...whole, from: cursor }
        : firstPeriod(tiles, cursor, ctx)
    if (period.from > at) {
      cursor = period.from
      break
    }
    const settle = of(objective.o.settle ?? settleDefault, ctx.params)
    open = [
      ...open,
      {
        ...period,
        close: ctx.calendars.add(period.to, settle, of(tiles.zone, ctx.params)),
        units: unitsOf(objective.o, Date.parse(period.to) - Date.parse(period.from)),
        limits: limitsOf(objective.o, ctx),
        tally: nothing,
        latest: [],
        outcome: null,
      },
    ]
    cursor = period.to
  }
  return cursor === state.cursor ? state : { ...state, cursor, open }
}

/** A window closes when it has settled and its detectors have delivered all of it; a broken one need not wait. */
function closeUntil(
  objective: Objective,
  state: ObjectiveState,
  subject: Subject,
  ctx: Context,
  at: Instant,
  out: Out,
): ObjectiveState {
  if (state.open[0] === undefined || state.open[0].close > at) return state
  let { closed } = state
  const open: Window[] = []
  for (const window of state.open) {
    const before = closed.at(-1)
    const { status } = measureWindow(objective, window, before, open.length > 0)
    const isDecided =
      window.close <= at &&
      open.length === 0 &&
      ((status === 'broken' && isCounted(objective.o)) || isDelivered(subject, window.to))
    if (!isDecided) {
      open.push(window)
      continue
    }
    const { excepted } = subject
    const isExcepted = excepted != null && excepted.from <= window.to && window.to < excepted.until
    if (status === 'broken' && isExcepted) continue
    closed = [...closed, { ...window, outcome: status }]
    const { name, from, to, latest } = window
    out.closed.push({ name, outcome: status, from, to, because: latest })
  }
  if (open.length === state.open.length) return state
  const zone = zoneOf(objective, ctx)
  const remember = objective.o.remember ?? rememberDefault
  const kept = closed
    .filter(window => ctx.calendars.add(window.to, remember, zone) >= at)
    .slice(-closedMax)
  return { ...state, open, closed: kept }
}

const zoneOf = (objective: Objective, ctx: Context): Zone =>
  'zone' in objective.o.window ? of(objective.o.window.zone, ctx.params) : 'UTC'

/** `hasGap`: a window between was never closed, so there is nothing to compare with. */
function measureWindow(
  objective: Objective,
  window: Window,
  before: Window | undefined,
  hasGap: boolean,
): Answer {
  const isBase =
    !hasGap && before !== undefined && before.to === window.from && isMeasured(objective, before)
  return measure(
    objective.o,
    window.limits,
    window.units,
    window.tally,
    isBase ? before.tally : null,
  )
}

/** A window that was blind or empty is no base for a trend; that it had no base itself does not matter. */
const isMeasured = (objective: Objective, window: Window): boolean =>
  measure(objective.o, window.limits, window.units, window.tally, window.tally).status === 'kept'

function tallyOf(limits: Limits, fact: Stepped, touch: Touch): Tally {
  const amount = amountOf(touch.match, fact)
  switch (touch.group) {
    case 'good':
      return {
        ...nothing,
        good: amount,
        samples: 1,
        within: amount <= limits.most ? 1 : 0,
      }
    case 'bad':
      return { ...nothing, bad: amount, samples: 1 }
    default:
      return { ...nothing, blind: amount }
  }
}

/** Counts one fact in the window of its time; an accepted claim moves there from when it was told. */
function fold(
  objective: Objective,
  before: ObjectiveState,
  fact: Stepped,
  touch: Touch,
  ctx: Context,
  out: Out,
): ObjectiveState {
  const state = fact.accepted
    ? count(objective, before, fact, touch, fact.recorded, -1, ctx, out)
    : before
  return count(objective, state, fact, touch, effective(fact), 1, ctx, out)
}

const withLatest = (latest: readonly Pos[], fact: Stepped, touch: Touch, sign: 1 | -1) =>
  touch.group !== 'bad'
    ? latest
    : [...latest.filter(pos => pos !== fact.pos), ...(sign > 0 ? [fact.pos] : [])].slice(
        -becauseMax,
      )

function count(
  objective: Objective,
  before: ObjectiveState,
  fact: Stepped,
  touch: Touch,
  at: Instant,
  sign: 1 | -1,
  ctx: Context,
  out: Out,
): ObjectiveState {
  // Evidence from before the first window closes none (V33).
  if (before.first === null || at < before.first) return before
  if ('sliding' in objective.o.window)
    return countBucket(objective, before, fact, touch, at, sign, ctx)
  // A fast clock may be ahead of the present window: the next one is opened for it.
  const state = openUntil(objective, before, at, ctx)
  const contains = (window: Window) => window.from <= at && at < window.to
  const open = state.open.find(contains)
  if (open) {
    const tally = plus(open.tally, tallyOf(open.limits, fact, touch), sign)
    const latest = withLatest(open.latest, fact, touch, sign)
    const counted = { ...open, tally, latest }
    return { ...state, open: state.open.map(one => (one === open ? counted : one)) }
  }
  const index = state.closed.findIndex(contains)
  if (index < 0) {
    const tiles = tilesOf(objective.o)!
    const { name, to } = periodAt(tiles, at, ctx)
    const remember = objective.o.remember ?? rememberDefault
    const isForgotten =
      state.closed.length >= closedMax ||
      ctx.calendars.add(to, remember, zoneOf(objective, ctx)) < ctx.now
    if (isForgotten) out.refused.push({ name, why: 'too.old', because: [fact.pos] })
    return state
  }
  return restate(objective, state, index, fact, touch, sign, out)
}

/** Worse by any fact, better only by what is measured or accepted (V39). */
function restate(
  objective: Objective,
  state: ObjectiveState,
  index: number,
  fact: Stepped,
  touch: Touch,
  sign: 1 | -1,
  out: Out,
): ObjectiveState {
  const window = state.closed[index]!
  const tally = plus(window.tally, tallyOf(window.limits, fact, touch), sign)
  const closed: Window[] = state.closed.with(index, { ...window, tally })
  const changes: Out['restated'] = []
  // A trend compares with the window before, so the one after may change as well.
  const last = 'trend' in objective.o.level ? index + 1 : index
  for (let nth = index; nth <= last && nth < closed.length; nth += 1) {
    const one = closed[nth]!
    const { status } = measureWindow(objective, one, closed[nth - 1], false)
    if (status === one.outcome) continue
    if (rank[status] > rank[one.outcome!] && !improves(fact)) return state
    changes.push({ name: one.name, was: one.outcome!, now: status, because: [fact.pos] })
    closed[nth] = { ...one, outcome: status }
  }
  out.restated.push(...changes)
  return { ...state, closed }
}

const rank = { broken: 0, unknown: 1, kept: 2 } as const

/** Length of a bucket and how many make the window. */
function slidingOf(objective: Objective, ctx: Context) {
  const { window } = objective.o
  if (!('sliding' in window)) return null
  const lengthMs = clockMs(of(window.sliding, ctx.params))
  const bucketMs = Math.max(
    clockMs(of(window.bucket, ctx.params)),
    Math.ceil(lengthMs / bucketsMax),
  )
  return { lengthMs, bucketMs, count: Math.ceil(lengthMs / bucketMs) }
}

/** A sliding window has no zone: its days are 24 hours. */
function clockMs(duration: Duration): number {
  const span = parseDuration(duration)
  const isClock = span.kind === 'clock' || (span.kind === 'local' && span.months === 0)
  const ms = !isClock ? 0 : span.kind === 'clock' ? span.ms : span.days * 86_400_000 + span.ms
  if (ms <= 0) throw new OkiteError('OBJECTIVE_WINDOW', { duration })
  return ms
}

function countBucket(
  objective: Objective,
  state: ObjectiveState,
  fact: Stepped,
  touch: Touch,
  at: Instant,
  sign: 1 | -1,
  ctx: Context,
): ObjectiveState {
  const sliding = slidingOf(objective, ctx)!
  const nth = Math.floor(Date.parse(at) / sliding.bucketMs)
  const oldest = Math.floor(Date.parse(ctx.now) / sliding.bucketMs) - sliding.count + 1
  if (nth < oldest) return state
  const added = tallyOf(limitsOf(objective.o, ctx), fact, touch)
  const present = state.buckets.find(bucket => bucket.nth === nth)?.tally ?? nothing
  const buckets = [
    ...state.buckets.filter(bucket => bucket.nth !== nth && bucket.nth >= oldest),
    { nth, tally: plus(present, added, sign) },
  ].sort((a, b) => a.nth - b.nth)
  return { ...state, buckets, latest: withLatest(state.latest, fact, touch, sign) }
}

function settled(
  objective: Objective,
  state: ObjectiveState,
  subject: Subject,
  ctx: Context,
  at: Instant,
  byFact: boolean,
): ObjectiveState {
  const read = readAt(objective, state, subject, ctx, at)
  const since = read.status === state.is?.status ? state.is.since : byFact ? at : read.since
  return { ...state, is: { ...read, since }, next: read.next }
}

/** What is in force at an instant: the answer of the window, and until when it is the first one. */
type Present = Readonly<{
  answer: Answer | null
  name: string | null
  firstUntil: Instant | null
  next: Instant | null
  latest: readonly Pos[]
}>

function present(objective: Objective, state: ObjectiveState, ctx: Context, at: Instant): Present {
  const sliding = slidingOf(objective, ctx)
  if (sliding !== null) {
    const last = Math.floor(Date.parse(at) / sliding.bucketMs)
    const inside = state.buckets.filter(
      bucket => bucket.nth > last - sliding.count && bucket.nth <= last,
    )
    const tally = inside.reduce((sum, bucket) => plus(sum, bucket.tally), nothing)
    const units = unitsOf(objective.o, sliding.lengthMs)
    const firstUntil = toInstant(Date.parse(state.first ?? at) + sliding.lengthMs)
    const coming = state.buckets.find(bucket => bucket.nth > last)
    const leaves = inside[0] ? toInstant((inside[0].nth + sliding.count) * sliding.bucketMs) : null
    const enters = coming ? toInstant(coming.nth * sliding.bucketMs) : null
    return {
      answer: measure(objective.o, limitsOf(objective.o, ctx), units, tally, null),
      name: null,
      firstUntil,
      next: earlier(leaves, enters),
      latest: tally.bad > 0 ? state.latest : [],
    }
  }
  const window = state.open.find(one => one.from <= at && at < one.to)
  const pending = state.open.find(one => one.close > at)
  const next = earlier(window?.to ?? state.cursor, pending?.close ?? null)
  if (window === undefined)
    return { answer: null, name: null, firstUntil: state.cursor, next, latest: [] }
  const isFirst = state.closed.length === 0 && window.from === state.first
  const firstUntil = isFirst ? window.to : null
  const answer = measureWindow(objective, window, undefined, true)
  if (!('trend' in objective.o.level))
    return { answer, name: window.name, firstUntil, next, latest: window.latest }
  // A trend is a statement about closed windows: the last one against the one before it.
  const last = state.closed.at(-1)
  const trend: Answer =
    last === undefined
      ? { status: 'unknown', code: 'no.base', args: {} }
      : measureWindow(objective, last, state.closed.at(-2), false)
  const { name, latest } = last ?? window
  return { answer: trend, name, firstUntil, next, latest }
}

function readAt(
  objective: Objective,
  state: ObjectiveState,
  subject: Subject,
  ctx: Context,
  at: Instant,
): Judged {
  const { answer, name, firstUntil, next, latest } = present(objective, state, ctx, at)
  const blindAt = blindFrom(objective, subject, ctx)
  const waiting = state.open.find(window => window.close <= at && !isDelivered(subject, window.to))
  const isFirst = firstUntil !== null && at < firstUntil
  const isBlind = blindAt !== null && blindAt <= at
  const isBroken = answer?.status === 'broken'
  let soonest: Instant | null = null
  for (const instant of [next, blindAt, isFirst ? firstUntil : null])
    if (instant !== null && instant > at) soonest = earlier(soonest, instant)
  const say = (status: Status, code: string, since: Instant): Judged => ({
    status,
    reason: { code, args: { ...answer?.args, ...(name === null ? {} : { window: name }) } },
    since,
    next: soonest,
    awaits: earlier(waiting?.to ?? null, isBlind && !isBroken ? seenBy(objective, ctx, at) : null),
    because: latest,
  })
  if (isBroken) return say('broken', answer.code, at)
  // Where a detector never spoke there is no evidence at all, in the first window as in any other.
  const isDeaf = subject.watermark === null
  if (!isDeaf && (isFirst || answer === null)) {
    const isSilent = subject.watermark === undefined && asksForSamples(objective, state)
    return isSilent
      ? say('unknown', 'evidence.missing', state.first ?? at)
      : say('due', 'first', state.first ?? at)
  }
  // Blindness that the first window had covered shows when that window is over.
  const window = state.open.find(one => one.from <= at && at < one.to)
  if (isBlind) return say('unknown', 'blind', later(blindAt, window?.from ?? state.first ?? ''))
  return answer === null ? say('due', 'first', at) : say(answer.status, answer.code, at)
}

/** Samples are what it measures, and there was none yet: nothing else would be a sign that somebody looks. */
const asksForSamples = ({ o }: Objective, { open, closed, buckets }: ObjectiveState): boolean =>
  !isCounted(o) && ![...open, ...closed, ...buckets].some(({ tally }) => tally.samples > 0)

/** When the detectors count as dead, or counted so; null when none is asked for (V22). */
function blindFrom(objective: Objective, subject: Subject, ctx: Context): Instant | null {
  if (subject.watermark === undefined) return null
  if (subject.watermark === null) return ctx.adopted?.from ?? ''
  const fresh = of(objective.o.aliveFresh ?? aliveFreshDefault, ctx.params)
  return ctx.calendars.add(subject.watermark, fresh, zoneOf(objective, ctx))
}

/** The least watermark with which they are alive at `at`. */
function seenBy(objective: Objective, ctx: Context, at: Instant): Instant {
  const fresh = of(objective.o.aliveFresh ?? aliveFreshDefault, ctx.params)
  return toInstant(Date.parse(ctx.calendars.subtract(at, fresh, zoneOf(objective, ctx))) + 1)
}
