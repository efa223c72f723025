import { is } from '../../core/control/match.ts'
import type { Key, Pos } from '../../core/fact.ts'
import { isFact, type Judge } from '../../core/judge.ts'
import { roleAppointed, roleVacated } from '../../identify/person/facts.ts'
import { stepListed, stepMeasured } from './facts.ts'

type State = Readonly<{
  role: Key
  /** Where the ladder names the role; null: it does not. */
  listedBy: Pos | null
  /** Who was appointed last; null when he gave the role up, or when nobody ever was. */
  holder: Readonly<{ person: string; from: string; until: string | null }> | null
  /** The fact that says so. */
  holderBy: Pos | null
}>

/** Joins a step of the ladder and the register of people: who would be called. A row for each role. */
export const stepMeasure: Judge<State> = Object.freeze({
  id: 'govern.desk.step-measure',
  version: 1,
  from: [stepListed, roleAppointed, roleVacated],
  makes: [stepMeasured],
  keys: fact =>
    is(fact, stepListed) || is(fact, roleAppointed) || is(fact, roleVacated)
      ? [fact.body.role]
      : [],
  init: role => ({ role, listedBy: null, holder: null, holderBy: null }),
  step: (before, input, ctx) => {
    if (!isFact(input)) return { state: before }
    let state = before
    // A claim that is accepted late is stepped again; who came after it stays.
    const isNews = state.holderBy === null || input.pos > state.holderBy
    if (is(input, stepListed)) state = { ...state, listedBy: input.pos }
    else if (is(input, roleVacated) && isNews)
      state = { ...state, holder: null, holderBy: input.pos }
    else if (is(input, roleAppointed) && isNews) {
      const { person, from, until } = input.body
      state = { ...state, holder: { person, from, until }, holderBy: input.pos }
    }
    const { role, listedBy, holder, holderBy } = state
    if (state === before || listedBy === null) return { state }
    return {
      state,
      facts: [
        {
          type: stepMeasured,
          occurred: ctx.now,
          because: holderBy === null ? [listedBy] : [listedBy, holderBy],
          body: { role, holder },
        },
      ],
    }
  },
} satisfies Judge<State>)
