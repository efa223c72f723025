import type { Duration } from '../../core/fact.ts'
import { parseDuration } from '../../core/time.ts'

/** The length of a duration in milliseconds, its days of 24 hours and its months of 31: as long as it can be. */
export function msOfSpan(duration: Duration): number {
  const span = parseDuration(duration)
  if (span.kind === 'clock') return span.ms
  if (span.kind === 'business') return span.days * 86_400_000
  return (span.months * 31 + span.days) * 86_400_000 + span.ms
}
