import { OkiteError } from '../error.ts'
import type { Duration } from '../fact.ts'

/** A duration in the only units that can be added without asking a calendar twice. */
export type Span = Readonly<
  | { kind: 'clock'; ms: number }
  | { kind: 'local'; months: number; days: number; ms: number }
  | { kind: 'business'; days: number }
>

// Six digits reach 114 years of hours; longer numbers are a typing error or an attack.
const part = (unit: string) => `(?:(0|[1-9]\\d{0,5})${unit})?`
const iso = new RegExp(
  `^P(?:${part('W')}|${part('Y')}${part('M')}${part('D')}(?:T${part('H')}${part('M')}${part('S')})?)$`,
)
const business = /^P([1-9]\d{0,2})BD$/

/** Durations come from definitions and parameters: a few hundred of them. The bound is for hostile ones. */
const knownMax = 2_000
const known = new Map<Duration, Span>()

/**
 * Reads an ISO 8601 duration: whole, unsigned units, weeks alone, at least one unit, and none after
 * an empty `T`. `P3BD` is three business days.
 *
 * @throws OkiteError `DURATION_INVALID`
 */
export function parseDuration(text: Duration): Span {
  const found = known.get(text)
  if (found) return found
  const span = read(text)
  if (known.size >= knownMax) known.clear()
  known.set(text, span)
  return span
}

function read(text: Duration): Span {
  const refuse = () => new OkiteError('DURATION_INVALID', { text: String(text).slice(0, 40) })
  // 60 characters: the longest duration of seven six-digit units has 52.
  if (typeof text !== 'string' || text.length > 60) throw refuse()
  const days = business.exec(text)?.[1]
  if (days) return Object.freeze({ kind: 'business', days: Number(days) })
  const match = iso.exec(text)
  if (!match || text === 'P' || text.endsWith('T')) throw refuse()
  const unit = (at: number) => Number(match[at] ?? 0)
  const ms = ((unit(5) * 60 + unit(6)) * 60 + unit(7)) * 1000
  return Object.freeze(
    text.startsWith('PT')
      ? { kind: 'clock', ms }
      : { kind: 'local', months: unit(2) * 12 + unit(3), days: unit(1) * 7 + unit(4), ms },
  )
}

/**
 * One duration and then another, as one, so that the end of a month is met once: a month and two
 * months after 31 January is 30 April, not 28 April. null: nothing can be added to business days.
 */
export function sumOf(one: Duration, other: Duration): Duration | null {
  const [a, b] = [parseDuration(one), parseDuration(other)]
  if (a.kind === 'business' || b.kind === 'business') return null
  const months = (a.kind === 'local' ? a.months : 0) + (b.kind === 'local' ? b.months : 0)
  const days = (a.kind === 'local' ? a.days : 0) + (b.kind === 'local' ? b.days : 0)
  const seconds = (a.ms + b.ms) / 1_000
  const hours = Math.floor(seconds / 3_600)
  const date = `${months > 0 ? `${months}M` : ''}${days > 0 || months === 0 ? `${days}D` : ''}`
  return `P${date}${seconds > 0 ? `T${hours}H${seconds % 3_600}S` : ''}`
}
