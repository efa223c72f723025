import type { Duration, Instant } from '../../core/fact.ts'

/** `to` is no later than `from` plus a duration on the calendar of a zone. */
export const isWithin = (from: Instant, to: Instant, most: Duration, zone: string): boolean =>
  Temporal.Instant.from(from).toZonedDateTimeISO(zone).add(most).epochMilliseconds >= Date.parse(to)
