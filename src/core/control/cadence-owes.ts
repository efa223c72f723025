import type { Instant } from '../fact.ts'
import type { Owed } from '../judge.ts'
import type { Cadence, CadenceState } from './cadence-state.ts'
import { earlier, later } from './evidence.ts'
import { isEnough, progressOf, type Term } from './term.ts'
import { toAccept } from './told.ts'

/**
 * What a cadence still asks for. A duty opens with its occurrence and not with `lead`: it can be done
 * from the first day on, and below a week there is no lead at all; when it turns urgent, `due` tells.
 * It is due at the end, or before, when the gap since the last doing would be too long. A miss is asked
 * for until it is made up or too old to be.
 */
export function owesOf({ o }: Cadence, state: CadenceState): readonly Owed[] {
  const owed: Owed[] = []
  const ask = (term: Term, as: Owed['state'], due: Instant) => {
    const done = progressOf(o, term)
    const { name, from } = term
    owed.push({ what: 'do', name, from, due, state: as, ...(done > 0 && { done }) })
  }
  for (const miss of state.misses) {
    if (miss.outcome === 'late' || isEnough(o, miss, true)) continue
    ask(miss, miss.outcome, miss.deadline)
  }
  for (const [nth, term] of state.open.entries()) {
    if (isEnough(o, term, true)) continue
    // The next doing is for the oldest, and nothing is due before it has begun.
    const gapAt = nth === 0 && state.gapAt !== undefined ? later(state.gapAt, term.from) : null
    ask(term, 'open', gapAt === null ? term.deadline : earlier(term.deadline, gapAt))
  }
  owed.push(...toAccept(state))
  return owed
}
