import type { Duration, Instant } from './fact.ts'

/** IANA zone, e.g. `Asia/Taipei`. */
export type Zone = string

/** A half-open period [from, to) in a zone, with the name people use for it (`2026-07`, `2026-Q3`, `2026-11-25`, `2026-W48`). */
export type Period = Readonly<{ name: string; from: Instant; to: Instant }>

/**
 * Calendar arithmetic handed to judges through their context (V8). Every answer is a function of
 * its arguments and of the calendar versions that were in force on the list.
 */
export type Calendars = Readonly<{
  /** The calendar period of length `every` that contains `at`: P1D, P1W, P1M, P3M, P6M, P1Y, or hours that divide a day. */
  period(every: Duration, zone: Zone, at: Instant): Period
  /** The period after the one named by `period`. */
  after(every: Duration, zone: Zone, period: Period): Period
  /** `at` plus a duration: clock time for `PT…`, local calendar for `P…` in `zone`, business days of `calendar` for `P3BD`. */
  add(at: Instant, duration: Duration, zone: Zone, calendar?: string): Instant
}>

/** The port through which the program learns the time; tests set it. */
export type Clock = Readonly<{ nowMs(): number }>

export const systemClock: Clock = { nowMs: () => Date.now() }

export const toInstant = (ms: number): Instant => new Date(ms).toISOString()
