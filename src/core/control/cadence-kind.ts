import type { Instant } from '../fact.ts'
import { type Context, isFact, type Wake } from '../judge.ts'
import { firstInstant, msOf, toInstant } from '../time.ts'
import {
  closeUntil,
  isAway,
  isForgotten,
  isGivenUp,
  isSilent,
  missedSince,
  missesMax,
  occurrence,
} from './cadence-close.ts'
import { owesOf } from './cadence-owes.ts'
import {
  type Cadence,
  type CadenceOptions,
  type CadenceState,
  empty,
  type Out,
} from './cadence-state.ts'
import {
  amountOf,
  createTouches,
  earlier,
  improves,
  isDelivered,
  isWeekOrLonger,
  later,
  type Touch,
  termsPos,
} from './evidence.ts'
import {
  type Judged,
  type Kind,
  of,
  type Reason,
  type Status,
  type Stepped,
  type Subject,
  settleDefault,
} from './kind.ts'
import { effective, typesOf } from './match.ts'
import {
  type Doing,
  firstPeriod,
  isEnough,
  laneOf,
  openTerm,
  periodAfter,
  periodAt,
  periodNamed,
  type Term,
  type TermOptions,
  tighten,
  unitOf,
  withDoing,
} from './term.ts'
import { withoutTold, withTold } from './told.ts'
import { combineSubjects } from './verdict.ts'

export function cadenceKind(o: CadenceOptions): Kind<CadenceState> {
  const asked = { done: o.done, leave: o.away?.slice(0, 1) ?? [], return: o.away?.slice(1) ?? [] }
  // The one subject without a register hears of every fact of these types, if only to know that
  // somebody tells of them (V15a).
  const told = o.population ? [] : typesOf(Object.values(asked).flat()).map(type => ({ type }))
  const touches = createTouches({ ...asked, told })
  const kind: Cadence = { o, touches, quarters: new Map() }
  return {
    name: 'cadence',
    from: touches.from,
    subjects: touches.subjects,
    matches: touches.matches,
    opensSubjects: false,
    init: () => empty,
    step: (state, input, subject, ctx) => step(kind, state, input, subject, ctx),
    judge: (state, subject, ctx) => state.is ?? readAt(kind, state, subject, ctx, ctx.now),
    combine: combineSubjects(o.atLeast),
    combinesCounts: true,
    closes: o.done,
    ...(o.names && { names: o.names }),
    owes: state => owesOf(kind, state),
  }
}

function step(
  kind: Cadence,
  before: CadenceState,
  input: Stepped | Wake | null,
  subject: Subject,
  ctx: Context,
): ReturnType<Kind<CadenceState>['step']> {
  const out: Out = { closed: [], restated: [], refused: [] }
  let state = before
  const isNew = state.first === null || state.joined !== subject.joined
  if (ctx.adopted !== null && isNew) state = anchor(kind, state, subject, ctx)
  state = roll(kind, state, subject, ctx, out)
  const rolled = state
  if (ctx.adopted !== null && state.terms !== termsPos(ctx)) state = tightenOpen(kind, state, ctx)
  const touched = input !== null && isFact(input) ? kind.touches.of(input, subject.key) : []
  if (touched.length > 0) {
    const fact = input as Stepped
    if (!state.hasWord) state = { ...state, hasWord: true }
    for (const { group } of touched)
      if (group === 'leave' || group === 'return') state = moveAway(state, group, effective(fact))
    const done = touched.find(touch => touch.group === 'done')
    if (done) state = fold(kind, state, fact, done, subject, ctx, out)
  }
  const byFact = state !== rolled
  // What had been waiting for its source may be decided by this fact, watermark or exception.
  if (state.open.some(term => term.close <= ctx.now) || state.misses.some(isGivenUp))
    state = closeUntil(kind, state, subject, ctx, ctx.now, out)
  if (state !== before || input === null)
    state = settled(kind, state, subject, ctx, ctx.now, byFact)
  return { state, ...out }
}

