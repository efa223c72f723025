import type { Duration, Instant } from '../fact.ts'

/** IANA zone, e.g. `Asia/Taipei`. */
export type Zone = string

/** A clock time of the day in some zone: `08:00`. */
export type TimeOfDay = string

/**
 * A half-open period [from, to) in a zone, with the name people use for it (`2026-07`, `2026-Q3`,
 * `2026-H2`, `2026`, `2026-W48`, `2026-11-25`, `2026-11-25T08`; of a fiscal year `FY2026-Q1`).
 */
export type Period = Readonly<{ name: string; from: Instant; to: Instant }>

/**
 * The working days of one country or office, as published: data with a version, never a rule. A
 * rule library was measured wrong on dozens of official days; a table says for which years it knows.
 */
export type BusinessTable = Readonly<{
  id: string
  version: string
  /** The years it answers for, both included. */
  years: readonly [first: number, last: number]
  /** Weekdays off, ISO numbers: 6 is Saturday. */
  weekend: readonly number[]
  /** Days off besides the weekend, `YYYY-MM-DD`. */
  closed: readonly string[]
  /** Make-up workdays: open although they fall on a weekend. */
  workdays: readonly string[]
}>

/** A law's clocks as the list goes by them, with the versions of each in order. */
export type LawTable = Readonly<{
  law: string
  zone: Zone | null
  clocks: readonly Readonly<{
    id: string
    provision: string
    versions: readonly Readonly<{
      /** Days of the law's zone; null: before our records, and without an end. `until` is the first day without it. */
      from: string | null
      until: string | null
      limit: Duration | null
      calendar: string | null
      extendBy: Duration | null
    }>[]
  }>[]
}>

/** The version of a law's clock that holds at an instant. */
export type LawInForce = Readonly<{
  provision: string
  zone: Zone | null
  from: string | null
  limit: Duration | null
  calendar: string | null
  extendBy: Duration | null
}>

/**
 * Calendar arithmetic handed to judges through their context (V8). Every answer is a function of
 * its arguments and of the calendar versions that were in force on the list. `fiscal` is the month
 * (1–12) in which the fiscal year begins; it shifts quarters, half-years and years, and 1 is none.
 */
export type Calendars = Readonly<{
  /** The calendar period of length `every` that contains `at`: P1D, P1W, P1M, P3M, P6M, P1Y, or hours that divide a day. */
  period(every: Duration, zone: Zone, at: Instant, fiscal?: number): Period
  /** The period after `period`. */
  after(every: Duration, zone: Zone, period: Period, fiscal?: number): Period
  /** The period that people call `name`, or null when there is none of that length. */
  named(every: Duration, zone: Zone, name: string, fiscal?: number): Period | null
  /** When the clock of `zone` shows `time` on the local day of `day`; moved forward out of a gap, the earlier of two. */
  at(day: Instant, time: TimeOfDay, zone: Zone): Instant
  /**
   * `at` plus a duration: clock time for `PT…`, local calendar for `P…` in `zone`, business days of
   * `calendar` for `P3BD`: the day of `at` is not counted, and the answer is the last millisecond of
   * the last day.
   */
  add(at: Instant, duration: Duration, zone: Zone, calendar?: string): Instant
  /** `at` minus a duration; not for business days. */
  subtract(at: Instant, duration: Duration, zone: Zone): Instant
  /**
   * The version of a law's clock in force at an instant, or null. `zone` says whose day it is where the
   * law itself does not.
   *
   * @throws OkiteError `LAW_UNKNOWN` where the list goes by no such clock
   */
  law(clock: string, at: Instant, zone: Zone): LawInForce | null
  /** Version of the business calendar in force, so that a running deadline can tell that it was corrected. */
  version(calendar: string): string
}>
