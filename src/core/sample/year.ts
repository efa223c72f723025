import { OkiteError } from '../error.ts'
import { instantMs, offsetAt, shiftLocal } from '../time/offset.ts'
import { toInstant } from '../time.ts'

const dayMs = 86_400_000
const minuteMs = 60_000
const halfMs = dayMs / 2

/** A month, quarter, half or year as far as it lies in the year that is told. */
export type Span = Readonly<{
  /** `2026-03`, `2026-Q1`, `2026-H1`, `2026`. */
  name: string
  fromMs: number
  toMs: number
  /** False where the year that is told begins in it. */
  isWhole: boolean
  /** The midnight of its n-th day, from 1; not before the second day of the year that is told. */
  day(nth: number): number
}>

/**
 * The year that is told, in the zone of the organisation: it ends at an instant that is given, and
 * begins a year before with a local midnight.
 */
export type Year = Readonly<{
  zone: string
  beginMs: number
  endMs: number
  /** Local midnights, in order. */
  days: readonly number[]
  /** Those of Monday to Friday. */
  workdays: readonly number[]
  /** Every so many days from the first. */
  every(days: number): readonly number[]
  /** The last so many days. */
  last(days: number): readonly number[]
  months: readonly Span[]
  quarters: readonly Span[]
  halves: readonly Span[]
  years: readonly Span[]
  /** A time of day on a midnight. */
  at(midnightMs: number, time: string): number
  /** The last minute of the half of the day in which something is, or of the year. */
  halfEnd(ms: number): number
  /** The local date, `2026-11-26`. */
  date(ms: number): string
  instant(ms: number): string
  /** The midnight so many days before the end. */
  before(days: number): number
}>

export function createYear(endMs: number, zone: string): Year {
  const local = (ms: number) => new Date(ms + offsetAt(zone, ms))
  const midnight = (ms: number) => instantMs(zone, Math.floor(local(ms).getTime() / dayMs) * dayMs)
  const shift = (ms: number, days: number) => shiftLocal(zone, ms, 0, days)
  const beginMs = midnight(shiftLocal(zone, endMs, -12, 0))
  const days: number[] = []
  for (let day = beginMs; day < endMs; day = shift(day, 1)) days.push(day)

  const spans = (months: number): readonly Span[] => {
    const found: Span[] = []
    const first = local(beginMs)
    const month = Math.floor(first.getUTCMonth() / months) * months
    let fromMs = instantMs(zone, Date.UTC(first.getUTCFullYear(), month, 1))
    while (fromMs < endMs) {
      const from = fromMs
      const toMs = shiftLocal(zone, from, months, 0)
      const day = (nth: number) => Math.max(shift(from, nth - 1), days[1] as number)
      found.push({
        name: nameOf(local(from), months),
        fromMs: from,
        toMs,
        isWhole: from >= beginMs,
        day,
      })
      fromMs = toMs
    }
    return found
  }
  return {
    ...{ zone, beginMs, endMs, days },
    workdays: days.filter(day => ![0, 6].includes(local(day).getUTCDay())),
    every: step => days.filter((_, nth) => nth % step === 0),
    last: count => days.slice(-count),
    ...{ months: spans(1), quarters: spans(3), halves: spans(6), years: spans(12) },
    at: (day, time) => day + minutesOf(time) * minuteMs,
    halfEnd(ms) {
      const day = days.findLast(one => one <= ms) ?? beginMs
      const nth = Math.floor((ms - day) / halfMs) + 1
      return Math.min(day + nth * halfMs, endMs) - minuteMs
    },
    date: ms => local(ms).toISOString().slice(0, 10),
    instant: toInstant,
    before: count => days.at(-1 - count) ?? (days[0] as number),
  }
}

function nameOf(from: Date, months: number): string {
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth()]
  if (months === 12) return `${year}`
  if (months === 1) return `${year}-${String(month + 1).padStart(2, '0')}`
  return months === 3 ? `${year}-Q${month / 3 + 1}` : `${year}-H${month / 6 + 1}`
}

function minutesOf(time: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? []
  if (hours === undefined) throw new OkiteError('SAMPLE_STORY', { what: `time ${time}` })
  return Number(hours) * 60 + Number(minutes)
}
