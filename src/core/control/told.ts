import type { Fact, Instant, Pos } from '../fact.ts'
import type { Owed } from '../judge.ts'
import { plusMs } from './match.ts'

/** A claim that would change how an occurrence ended, if a second person accepted it (V4, V39). */
export type Told = Readonly<{ pos: Pos; at: Instant; name: string }>

/** Part of the state of a kind; absent where nothing waits, so that most rows stay small. */
type Telling = Readonly<{ told?: readonly Told[] }>

/** 16 claims of one subject wait: whoever tells more of the past brings a file, and an order. */
const toldMax = 16

/** P7D: time to find a second person; the verdict is as before meanwhile, and that is not for long. */
const acceptMs = 7 * 86_400_000

export function withTold<S extends Telling>(state: S, fact: Fact, name: string): S {
  const told = (state.told ?? []).filter(other => other.pos !== fact.pos)
  return { ...state, told: [...told, { pos: fact.pos, at: fact.recorded, name }].slice(-toldMax) }
}

/** Accepted: it waits no more. */
export function withoutTold<S extends Telling>(state: S, pos: Pos): S {
  if (state.told === undefined || !state.told.some(one => one.pos === pos)) return state
  const { told, ...rest } = state
  const left = told.filter(one => one.pos !== pos)
  return (left.length === 0 ? rest : { ...rest, told: left }) as S
}

export const toAccept = ({ told = [] }: Telling): readonly Owed[] =>
  told.map(({ name, at, pos }) => ({
    what: 'accept',
    name,
    from: at,
    due: plusMs(at, acceptMs),
    state: 'open',
    claim: pos,
  }))
