import { parseDecimal } from '../decimal.ts'

/** Digits behind the point that are kept: more than any unit of money or time needs. */
const fractionDigitsMax = 18
/** Digits before the point: far above 64-bit counters, and sums of them stay small. */
const integerDigitsMax = 40

/** What one is as a scaled number. */
export const one = 10n ** BigInt(fractionDigitsMax)

/**
 * A decimal number as a whole number of 10^-18, exactly, so that sums that slide never drift. Null
 * if the text is no number or needs more digits than are kept.
 */
export function scaledOf(text: string): bigint | null {
  const decimal = parseDecimal(text)
  if (decimal === null) return null
  const { digits, magnitude, negative } = decimal
  if (digits === '') return 0n
  const zeros = fractionDigitsMax + magnitude - digits.length
  if (magnitude > integerDigitsMax || zeros < 0) return null
  const scaled = BigInt(digits) * 10n ** BigInt(zeros)
  return negative ? -scaled : scaled
}

/**
 * A number to be added up: a whole one as such, as most are, any other as `scaledOf` gives it. Whole
 * ones of that size can be added millions of times and stay exact.
 */
export type Amount = number | bigint

// 2^53 is some 9,000 times a number of 12 digits, and `Tally` looks after the rest.
const wholeDigitsMax = 12

/** The amount of a text; null where `scaledOf` gives none. */
export function amountOf(text: string): Amount | null {
  const from = text.charCodeAt(0) === 0x2d ? 1 : 0
  const isShort = text.length > from && text.length - from <= wholeDigitsMax
  if (!isShort) return scaledOf(text)
  let whole = 0
  for (let at = from; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return scaledOf(text)
    whole = whole * 10 + digit
  }
  // No minus zero: it would be another number to some comparisons.
  return from === 0 || whole === 0 ? whole : -whole
}

export const scaledAmount = (amount: Amount): bigint =>
  typeof amount === 'bigint' ? amount : BigInt(amount) * one

/** The double nearest to a fraction of scaled numbers, near enough to be shown. */
export const shown = ({ over, under }: Ratio): number => Number(over) / Number(under * one)

/** `over` ÷ `under`, `over` scaled and `under` whole and positive. */
export type Ratio = Readonly<{ over: bigint; under: bigint }>

/** Percentiles are kept in millionths, so that the rank is a whole number divided by this. */
const rankUnder = 100_000_000n

/**
 * Where a percentile stands among so many sorted numbers, and which part of the way to the next it
 * is beyond it.
 */
export function rankOf(count: number, percentile: number): { at: number; rest: number } {
  // Exact: a percentile has at most 10^8 millionths, and no window 10^7 numbers.
  const rank = Math.round(percentile * 1_000_000) * (count - 1)
  const rest = rank % Number(rankUnder)
  return { at: (rank - rest) / Number(rankUnder), rest }
}

/** What lies between two numbers, `rest` as `rankOf` gives it. */
export function between(low: Amount, high: Amount, rest: number): Ratio {
  const [from, to] = [scaledAmount(low), scaledAmount(high)]
  return { over: from * rankUnder + BigInt(rest) * (to - from), under: rankUnder }
}

/**
 * The percentile of sorted numbers, with linear interpolation between the two nearest ranks; the
 * median of an even number of them is thereby the mean of the middle two.
 */
export function percentileOf(sorted: readonly Amount[], percentile: number): Ratio {
  const { at, rest } = rankOf(sorted.length, percentile)
  const low = sorted[at] as Amount
  return between(low, sorted[at + 1] ?? low, rest)
}