/** Finds the first occurrence of a subject (V12, V33). A member who comes again begins again. */
function anchor(kind: Cadence, state: CadenceState, subject: Subject, ctx: Context): CadenceState {
  const o = kind.o as TermOptions
  const first = firstOf(kind, subject, ctx)
  // A deadline of one's own is an occurrence of its own; the periods begin after it.
  const isOwn = first.name === ownName
  return {
    ...state,
    joined: subject.joined,
    first: first.from,
    cursor: isOwn ? first.to : first.from,
    open: isOwn ? [openTerm(o, first, ctx)] : [],
    last: null,
    is: null,
    terms: termsPos(ctx),
    lane: laneName(o, ctx),
    next: first.from,
  }
}

/** The open ones take the stricter of old and new (V34). */
function tightenOpen(kind: Cadence, state: CadenceState, ctx: Context): CadenceState {
  const o = kind.o as TermOptions
  const lane = laneName(o, ctx)
  const last = state.open.at(-1)
  if (last === undefined) return { ...state, terms: termsPos(ctx), lane }
  // A new length: the open occurrence ends no later than the first one of the new tiling would.
  const to =
    lane === state.lane || last.to <= ctx.now
      ? last.to
      : earlier(last.to, firstPeriod(o, ctx.now, ctx).to)
  const open = state.open.map(term => tighten(o, term, term === last ? to : term.to, ctx))
  const cursor = state.cursor === last.to ? to : state.cursor
  return { ...state, terms: termsPos(ctx), lane, open, cursor }
}

const laneName = (o: TermOptions, ctx: Context): string =>
  Object.values(laneOf(o, ctx.params)).join(' ')

const ownName = 'joined'

function firstOf(kind: Cadence, subject: Subject, ctx: Context) {
  const o = kind.o as TermOptions
  const adopted = ctx.adopted!.from
  const { joined } = subject
  if (joined === null || joined <= adopted) return firstPeriod(o, adopted, ctx)
  const period = periodAt(o, joined, ctx)
  const joins = of(kind.o.joins, ctx.params)
  switch (joins) {
    case 'next':
      return period.from === joined ? period : periodAfter(o, period, ctx)
    case 'now':
      return { ...period, from: joined }
    default: {
      const to = ctx.calendars.add(joined, joins, of(o.zone, ctx.params))
      return { name: ownName, from: joined, to }
    }
  }
}

/**
 * Steps through every instant that time alone would have woken us at, in order. So a run that was
 * woken and one that was not conclude the same (V2).
 */
function roll(
  kind: Cadence,
  before: CadenceState,
  subject: Subject,
  ctx: Context,
  out: Out,
): CadenceState {
  let state = before
  while (ctx.adopted !== null && state.next !== null && state.next <= ctx.now) {
    const at = state.next
    state = openUntil(kind, state, at, ctx)
    state = closeUntil(kind, state, subject, ctx, at, out)
    state = settled(kind, state, subject, ctx, at, false)
  }
  return state
}

function openUntil(kind: Cadence, state: CadenceState, at: Instant, ctx: Context): CadenceState {
  const o = kind.o as TermOptions
  let { cursor, open, ahead } = state
  while (cursor !== null && cursor <= at) {
    const whole = periodAt(o, cursor, ctx)
    // Aligned, or the partial one that V33 lets count; after a change of length the same rule again.
    const period =
      whole.from === cursor || (open.length === 0 && cursor === state.first)
        ? { ...whole, from: cursor }
        : firstPeriod(o, cursor, ctx)
    if (period.from > at) {
      cursor = period.from
      break
    }
    let term = openTerm(o, period, ctx)
    for (const doing of ahead)
      if (doing.at >= term.from && doing.at < term.to)
        term = { ...term, doings: withDoing(term.doings, doing) }
    ahead = ahead.filter(doing => doing.at >= term.to)
    open = [...open, term]
    cursor = term.to
  }
  return cursor === state.cursor && open === state.open ? state : { ...state, cursor, open, ahead }
}

function moveAway(state: CadenceState, group: string, at: Instant): CadenceState {
  const running = state.away.find(gone => gone.to === null)
  if (group === 'leave')
    return running ? state : { ...state, away: [...state.away, { from: at, to: null }] }
  if (!running || at < running.from) return state
  return {
    ...state,
    away: state.away.map(gone => (gone === running ? { ...gone, to: at } : gone)),
  }
}

