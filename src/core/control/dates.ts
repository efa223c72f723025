import type { Duration, Instant } from '../fact.ts'
import { firstInstant, lastInstant, msOf, parseDuration, toInstant } from '../time.ts'

/** When a day begins in a zone. Of the first and the last years, the first and the last instant there is. */
export const beginOf = (date: string, zone: string): Instant =>
  midnight(Temporal.PlainDate.from(date), zone)

/** When a day, and a duration after it, is over in a zone: a date counts to the end of its day. */
export const endOf = (date: string, zone: string, more: Duration = 'P0D'): Instant =>
  midnight(Temporal.PlainDate.from(date).add(more).add({ days: 1 }), zone)

/** `9999-12-31` is how people write "for ever": its end is after the last instant, and stops nobody. */
function midnight(date: Temporal.PlainDate, zone: string): Instant {
  const ms = date.toZonedDateTime(zone).epochMilliseconds
  return toInstant(Math.min(Math.max(ms, msOf(firstInstant)), msOf(lastInstant)))
}

/**
 * `at` is less than a duration after `from`, whatever the zone: no month is shorter than 28 days,
 * and no clock was ever set by more than a day. False says nothing. Spares asking a calendar about
 * what is far from its end.
 */
export function isSurelyWithin(duration: Duration, from: Instant, at: Instant): boolean {
  const span = parseDuration(duration)
  if (span.kind !== 'local') return false
  return msOf(at) - msOf(from) < (span.months * 28 + span.days - 2) * 86_400_000
}

/** What turns stale is asked for anew in the last fifth of its time (V24). */
const leadShare = 5

export function lastFifth(from: Instant, to: Instant): Instant {
  const end = msOf(to)
  return toInstant(end - Math.floor((end - msOf(from)) / leadShare))
}
