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

/** The double nearest to a fraction of scaled numbers, near enough to be shown. */
export const shown = ({ over, under }: Ratio): number => Number(over) / Number(under * one)

/** `over` ÷ `under`, `over` scaled and `under` whole and positive. */
export type Ratio = Readonly<{ over: bigint; under: bigint }>

/** Percentiles are kept in millionths, so that the rank is a whole number divided by this. */
const rankUnder = 100_000_000n

/**
 * The percentile of sorted numbers, with linear interpolation between the two nearest ranks; the
 * median of an even number of them is thereby the mean of the middle two.
 */
export function percentileOf(sorted: readonly bigint[], percentile: number): Ratio {
  const rank = BigInt(Math.round(percentile * 1_000_000)) * BigInt(sorted.length - 1)
  const at = Number(rank / rankUnder)
  const low = sorted[at] as bigint
  const high = sorted[at + 1] ?? low
  return { over: low * rankUnder + (rank % rankUnder) * (high - low), under: rankUnder }
}
