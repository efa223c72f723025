import type { Context } from '../judge.ts'
import { parseDuration } from '../time.ts'
import type { Duration, Of, Ppm } from './kind.ts'
import { of } from './kind.ts'

/** What is asked of a window. All numbers are integers; a share is in millionths. */
export type Level = Readonly<
  | { ratioAtLeast: Of<Ppm> }
  | { badAtMost: Of<number> }
  | { quantile: Of<Ppm>; atMost: Of<number> }
  | { trend: 'notWorse'; tolerance: Of<Ppm> }
>

export type LevelOptions = Readonly<{
  good?: readonly unknown[]
  bad?: readonly unknown[]
  level: Level
  total?: 'elapsed' | 'samples'
  /** What one of `amount` is where time is counted; a minute. */
  unit?: Duration
  minSamples?: Of<number>
  blindAtMost: Of<Ppm>
}>

/** The numbers that a window is measured against; an open window only ever gets stricter ones (V34). */
export type Limits = Readonly<{
  least: Ppm
  most: number
  tolerance: Ppm
  blindAtMost: Ppm
  minSamples: number
}>

/** What was counted. `within` are the samples at or below `most`, for quantiles. */
export type Tally = Readonly<{
  good: number
  bad: number
  blind: number
  samples: number
  within: number
}>

export const nothing: Tally = Object.freeze({ good: 0, bad: 0, blind: 0, samples: 0, within: 0 })

export const plus = (a: Tally, b: Tally, sign: 1 | -1 = 1): Tally => ({
  good: a.good + sign * b.good,
  bad: a.bad + sign * b.bad,
  blind: a.blind + sign * b.blind,
  samples: a.samples + sign * b.samples,
  within: a.within + sign * b.within,
})

const ppm = 1_000_000
const unbounded = Number.MAX_SAFE_INTEGER

export const isElapsed = (o: LevelOptions): boolean =>
  'ratioAtLeast' in o.level && (o.total ?? (o.good ? 'samples' : 'elapsed')) === 'elapsed'

/** A count or a budget: what is exceeded stays exceeded until the window ends. */
export const isCounted = (o: LevelOptions): boolean => 'badAtMost' in o.level || isElapsed(o)

export function limitsOf(o: LevelOptions, ctx: Context): Limits {
  const { level } = o
  const { params } = ctx
  // Where samples are the measure, none of them is no measurement; where bad ones are counted, it is good news.
  const samples = isCounted(o) || ('trend' in level && !o.good) ? 0 : 1
  return {
    least:
      'ratioAtLeast' in level
        ? of(level.ratioAtLeast, params)
        : 'quantile' in level
          ? of(level.quantile, params)
          : 0,
    most:
      'badAtMost' in level
        ? of(level.badAtMost, params)
        : 'quantile' in level
          ? of(level.atMost, params)
          : unbounded,
    tolerance: 'trend' in level ? of(level.tolerance, params) : 0,
    blindAtMost: of(o.blindAtMost, params),
    minSamples: of(o.minSamples ?? samples, params),
  }
}

export const stricter = (a: Limits, b: Limits): Limits => ({
  least: Math.max(a.least, b.least),
  most: Math.min(a.most, b.most),
  tolerance: Math.min(a.tolerance, b.tolerance),
  blindAtMost: Math.min(a.blindAtMost, b.blindAtMost),
  minSamples: Math.max(a.minSamples, b.minSamples),
})

/** How many units of time the whole window has. */
export function unitsOf(o: LevelOptions, lengthMs: number): number {
  const span = parseDuration(o.unit ?? 'PT1M')
  return Math.floor(lengthMs / (span.kind === 'clock' && span.ms > 0 ? span.ms : 60_000))
}

/** What may be bad in the whole window, however much of it is over (V22). */
export const budgetOf = (o: LevelOptions, limits: Limits, units: number): number =>
  isElapsed(o) ? Math.floor((units * (ppm - limits.least)) / ppm) : limits.most

export type Answer = Readonly<{
  status: 'kept' | 'broken' | 'unknown'
  code: string
  args: Readonly<Record<string, number>>
}>

/**
 * Measures a window. What is spent is spent, so a count or a budget that is exceeded is broken even
 * while blind; a share of samples is only a measurement when enough was seen (V22).
 *
 * @param before the window before it, for trends; null when there is none
 */
export function measure(
  o: LevelOptions,
  limits: Limits,
  units: number,
  tally: Tally,
  before: Tally | null,
): Answer {
  const { level } = o
  const counted = isCounted(o)
  const budget = budgetOf(o, limits, units)
  const args: Record<string, number> = counted
    ? { bad: tally.bad, budget }
    : { good: tally.good, bad: tally.bad, samples: tally.samples }
  if (counted && tally.bad > budget)
    return {
      status: 'broken',
      code: 'badAtMost' in level ? 'count.exceeded' : 'budget.spent',
      args,
    }
  if (tally.blind * ppm > limits.blindAtMost * units)
    return { status: 'unknown', code: 'blind', args: { ...args, blind: tally.blind } }
  if (tally.samples < limits.minSamples)
    return { status: 'unknown', code: 'no.sample', args: { ...args, least: limits.minSamples } }
  if ('trend' in level) {
    if (before === null) return { status: 'unknown', code: 'no.base', args }
    const isWorse = hasWorsened(o, tally, before, limits.tolerance)
    return isWorse
      ? { status: 'broken', code: 'trend.worse', args }
      : { status: 'kept', code: 'level.met', args }
  }
  if ('quantile' in level && tally.within * ppm < limits.least * tally.samples)
    return { status: 'broken', code: 'quantile.high', args }
  const total = tally.good + tally.bad
  if ('ratioAtLeast' in level && !counted && tally.good * ppm < limits.least * total)
    return { status: 'broken', code: 'ratio.low', args }
  return { status: 'kept', code: 'level.met', args }
}

/**
 * Bad alone: fewer is better. Good and bad: the share of good. Good alone: the mean of its amounts.
 * Cross-multiplied in big integers, as the products of three sums pass 2^53 (V8).
 */
function hasWorsened(o: LevelOptions, now: Tally, before: Tally, tolerance: Ppm): boolean {
  const whole = BigInt(ppm)
  const slack = BigInt(tolerance)
  if (!o.good) return BigInt(now.bad) * whole > BigInt(before.bad) * (whole + slack)
  const size = (tally: Tally) => BigInt(o.bad ? tally.good + tally.bad : tally.samples)
  return BigInt(now.good) * size(before) * whole < BigInt(before.good) * size(now) * (whole - slack)
}
