import type { HandPorts } from '../../core/module.ts'

/** The day that it is where the organisation is. */
export const todayOf = ({ clock, policy }: Pick<HandPorts, 'clock' | 'policy'>): string =>
  Temporal.Instant.fromEpochMilliseconds(clock.nowMs())
    .toZonedDateTimeISO(policy.organisation.zone)
    .toPlainDate()
    .toString()
