import type { HandPorts } from '../../core/module.ts'
import { dayIn } from '../../core/time.ts'

/** The day that it is where the organisation is. */
export const todayOf = ({ clock, policy }: Pick<HandPorts, 'clock' | 'policy'>): string =>
  dayIn(clock.nowMs(), policy.organisation.zone)
