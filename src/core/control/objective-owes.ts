import type { Instant } from '../fact.ts'
import type { Owed } from '../judge.ts'
import { isCounted, type LevelOptions, type Limits, measure, type Tally } from './level.ts'

type Window = Readonly<{
  name: string
  from: Instant
  to: Instant
  units: number
  limits: Limits
  tally: Tally
}>

/** A whole: nothing bad can be made good by more that is good. */
const all = 1_000_000

/**
 * What an objective asks of people: to do more of what it counts as good, while its window is open and
 * short of its level. What was bad stays so: a count or a budget that is spent is mended by nobody, nor
 * is a window that has closed; both are occurrences for ever.
 */
export function owesOf(o: LevelOptions, open: readonly Window[]): readonly Owed[] {
  return open.flatMap(({ name, from, to, units, limits, tally }): Owed[] => {
    const isSpent = isCounted(o) || (limits.least >= all && tally.bad > 0)
    const { status, code } = measure(o, limits, units, tally, tally)
    if (isSpent || status === 'kept' || code === 'blind') return []
    const done = tally.good
    return [{ what: 'do', name, from, due: to, state: 'open', ...(done > 0 && { done }) }]
  })
}
