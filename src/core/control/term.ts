import type { Instant } from '../fact.ts'
import type { Context, Params } from '../judge.ts'
import { msOf, type Period, type TimeOfDay, toInstant, type Zone } from '../time.ts'
import { later } from './evidence.ts'
import { type Duration, type Of, of, type Pos, settleDefault } from './kind.ts'

/** What counts as enough in one period, as the author of a cadence says it. */
export type TermOptions = Readonly<{
  period: Of<Duration>
  zone: Of<Zone>
  /** Month (1–12) in which the fiscal year begins. */
  fiscal?: Of<number>
  order?: 'any' | 'all' | 'sequence'
  times?: Of<number>
  slots?: readonly TimeOfDay[]
  minGap?: Of<Duration>
  amount?: Of<number>
  grace?: Of<Duration>
  settle?: Of<Duration>
  done: readonly unknown[]
}>

/** `late`: after the deadline, or not to be believed for the past (V39). */
export type Doing = Readonly<{ at: Instant; pos: Pos; nth: number; amount: number; late: boolean }>

/**
 * One occurrence with the terms that it was opened under. They only ever become stricter (V34), and
 * they stay what they were when the occurrence has closed.
 */
export type Term = Readonly<{
  name: string
  from: Instant
  to: Instant
  /** `to` plus grace: a doing at this very instant is in time. */
  deadline: Instant
  /** `deadline` plus settle: decided here (V5). */
  close: Instant
  times: number
  amount: number
  minGapMs: number
  slots: readonly (readonly [Instant, Instant])[] | null
  doings: readonly Doing[]
}>

/**
 * The first period that counts when judging begins at `at`: the partial one if at least half of it
 * is left, else the first full one (V33).
 */
export function firstPeriod(o: TermOptions, at: Instant, ctx: Context): Period {
  const period = slotted(o, periodAt(o, at, ctx), ctx)
  if (period.from === at) return period
  const left = msOf(period.to) - msOf(at)
  const whole = msOf(period.to) - msOf(period.from)
  return left * 2 >= whole ? { ...period, from: at } : periodAfter(o, period, ctx)
}

/** The period that contains `at`; with slots it begins at the first slot, not at midnight. */
export function periodAt(o: TermOptions, at: Instant, ctx: Context): Period {
  const { zone, every, fiscal } = laneOf(o, ctx.params)
  const period = slotted(o, ctx.calendars.period(every, zone, at, fiscal), ctx)
  if (at >= period.from) return period
  const before = toInstant(msOf(ctx.calendars.period(every, zone, at, fiscal).from) - 1)
  return slotted(o, ctx.calendars.period(every, zone, before, fiscal), ctx)
}

export const periodAfter = (o: TermOptions, period: Period, ctx: Context): Period =>
  periodAt(o, period.to, ctx)

export function periodNamed(o: TermOptions, name: string, ctx: Context): Period | null {
  const { zone, every, fiscal } = laneOf(o, ctx.params)
  const period = ctx.calendars.named(every, zone, name, fiscal)
  return period && slotted(o, period, ctx)
}

export const laneOf = (o: TermOptions, params: Params) => ({
  every: of(o.period, params),
  zone: of(o.zone, params),
  fiscal: of(o.fiscal ?? 1, params),
})

function slotted(o: TermOptions, period: Period, ctx: Context): Period {
  const first = o.slots?.[0]
  if (first === undefined || first === '00:00') return period
  const zone = of(o.zone, ctx.params)
  if (period.from !== ctx.calendars.at(period.from, '00:00', zone)) return period
  return {
    name: period.name,
    from: ctx.calendars.at(period.from, first, zone),
    to: ctx.calendars.at(period.to, first, zone),
  }
}

/** Opens an occurrence under the parameters in force. */
export function openTerm(o: TermOptions, period: Period, ctx: Context): Term {
  const { params, calendars } = ctx
  const zone = of(o.zone, params)
  const deadline = o.grace ? calendars.add(period.to, of(o.grace, params), zone) : period.to
  return {
    ...period,
    deadline,
    close: calendars.add(deadline, of(o.settle ?? settleDefault, params), zone),
    times: of(o.times ?? 1, params),
    amount: of(o.amount ?? 0, params),
    minGapMs: o.minGap
      ? msOf(calendars.add(period.from, of(o.minGap, params), zone)) - msOf(period.from)
      : 0,
    slots: o.slots ? slotsOf(o.slots, period, zone, ctx) : null,
    doings: [],
  }
}

/** The open period takes the stricter of old and new (V34). */
export function tighten(o: TermOptions, term: Term, to: Instant, ctx: Context): Term {
  const fresh = openTerm(o, { name: term.name, from: term.from, to }, ctx)
  const isSooner = fresh.deadline < term.deadline
  return {
    ...term,
    to,
    deadline: isSooner ? fresh.deadline : term.deadline,
    close: isSooner || fresh.close < term.close ? later(fresh.close, fresh.deadline) : term.close,
    times: Math.max(fresh.times, term.times),
    amount: Math.max(fresh.amount, term.amount),
    minGapMs: Math.max(fresh.minGapMs, term.minGapMs),
    slots: to === term.to ? term.slots : fresh.slots,
  }
}

