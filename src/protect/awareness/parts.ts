import type { Match } from '../../core/control/kind.ts'
import type { Duration, Fact } from '../../core/fact.ts'
import { watermarkAdvanced } from '../../core/facts.ts'
import { parseDuration } from '../../core/time.ts'
import { awayBegan, awayEnded } from '../../identify/person/facts.ts'

/** What controls of awareness have in common. */

const key = (f: Fact<{ person: string }>) => f.body.person

/** Who is away for a whole period is asked for nothing in it. */
export const away = [
  { type: awayBegan, key },
  { type: awayEnded, key },
] as const satisfies readonly Match[]

/** The source has told everything up to its watermark, so that its silence is not what people failed to do. */
export const told = (source: string): readonly Match[] => [
  { type: watermarkAdvanced, if: f => f.body.source === source },
]

/** Where completions of courses are kept. */
export const learning = told('learning')

/** Whole minutes of a duration, its days of 24 hours and its months of 31: as long as it can be. */
export function minutesOf(duration: Duration): number {
  const span = parseDuration(duration)
  if (span.kind === 'clock') return Math.floor(span.ms / 60_000)
  if (span.kind === 'business') return span.days * 1_440
  return (span.months * 31 + span.days) * 1_440 + Math.floor(span.ms / 60_000)
}
