import { compareText, is, soonestOf, whenOf } from '../../core/control/match.ts'
import type { Fact, Instant, Key, Pos } from '../../core/fact.ts'
import { type Context, everyRow, isFact, type Judge, type Step } from '../../core/judge.ts'
import {
  awayBegan,
  awayEnded,
  deputyAppointed,
  jobAssigned,
  jobEnded,
  officeMeasured,
  personJoined,
  personLeft,
  personMoved,
  roleAppointed,
  roleListed,
  roleVacated,
  standingMeasured,
  termsMax,
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
  // A register tells of a job that ended while its person stays.
  told: [jobEnded],
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

type Term = Readonly<{ person: Key; from: string; until: string | null }>

/** Of an office; the row `''` knows only who is on leave. */
type Office = Readonly<{
  role: Key
  holders: readonly Term[]
  deputies: readonly Term[]
  /** The facts that listed it, and that last said something of each. */
  listedBy: Pos | null
  holderBy: Pos | null
  deputyBy: Pos | null
  away: readonly Key[]
  /** What was said last, so that nothing is said twice. */
  said: string
}>

/** Says of each office who holds it, who acts for him, and which of them is on leave. */
export const officeMeasure: Judge<Office> = Object.freeze({
  id: 'identify.person.office-measure',
  version: 1,
  from: [
    ...[roleListed, roleAppointed, roleVacated, deputyAppointed],
    ...[awayBegan, awayEnded, personLeft],
  ],
  makes: [officeMeasured],
  keys: fact =>
    is(fact, roleListed) ||
    is(fact, roleAppointed) ||
    is(fact, roleVacated) ||
    is(fact, deputyAppointed)
      ? [fact.body.role]
      : [''],
  init: role => ({
    ...{ role, holders: [], deputies: [], listedBy: null, holderBy: null, deputyBy: null },
    ...{ away: [], said: '' },
  }),
  step: (before, input, ctx) => {
    if (before.role === '')
      return { state: isFact(input) ? stepAway(before, input) : before, also: [everyRow] }
    const state = isFact(input) ? stepOffice(before, input) : before
    const begins = [...state.holders, ...state.deputies].map(({ from }) => `${from}T12:00:00.000Z`)
    const wakeAt = soonestOf(ctx.now, begins)
    // What is no office yet is told when it is listed.
    if (state.listedBy === null) return { state, wakeAt }
    const { role, holders, deputies, listedBy, holderBy, deputyBy } = state
    const away = new Set((ctx.root as { away?: readonly Key[] } | null)?.away)
    const tell = (terms: readonly Term[]) =>
      terms.map(term => ({ ...term, isAway: away.has(term.person) }))
    const body = { role, holders: tell(holders), deputies: tell(deputies) }
    // Nobody but this judge moves when a term begins: noon in UTC is the day itself in every zone.
    const said = JSON.stringify([body, begins.filter(noon => noon <= ctx.now).length])
    if (said === state.said) return { state, wakeAt }
    const because = [listedBy, holderBy, deputyBy, ctx.cause].filter(pos => pos !== null)
    const fact = { type: officeMeasured, occurred: ctx.now, because: inOrder(because), body }
    return { state: { ...state, said }, wakeAt, facts: [fact] }
  },
} satisfies Judge<Office>)

const inOrder = (positions: readonly Pos[]): readonly Pos[] =>
  [...new Set(positions)].sort((a, b) => a - b)

function stepAway(before: Office, fact: Fact): Office {
  const { person } = fact.body as { person: Key }
  const others = before.away.filter(one => one !== person)
  if (is(fact, awayBegan)) return { ...before, away: [...others, person].sort(compareText) }
  return others.length === before.away.length ? before : { ...before, away: others }
}

/** A claim that is accepted late is stepped again: who came after it stays. */
function stepOffice(before: Office, fact: Fact): Office {
  const isNews = (by: Pos | null) => by === null || fact.pos > by
  const { pos } = fact
  if (is(fact, roleListed)) return { ...before, listedBy: pos }
  if (is(fact, roleAppointed) && isNews(before.holderBy))
    return { ...before, holders: appoint(before.holders, fact.body), holderBy: pos }
  if (is(fact, roleVacated) && isNews(before.holderBy))
    return { ...before, holders: [], holderBy: pos }
  if (is(fact, deputyAppointed) && isNews(before.deputyBy))
    return { ...before, deputies: appoint(before.deputies, fact.body), deputyBy: pos }
  if (!is(fact, personLeft)) return before
  const { person } = fact.body
  const holds = (terms: readonly Term[]) => terms.some(term => term.person === person)
  const without = (terms: readonly Term[]) => terms.filter(term => term.person !== person)
  return {
    ...before,
    ...(holds(before.holders) && { holders: without(before.holders), holderBy: pos }),
    ...(holds(before.deputies) && { deputies: without(before.deputies), deputyBy: pos }),
  }
}

/** Whoever was appointed for an earlier day serves until the later one. */
const appoint = (terms: readonly Term[], { person, from, until }: Term): readonly Term[] =>
  [...terms.filter(term => term.from < from), { person, from, until }].slice(-termsMax)
