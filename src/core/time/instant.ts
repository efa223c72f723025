import { OkiteError } from '../error.ts'
import type { Instant } from '../fact.ts'

/** The range in which instants compare as strings: the years 0001 to 9999. */
export const firstInstant: Instant = '0001-01-01T00:00:00.000Z'
export const lastInstant: Instant = '9999-12-31T23:59:59.999Z'

const firstMs = Date.parse(firstInstant)
const lastMs = Date.parse(lastInstant)
const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/**
 * Reads an instant in the one form the list knows, `YYYY-MM-DDTHH:mm:ss.sssZ`.
 *
 * @throws OkiteError `INSTANT_INVALID` for any other form, for days that do not exist (30 February,
 * second 60, hour 24) and for the year 0000, below which strings no longer compare
 */
export function parseInstant(text: string): Instant {
  const ms = typeof text === 'string' && form.test(text) ? Date.parse(text) : Number.NaN
  // Date.parse rolls some impossible days over; only what it prints the same again existed.
  if (!(ms >= firstMs) || new Date(ms).toISOString() !== text)
    throw new OkiteError('INSTANT_INVALID', { text: String(text).slice(0, 40) })
  return text
}

/** @throws OkiteError `CALENDAR_OUT_OF_RANGE` outside the years 0001–9999, where strings would not compare */
export function toInstant(ms: number): Instant {
  if (!(ms >= firstMs && ms <= lastMs)) throw new OkiteError('CALENDAR_OUT_OF_RANGE', { ms })
  // Date rounds towards zero; only whole milliseconds are ours to write.
  if (!Number.isInteger(ms)) return new Date(ms).toISOString()
  const day = Math.floor(ms / dayMs)
  const place = day & (daysKept - 1)
  if (keptDays[place] !== day) {
    keptDays[place] = day
    keptTexts[place] = new Date(day * dayMs).toISOString().slice(0, 11)
  }
  const inDay = ms - day * dayMs
  const minute = Math.floor(inDay / 60_000)
  const inMinute = inDay - minute * 60_000
  const second = Math.floor(inMinute / 1_000)
  const milli = inMinute - second * 1_000
  // Few parts: each that is joined is a value of its own until somebody reads the whole.
  return milli === 0
    ? `${keptTexts[place]}${minutes[minute]}${wholeSeconds[second]}`
    : `${keptTexts[place]}${minutes[minute]}${seconds[second]}${millis[milli]}`
}

/**
 * The milliseconds of an instant in the form of the list. It is read by its digits, because a judge
 * asks for it several times a fact and `Date.parse` takes four times as long.
 */
export function msOf(at: Instant): number {
  // Any other form is not an instant of the list; what `Date.parse` says of it is what it was.
  if (at.length !== 24 || at.charCodeAt(23) !== 0x5a || at.charCodeAt(0) > 0x39)
    return Date.parse(at)
  const year = pair(at, 0) * 100 + pair(at, 2)
  const month = pair(at, 5)
  // Days are counted from 1 March, so that the day of a leap year is the last of its year.
  const marchYear = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + pair(at, 8) - 1
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  const days = marchYear * 365 + leapDays + dayOfYear - daysBefore1970
  const milli = (at.charCodeAt(20) - zero) * 100 + pair(at, 21)
  return (
    days * dayMs + pair(at, 11) * 3_600_000 + pair(at, 14) * 60_000 + pair(at, 17) * 1_000 + milli
  )
}

const dayMs = 86_400_000
/** From 1 March of the year 0 to 1 January 1970. */
const daysBefore1970 = 719_468
const zero = 0x30

const pair = (text: string, at: number): number =>
  (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero

/**
 * The days that were written last, each in the place that its number gives it: facts, deadlines and
 * what grows stale lie within a year or two. They change no answer.
 */
const daysKept = 1_024
const keptDays = new Int32Array(daysKept).fill(-1_000_000)
const keptTexts: string[] = Array.from({ length: daysKept }, () => '')

const texts = (count: number, width: number, after: string): readonly string[] =>
  Array.from({ length: count }, (_, value) => `${String(value).padStart(width, '0')}${after}`)

const seconds = texts(60, 2, '.')
const wholeSeconds = texts(60, 2, '.000Z')
const millis = texts(1_000, 3, 'Z')
const hours = texts(24, 2, ':')
const minutes = hours.flatMap(hour => texts(60, 2, ':').map(minute => `${hour}${minute}`))

export const isInRange = (ms: number): boolean => ms >= firstMs && ms <= lastMs

/** The calendar day in a zone, `2026-11-26`. */
export const dayIn = (ms: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString()