/** Puts one doing where it belongs: an open occurrence, a remembered miss, or nowhere (V16). */
function fold(
  kind: Cadence,
  before: CadenceState,
  fact: Stepped,
  touch: Touch,
  subject: Subject,
  ctx: Context,
  out: Out,
): CadenceState {
  const { o } = kind
  const at = effective(fact)
  const doing: Doing = {
    at,
    pos: fact.pos,
    nth: touch.nth,
    amount: amountOf(touch.match, fact),
    late: false,
  }
  let state = before
  if (o.maxGap && (state.latest === null || at >= state.latest.at))
    state = { ...state, latest: doing }
  // Evidence from before adoption closes no occurrence (V33).
  if (ctx.adopted === null || state.first === null) return state
  const name = o.names?.(fact) ?? null
  const isFor = (term: Term) =>
    name === null ? term.from <= at && at < term.to : term.name === name && at >= term.from
  if (fact.accepted) state = withoutTold(state, fact.pos)
  const toldOf = isTold(fact, state, name)
  if (toldOf !== null) return withTold(state, fact, toldOf)
  const open = state.open.find(isFor)
  if (open) {
    const late = at > open.deadline
    if (isEnough(o, open, false) && !open.doings.some(other => other.pos === doing.pos))
      return state
    const doings = withDoing(open.doings, { ...doing, late })
    return { ...state, open: state.open.map(term => (term === open ? { ...term, doings } : term)) }
  }
  const miss = state.misses.find(isFor)
  if (miss && !isForgotten(kind, miss.to, ctx, ctx.now))
    return makeUp(
      kind,
      state,
      miss,
      { ...doing, late: at > miss.deadline || !improves(fact) },
      subject,
      out,
    )
  if (name === null && state.cursor !== null && at >= state.cursor)
    return { ...state, ahead: withDoing(state.ahead, doing).slice(-aheadMax) }
  refuse(kind, state, name, at, fact, ctx, out)
  return state
}

/** An instrument may be five minutes ahead of us (V4); more doings than this in them is noise. */
const aheadMax = 16

/**
 * A claim that puts itself into an earlier period (or slot) than the one it is told in counts for
 * neither until a second person accepts it: told afterwards, it changes nothing. Answers the period
 * that it is told of, or null.
 */
function isTold(fact: Stepped, state: CadenceState, name: string | null): string | null {
  if (fact.trust !== 'claim' || fact.accepted) return null
  const terms = [...state.misses, ...state.open]
  const named = name === null ? undefined : terms.find(term => term.name === name)
  if (named) {
    const isPast = fact.occurred <= named.deadline && fact.recorded > named.deadline
    return isPast ? named.name : null
  }
  const unit = terms.map(term => unitOf(term, fact.recorded)).find(found => found !== null)
  const term = terms.find(other => unitOf(other, fact.recorded) !== null)
  if (term === undefined || unitOf(term, fact.occurred) === unit) return null
  return terms.find(other => unitOf(other, fact.occurred) !== null)?.name ?? term.name
}

/** Late, it makes up the miss; believed for the past, it shows that there was none (V16, V37–V39). */
function makeUp(
  kind: Cadence,
  state: CadenceState,
  miss: CadenceState['misses'][number],
  doing: Doing,
  subject: Subject,
  out: Out,
): CadenceState {
  const term = { ...miss, doings: withDoing(miss.doings, doing) }
  const because = term.doings.map(one => one.pos)
  // What closed as unknown was never the last one; it is, once nothing later is unknown any more.
  const isNewer = state.last === null || miss.to > state.last.to
  const isLast =
    state.last?.name === miss.name ||
    (isNewer && !state.misses.some(other => isGivenUp(other) && other.to > miss.to))
  const lastAs = (outcome: 'done' | 'late') =>
    isLast ? { name: miss.name, to: miss.to, outcome } : state.last
  if (isEnough(kind.o, term, false)) {
    out.restated.push({ name: miss.name, was: miss.outcome, now: 'done', because })
    const misses = state.misses.filter(other => other !== miss)
    return { ...state, misses, last: lastAs('done') }
  }
  // What waits for its source is not decided by being late; what closed in silence waits for nobody.
  const isOpen = miss.outcome === 'missed' || (isGivenUp(miss) && subject.watermark === undefined)
  const isMadeUp = isOpen && isEnough(kind.o, term, true)
  if (isMadeUp && isGivenUp(miss))
    out.restated.push({ name: miss.name, was: 'unknown', now: 'late', because })
  else if (isMadeUp) out.closed.push(occurrence(term, 'late'))
  const outcome = isMadeUp ? 'late' : miss.outcome
  return {
    ...state,
    misses: state.misses.map(other => (other === miss ? { ...term, outcome } : other)),
    last: isMadeUp ? lastAs('late') : state.last,
  }
}

