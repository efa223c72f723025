import { OkiteError } from '../error.ts'
import type { Instant } from '../fact.ts'
import type { Context } from '../judge.ts'
import { parseDuration, sumOf, type Zone } from '../time.ts'
import { earlier } from './evidence.ts'
import type { Duration } from './kind.ts'

/** How the days of a leg were counted. `version` is empty where no calendar is asked. */
type Counted = Readonly<{
  calendar: string | null
  version: string
  uncounted?: true
  closed: 'met' | 'late' | null
}>

/** Beyond every deadline. */
export const never: Instant = '9000-01-01T00:00:00.000Z'

/** The earliest of the limits after an instant; null when no calendar knows the days up to it. */
export const count = (
  from: Instant,
  limits: readonly Duration[],
  zone: Zone,
  calendar: string | null,
  ctx: Context,
): Instant | null =>
  known(() =>
    limits.map(one => ctx.calendars.add(from, one, zone, calendar ?? undefined)).reduce(earlier),
  )

/**
 * Limit and extension counted as one from the start of the leg: a deadline at the end of a short month
 * would take days off the extension. null unless all of them are spans of the calendar.
 */
export function countExtended(
  start: Instant,
  limits: readonly Duration[],
  by: Duration,
  zone: Zone,
  ctx: Context,
): Instant | null {
  if ([...limits, by].some(one => parseDuration(one).kind !== 'local')) return null
  const sums = limits.map(limit => sumOf(limit, by) ?? limit)
  return count(start, sums, zone, null, ctx)
}

export const versionOf = (calendar: string, ctx: Context): string =>
  known(() => ctx.calendars.version(calendar)) ?? ''

/** Its running days were counted by another version than the one in force now. */
export const hasNewCalendar = (
  { calendar, version, closed, uncounted }: Counted,
  ctx: Context,
): boolean =>
  closed === null &&
  calendar !== null &&
  (uncounted === true || version !== '') &&
  versionOf(calendar, ctx) !== version

/** What a calendar answers, or null where there is none or it does not reach so far. */
function known<T>(ask: () => T): T | null {
  try {
    return ask()
  } catch (error) {
    if (error instanceof OkiteError && /^CALENDAR_(UNKNOWN|OUT_OF_RANGE)$/.test(error.code))
      return null
    throw error
  }
}
