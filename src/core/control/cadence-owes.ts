import type { Fact, Instant, Pos } from '../fact.ts'
import type { Owed } from '../judge.ts'
import type { Cadence, CadenceState } from './cadence-state.ts'
import { plusMs } from './match.ts'
import { isEnough } from './term.ts'

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
  for (const told of state.told ?? []) {
    const due = plusMs(told.at, acceptMs)
    owed.push({
      what: 'accept',
      name: told.name,
      from: told.at,
      due,
      state: 'open',
      claim: told.pos,
    })
  }
  return owed
}

const toDo = (
  term: Readonly<{ name: string; from: Instant; deadline: Instant }>,
  state: Owed['state'],
): Owed => ({ what: 'do', name: term.name, from: term.from, due: term.deadline, state })

/** P7D: time to find a second person; the verdict reads `missed` meanwhile, and that is not for long. */
const acceptMs = 7 * 86_400_000

/** A claim that counts for nothing until a second person accepts it (V4). */
export type Told = Readonly<{ pos: Pos; at: Instant; name: string }>

/** 16 claims of one subject wait: whoever tells more of the past brings a file, and an order. */
const toldMax = 16

export function withTold(state: CadenceState, fact: Fact, name: string): CadenceState {
  const told = (state.told ?? []).filter(other => other.pos !== fact.pos)
  return { ...state, told: [...told, { pos: fact.pos, at: fact.recorded, name }].slice(-toldMax) }
}

/** Accepted: it waits no more. */
export function withoutTold(state: CadenceState, pos: Pos): CadenceState {
  if (state.told === undefined || !state.told.some(one => one.pos === pos)) return state
  const { told, ...rest } = state
  const left = told.filter(one => one.pos !== pos)
  return left.length === 0 ? rest : { ...rest, told: left }
}