/** What is too old is answered, never silently dropped (V38). */
function refuse(
  kind: Cadence,
  state: CadenceState,
  name: string | null,
  at: Instant,
  fact: Stepped,
  ctx: Context,
  out: Out,
): void {
  const o = kind.o as TermOptions
  const period = name === null ? periodAt(o, at, ctx) : periodNamed(o, name, ctx)
  if (period === null || period.to <= state.first! || period.to > ctx.now) return
  const oldest = state.misses.length < missesMax ? undefined : state.misses[0]
  const isDropped = oldest !== undefined && period.to <= oldest.from
  if (isDropped || isForgotten(kind, period.to, ctx, ctx.now))
    out.refused.push({ name: period.name, why: 'too.old', because: [fact.pos] })
}

/** Notes the status, when it began, and when time alone will change something. */
function settled(
  kind: Cadence,
  state: CadenceState,
  subject: Subject,
  ctx: Context,
  at: Instant,
  byFact: boolean,
): CadenceState {
  if (ctx.adopted === null || state.first === null) return state
  const read = readAt(kind, state, subject, ctx, at)
  const since = read.status === state.is?.status ? state.is.since : byFact ? at : read.since
  const gap = gapOf(kind, state, ctx)
  const settledState = { ...state, is: { ...read, since }, next: read.next }
  return gap === null ? settledState : { ...settledState, gapAt: gap.deadline }
}

/** Reads V15's table at one instant. `since` is right only if the status is new. */
function readAt(
  kind: Cadence,
  state: CadenceState,
  subject: Subject,
  ctx: Context,
  at: Instant,
): Judged {
  const { o } = kind
  const current = state.open.find(term => term.from <= at && at < term.to)
  const last = lastOf(kind, state)
  const isDone = current !== undefined && isEnough(o, current, false)
  // Only who has done well so far, and not yet in this period, begins to owe within it.
  const isOwing = current !== undefined && !isDone && (last === 'done' || last === 'late')
  const next = nextOf(kind, state, isOwing ? current : null, ctx, at)
  const answer = (
    status: Status,
    code: string,
    since: Instant,
    args: Reason['args'] = {},
    rest: Partial<Judged> = {},
  ): Judged => ({
    status,
    reason: { code, args: current ? { period: current.name, ...args } : args },
    since,
    next,
    awaits: null,
    because: (current?.doings ?? []).slice(-becauseMax).map(doing => doing.pos),
    ...rest,
  })
  const isWaiting = (term: Term) =>
    term.close <= at && !isEnough(o, term, false) && !isDelivered(subject, term.deadline)
  const waiting =
    state.misses.find(miss => isGivenUp(miss) && isWaiting(miss)) ?? state.open.find(isWaiting)
  if (isSilent(state, subject)) {
    const since = later(ctx.adopted?.from ?? at, state.joined ?? '')
    // Any word of the source changes this.
    const awaits = subject.watermark === null ? firstInstant : null
    return waiting !== undefined
      ? answer('unknown', 'source.silent', waiting.close, {}, { awaits })
      : answer('unknown', 'evidence.missing', since, {}, { awaits })
  }
  if (current === undefined && state.last === null && state.open.length === 0) {
    const isJoiner = state.joined !== null && state.joined > (ctx.adopted?.from ?? '')
    const aside = isJoiner ? ({ aside: 'outside' } as const) : {}
    return answer('due', 'first', later(ctx.adopted?.from ?? at, state.joined ?? ''), {}, aside)
  }
  if (current && isAway(state, current, null))
    return answer('due', 'away', current.from, {}, { aside: 'excepted' })
  const gap = gapOf(kind, state, ctx)
  if (gap && gap.close <= at && isDelivered(subject, gap.deadline))
    return answer('broken', 'gap', gap.deadline, { since: gap.last })
  if (last === 'missed' && !isDone)
    return answer(
      'broken',
      'missed',
      // Asked for only when it begins: a year of misses is a long way back.
      state.is?.status === 'broken' ? state.is.since : missedSince(state),
      { missed: state.last!.name },
    )
  if (waiting !== undefined || (gap && gap.close <= at)) {
    const awaits = waiting?.deadline ?? gap!.deadline
    const since = waiting?.close ?? gap!.close
    return answer('unknown', 'source.silent', since, {}, { awaits })
  }
  if (isDone) return answer('kept', 'done', at)
  const pending = state.open.find(term => term.to <= at && !isEnough(o, term, false))
  if (last === null) return answer('due', 'due', state.first ?? at)
  if (pending && (pending.deadline > pending.to || isLed(kind, ctx)))
    return answer('due', 'due', pending.to, { period: pending.name })
  if (current && isLed(kind, ctx) && dueAt(kind, current, ctx) <= at)
    return answer('due', 'due', dueAt(kind, current, ctx))
  return answer('kept', 'open', at)
}

