import type { Instant } from '../../core/fact.ts'
import { toInstant } from '../../core/time.ts'

/** When a day begins in a zone. */
export const beginOf = (date: string, zone: string): Instant => instantOf(date, zone, 0)

/** When it is over: a date counts to the end of its day. */
export const endOf = (date: string, zone: string): Instant => instantOf(date, zone, 1)

const instantOf = (date: string, zone: string, days: number): Instant =>
  toInstant(Temporal.PlainDate.from(date).add({ days }).toZonedDateTime(zone).epochMilliseconds)
