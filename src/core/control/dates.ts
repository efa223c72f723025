import type { Duration, Instant } from '../fact.ts'
import { toInstant } from '../time.ts'

/** When a day begins in a zone. */
export const beginOf = (date: string, zone: string): Instant =>
  toInstant(Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds)

/** When a day, and a duration after it, is over in a zone: a date counts to the end of its day. */
export const endOf = (date: string, zone: string, more: Duration = 'P0D'): Instant =>
  toInstant(
    Temporal.PlainDate.from(date).add(more).add({ days: 1 }).toZonedDateTime(zone)
      .epochMilliseconds,
  )