/** 16: what a verdict may rest on at most (V30). */
const becauseMax = 16

/** How the last occurrence ended, counting one that is already done though its settling runs. */
function lastOf(kind: Cadence, state: CadenceState): 'done' | 'late' | 'missed' | null {
  const newest = state.open.findLast(
    (term, nth) => nth < state.open.length - 1 && isEnough(kind.o, term, false),
  )
  if (newest && (state.last === null || newest.to > state.last.to)) return 'done'
  return state.last?.outcome ?? null
}

function gapOf(kind: Cadence, state: CadenceState, ctx: Context) {
  const { o } = kind
  if (!o.maxGap || state.first === null) return null
  const zone = of(o.zone, ctx.params)
  const last = later(state.latest?.at ?? state.first, state.joined ?? '')
  const deadline = ctx.calendars.add(last, of(o.maxGap, ctx.params), zone)
  const close = ctx.calendars.add(deadline, of(o.settle ?? settleDefault, ctx.params), zone)
  return { last, deadline, close }
}

const isLed = (kind: Cadence, ctx: Context): boolean =>
  kind.o.lead !== undefined || isWeekOrLonger(of(kind.o.period, ctx.params))

function dueAt(kind: Cadence, term: Term, ctx: Context): Instant {
  const { lead, zone } = kind.o
  if (lead !== undefined)
    return ctx.calendars.subtract(term.to, of(lead, ctx.params), of(zone, ctx.params))
  const known = kind.quarters.get(term.from)
  if (known?.to === term.to) return known.dueAt
  const toMs = msOf(term.to)
  const dueAt = toInstant(toMs - Math.floor((toMs - msOf(term.from)) / 4))
  if (kind.quarters.size >= quartersMax) kind.quarters.clear()
  kind.quarters.set(term.from, { to: term.to, dueAt })
  return dueAt
}

/** 256 periods: all subjects of a control are in the same few; those that joined have their own. */
const quartersMax = 256

/** @param owing the running occurrence, when its last quarter makes a difference */
function nextOf(
  kind: Cadence,
  state: CadenceState,
  owing: Term | null,
  ctx: Context,
  at: Instant,
): Instant | null {
  let next = state.cursor
  const consider = (instant: Instant | undefined) => {
    if (instant !== undefined && instant > at && (next === null || next <= at || instant < next))
      next = instant
  }
  for (const term of state.open) {
    consider(term.to)
    consider(term.close)
  }
  if (owing !== null && isLed(kind, ctx)) consider(dueAt(kind, owing, ctx))
  consider(gapOf(kind, state, ctx)?.close)
  return next !== null && next > at ? next : null
}