/** Each slot lasts until the next one; those over before the occurrence began ask for nothing (V17, V33). */
function slotsOf(
  times: readonly TimeOfDay[],
  period: Period,
  zone: Zone,
  ctx: Context,
): readonly (readonly [Instant, Instant])[] {
  const starts: Instant[] = []
  let day = ctx.calendars.period('P1D', zone, period.from)
  // One day back: the last slot of the evening before may reach into the first partial period.
  day = ctx.calendars.period('P1D', zone, toInstant(msOf(day.from) - 1))
  while (day.from < period.to) {
    for (const time of times) starts.push(ctx.calendars.at(day.from, time, zone))
    day = ctx.calendars.after('P1D', zone, day)
  }
  starts.push(ctx.calendars.at(day.from, times[0]!, zone))
  const slots: (readonly [Instant, Instant])[] = []
  for (const [nth, from] of starts.entries()) {
    const to = starts[nth + 1]
    // The slot that was already running when the occurrence began can still be filled, but is not asked for.
    if (to !== undefined && to > from && from >= period.from && from < period.to)
      slots.push([from, to])
  }
  return slots
}

/** The unit in which a doing must be told to count: its slot, or its period. */
export const unitOf = (term: Term, at: Instant): string | null =>
  at < term.from || at >= term.to
    ? null
    : (term.slots?.find(([from, to]) => from <= at && at < to)?.[0] ?? term.name)

/** Is enough done? `late` doings count only when asked for. */
export function isEnough(
  o: Pick<TermOptions, 'order' | 'done'>,
  term: Term,
  withLate: boolean,
): boolean {
  const doings = withLate ? term.doings : term.doings.filter(doing => !doing.late)
  if (term.slots) return fillsSlots(term.slots, doings)
  const counted = spaced(doings, term.minGapMs)
  let amount = 0
  for (const doing of counted) amount += doing.amount
  if (amount < term.amount) return false
  switch (o.order ?? 'any') {
    case 'any':
      return counted.length >= term.times
    case 'all':
      return o.done.every(
        (_, nth) => counted.filter(doing => doing.nth === nth).length >= term.times,
      )
    case 'sequence':
      return rounds(counted, o.done.length) >= term.times
  }
}

/** How many doings count, or how much they amount to: it tells one that brings it on from one that does not. */
export function progressOf(o: Pick<TermOptions, 'order' | 'done'>, term: Term): number {
  const { doings, slots } = term
  if (slots) {
    const isFilled = ([from, to]: readonly [Instant, Instant]) =>
      doings.some(({ at, late }) => !late && from <= at && at < to)
    return slots.filter(isFilled).length + doings.filter(doing => doing.late).length
  }
  const counted = spaced(doings, term.minGapMs)
  if (term.amount > 0) return counted.reduce((sum, { amount }) => sum + amount, 0)
  if (o.order === 'sequence') return steps(counted, o.done.length)
  if (o.order !== 'all') return counted.length
  return o.done.reduce<number>((sum, _, nth) => {
    const found = counted.filter(doing => doing.nth === nth).length
    return sum + Math.min(found, term.times)
  }, 0)
}

/** A slot wants its own doing; one that came late fills a slot that is still empty (V16, V17). */
function fillsSlots(slots: NonNullable<Term['slots']>, doings: readonly Doing[]): boolean {
  let spare = 0
  let empty = slots.length
  const filled = new Set<Instant>()
  for (const doing of doings) {
    const slot = doing.late
      ? undefined
      : slots.find(([from, to]) => from <= doing.at && doing.at < to)
    if (slot === undefined) spare += doing.late ? 1 : 0
    else filled.add(slot[0])
  }
  empty -= filled.size
  return empty <= spare
}

/** Doings closer together than `minGap` are one. They are kept in the order of their time. */
function spaced(doings: readonly Doing[], minGapMs: number): readonly Doing[] {
  if (minGapMs === 0) return doings
  const kept: Doing[] = []
  let lastMs = Number.NEGATIVE_INFINITY
  for (const doing of doings) {
    const ms = msOf(doing.at)
    if (ms - lastMs < minGapMs) continue
    kept.push(doing)
    lastMs = ms
  }
  return kept
}

const rounds = (doings: readonly Doing[], length: number): number =>
  Math.floor(steps(doings, length) / length)

function steps(doings: readonly Doing[], length: number): number {
  let next = 0
  for (const doing of doings) if (doing.nth === next % length) next += 1
  return next
}

/** Puts a doing in its place by (time, position); what its position said before is replaced. */
export function withDoing(doings: readonly Doing[], doing: Doing): readonly Doing[] {
  const rest = doings.filter(other => other.pos !== doing.pos)
  const at = rest.findIndex(
    other => other.at > doing.at || (other.at === doing.at && other.pos > doing.pos),
  )
  if (at < 0) return [...rest, doing]
  return [...rest.slice(0, at), doing, ...rest.slice(at)]
}
