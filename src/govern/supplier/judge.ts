import type { Stepped } from '../../core/control/kind.ts'
import { effective, is } from '../../core/control/match.ts'
import type { Instant, Key, Pos } from '../../core/fact.ts'
import { isFact, type Judge } from '../../core/judge.ts'
import { assessmentApproved, contractListed, contractMeasured } from './facts.ts'

type Approval = Readonly<{ pos: Pos; at: Instant; major: number }>

type State = Readonly<{
  key: Key
  contract: Readonly<{ pos: Pos; signed: Instant }> | null
  /** By time and position, oldest first. */
  approvals: readonly Approval[]
  /** What was said last, so that nothing is said twice. */
  said: string
}>

/** 32 approvals for one contract: one for each year that anybody keeps a contract. */
const approvalsMax = 32

/**
 * Joins what a contract and the audits for it say: the last approval before the signature. An
 * approval counts from its effective time, so what is told afterwards proves nothing until a second
 * person accepts it (V4).
 */
export const contractMeasure: Judge<State> = Object.freeze({
  id: 'govern.supplier.contract-measure',
  version: 1,
  from: [contractListed, assessmentApproved],
  makes: [contractMeasured],
  keys: fact =>
    is(fact, assessmentApproved)
      ? fact.body.contracts
      : is(fact, contractListed)
        ? [fact.body.contract]
        : [],
  init: key => ({ key, contract: null, approvals: [], said: '' }),
  step: (before, input, ctx) => {
    if (!isFact(input)) return { state: before }
    const state = take(before, input)
    const { contract } = state
    if (contract === null) return { state }
    const last = state.approvals.findLast(one => one.at < contract.signed)
    const approved = last === undefined ? null : { at: last.at, major: last.major }
    const said = `${contract.signed} ${approved?.at ?? ''} ${approved?.major ?? ''}`
    if (said === state.said) return { state }
    return {
      state: { ...state, said },
      facts: [
        {
          type: contractMeasured,
          occurred: ctx.now,
          because: last === undefined ? [contract.pos] : [contract.pos, last.pos],
          body: { contract: state.key, signed: contract.signed, approved },
        },
      ],
    }
  },
} satisfies Judge<State>)

function take(before: State, fact: Stepped): State {
  const { pos } = fact
  if (is(fact, contractListed)) return { ...before, contract: { pos, signed: fact.body.signed } }
  if (!is(fact, assessmentApproved)) return before
  const approval = { pos, at: effective(fact), major: fact.body.major }
  // An accepted claim is stepped once more and takes the place of what its position had said.
  const approvals = [...before.approvals.filter(one => one.pos !== pos), approval]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.pos - b.pos))
    .slice(-approvalsMax)
  return { ...before, approvals }
}
