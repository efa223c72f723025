import type { Instant } from '../fact.ts'
import type { Owed } from '../judge.ts'
import type { Cadence, CadenceState } from './cadence-state.ts'
import { isEnough } from './term.ts'
import { toAccept } from './told.ts'

/**
 * What a cadence still asks for. A duty opens with its occurrence and not with `lead`: it can be done
 * from the first day on, and below a week there is no lead at all; when it turns urgent, `due` tells.
 * A miss is asked for until it is made up or too old to be.
 */
export function owesOf({ o }: Cadence, state: CadenceState): readonly Owed[] {
  const owed: Owed[] = []
  for (const miss of state.misses) {
    if (miss.outcome === 'late' || isEnough(o, miss, true)) continue
    owed.push(toDo(miss, miss.outcome))
  }
  for (const term of state.open) if (!isEnough(o, term, true)) owed.push(toDo(term, 'open'))
  owed.push(...toAccept(state))
  return owed
}

const toDo = (
  term: Readonly<{ name: string; from: Instant; deadline: Instant }>,
  state: Owed['state'],
): Owed => ({ what: 'do', name: term.name, from: term.from, due: term.deadline, state })
