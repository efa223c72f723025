import type { Instant } from '../../core/fact.ts'
import type { HandPorts } from '../../core/module.ts'

/** No longer than a year, and the day that a leap year has more. */
export const daysMax = 366

type Here = Pick<HandPorts, 'policy'>

const dayMs = 86_400_000

/** The instant at which a day is over where the organisation is. */
export const endOf = (day: string, { policy }: Here): Instant =>
  Temporal.PlainDate.from(day)
    .add({ days: 1 })
    .toZonedDateTime(policy.organisation.zone)
    .toInstant()
    .toString({ smallestUnit: 'millisecond' })

/** The day that something before this instant still lies on. */
export const lastDayBefore = (until: Instant, { policy }: Here): string =>
  Temporal.Instant.from(until)
    .subtract({ milliseconds: 1 })
    .toZonedDateTimeISO(policy.organisation.zone)
    .toPlainDate()
    .toString()

/** Whether somebody may now ask for, and approve, an exception that ends with this day. */
export function isWithin(day: string, ports: Pick<HandPorts, 'policy' | 'clock'>): boolean {
  const leftMs = Date.parse(endOf(day, ports)) - ports.clock.nowMs()
  return leftMs > 0 && leftMs <= (daysMax + 1) * dayMs
}
