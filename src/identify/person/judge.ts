import { is, whenOf } from '../../core/control/match.ts'
import { type Instant, type Key, type Pos } from '../../core/fact.ts'
import { type Context, isFact, type Judge, type Step } from '../../core/judge.ts'
import {
  jobAssigned,
  jobEnded,
  personJoined,
  personLeft,
  personMoved,
  standingMeasured,
  undertakingMeasured,
  undertakingSigned,
} from './facts.ts'

/** Says anew how somebody stands when he joins and whenever he is moved, as of that moment. */
export const standingMeasure: Judge<null> = Object.freeze({
  id: 'identify.person.standing-measure',
  version: 1,
  from: [personJoined, personMoved],
  makes: [standingMeasured],
  keys: fact => (is(fact, personJoined) || is(fact, personMoved) ? [fact.body.person] : []),
  init: () => null,
  step: (state, input) => {
    if (!isFact(input) || !(is(input, personJoined) || is(input, personMoved))) return { state }
    const { person, kind, department } = input.body
    const body = { person, kind, department }
    const fact = { type: standingMeasured, occurred: whenOf(input), because: [input.pos], body }
    return { state, facts: [fact] }
  },
} satisfies Judge<null>)

type Jobs = Readonly<{ jobs: Readonly<Record<string, Pos>> }>

/** Ends the jobs of whoever leaves, so that nobody is asked for what only a job asks for. */
export const jobsEnd: Judge<Jobs> = Object.freeze({
  id: 'identify.person.jobs-end',
  version: 1,
  from: [jobAssigned, personLeft],
  makes: [jobEnded],
  keys: fact => (is(fact, jobAssigned) || is(fact, personLeft) ? [fact.body.person] : []),
  init: () => ({ jobs: {} }),
  step: (state, input) => {
    if (!isFact(input)) return { state }
    if (is(input, jobAssigned))
      return { state: { jobs: { ...state.jobs, [input.body.job]: input.pos } } }
    if (!is(input, personLeft)) return { state }
    const { person } = input.body
    const facts = Object.entries(state.jobs).map(([job, pos]) => ({
      type: jobEnded,
      occurred: whenOf(input),
      because: [pos, input.pos],
      body: { person, job },
    }))
    return { state: { jobs: {} }, facts }
  },
} satisfies Judge<Jobs>)

type Bond = Readonly<{
  person: Key
  joined: Readonly<{ at: Instant; pos: Pos }> | null
  signed: Readonly<{ version: string; at: Instant; pos: Pos }> | null
  /** What was said last, so that nothing is said twice. */
  said: string
}>

/**
 * Lays what each person signed last beside the version of the policy that is in force. A signature
 * that does not say whose it is, is none.
 */
export const undertakingMeasure: Judge<Bond> = Object.freeze({
  id: 'identify.person.undertaking-measure',
  version: 1,
  policy: true,
  from: [personJoined, undertakingSigned],
  makes: [undertakingMeasured],
  keys: fact => (is(fact, personJoined) || is(fact, undertakingSigned) ? [fact.body.person] : []),
  init: person => ({ person, joined: null, signed: null, said: '' }),
  step: (before, input, ctx) => {
    let bond = before
    if (isFact(input) && is(input, personJoined))
      bond = { ...bond, joined: { at: whenOf(input), pos: input.pos } }
    if (isFact(input) && is(input, undertakingSigned) && input.refs['by'] !== undefined) {
      const at = whenOf(input)
      if (bond.signed === null || at >= bond.signed.at)
        bond = { ...bond, signed: { version: input.body.version, at, pos: input.pos } }
    }
    return measure(bond, ctx)
  },
} satisfies Judge<Bond>)

function measure(bond: Bond, ctx: Context): Step<Bond> {
  const { person, joined, signed, said } = bond
  if (joined === null || ctx.adopted === null) return { state: bond }
  const body = {
    person,
    joined: joined.at,
    signed: signed?.version ?? null,
    inForce: ctx.adopted.version,
    since: ctx.adopted.from,
  }
  const now = JSON.stringify(body)
  if (now === said) return { state: bond }
  const because = [joined.pos, ...(signed === null ? [] : [signed.pos]), ctx.adopted.pos]
  return {
    state: { ...bond, said: now },
    facts: [{ type: undertakingMeasured, occurred: ctx.now, because, body }],
  }
}
