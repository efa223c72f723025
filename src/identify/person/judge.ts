import { compareText, is, whenOf } from '../../core/control/match.ts'
import type { Fact, Instant, Key, Pos } from '../../core/fact.ts'
import { type Context, everyRow, isFact, type Judge, type Step } from '../../core/judge.ts'
import {
  awayBegan,
  awayEnded,
  deputyAppointed,
  jobAssigned,
  jobEnded,
  jobMeasured,
  officeMeasured,
  personJoined,
  personLeft,
  personMoved,
  roleAppointed,
  roleListed,
  roleRemoved,
  roleVacated,
  standingMeasured,
  termsMax,
  undertakingMeasured,
  undertakingSigned,
} from './facts.ts'

/** A claim that is accepted later is stepped again: what came after it stays. */
const isPast = (last: Pos | null, fact: Fact): boolean => last !== null && fact.pos < last

type Stood = Readonly<{ last: Pos | null }>

/** Says anew how somebody stands when he joins, whenever he is moved, and when he leaves, as of then. */
export const standingMeasure: Judge<Stood> = Object.freeze({
  id: 'identify.person.standing-measure',
  version: 2,
  from: [personJoined, personMoved, personLeft],
  makes: [standingMeasured],
  keys: fact => [(fact.body as { person: Key }).person],
  init: () => ({ last: null }),
  step: (state, input) => {
    if (!isFact(input) || isPast(state.last, input)) return { state }
    const body =
      is(input, personJoined) || is(input, personMoved)
        ? { ...input.body }
        : { ...(input.body as { person: Key }), kind: null, department: null }
    const fact = { type: standingMeasured, occurred: whenOf(input), because: [input.pos], body }
    return { state: { last: input.pos }, facts: [fact] }
  },
} satisfies Judge<Stood>)

type Jobs = Readonly<{
  person: Key
  /** Those that he has, with the facts that gave them to him. */
  jobs: Readonly<Record<string, Pos>>
  last: Pos | null
}>

/**
 * Says of each job whether somebody has it: who leaves has none any more, so that nobody is asked for
 * what only a job asks for.
 */
export const jobMeasure: Judge<Jobs> = Object.freeze({
  id: 'identify.person.job-measure',
  version: 1,
  from: [jobAssigned, jobEnded, personLeft],
  makes: [jobMeasured],
  keys: fact => [(fact.body as { person: Key }).person],
  init: person => ({ person, jobs: {}, last: null }),
  step: (before, input) => {
    if (!isFact(input) || isPast(before.last, input)) return { state: before }
    const jobs = jobsAfter(before.jobs, input)
    const state = { ...before, jobs, last: input.pos }
    const say = (job: string, isHeld: boolean, because: readonly Pos[]) => ({
      ...{ type: jobMeasured, occurred: whenOf(input), because },
      body: { person: before.person, job, isHeld },
    })
    const gone = Object.entries(before.jobs).filter(([job]) => !Object.hasOwn(jobs, job))
    const facts = gone.map(([job, pos]) => say(job, false, [pos, input.pos]))
    const isNew = (job: string) => !Object.hasOwn(before.jobs, job) || 'accepted' in input
    if (is(input, jobAssigned) && isNew(input.body.job))
      facts.push(say(input.body.job, true, [input.pos]))
    return { state, facts }
  },
} satisfies Judge<Jobs>)

function jobsAfter(jobs: Jobs['jobs'], fact: Fact): Jobs['jobs'] {
  if (is(fact, jobAssigned))
    return Object.hasOwn(jobs, fact.body.job) ? jobs : { ...jobs, [fact.body.job]: fact.pos }
  if (!is(fact, jobEnded)) return {}
  const { job } = fact.body
  return Object.fromEntries(Object.entries(jobs).filter(([one]) => one !== job))
}

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

/**
 * Says of each office who holds it, who acts for him, and which of them is on leave. When a term begins
 * or ends is for the control, which knows the zone.
 */
export const officeMeasure: Judge<Office> = Object.freeze({
  id: 'identify.person.office-measure',
  version: 3,
  from: [
    ...[roleListed, roleRemoved, roleAppointed, roleVacated, deputyAppointed],
    ...[awayBegan, awayEnded, personLeft],
  ],
  makes: [officeMeasured],
  keys: fact =>
    is(fact, roleListed) ||
    is(fact, roleRemoved) ||
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
    // What is no office yet is told when it is listed.
    if (state.listedBy === null) return { state }
    const { role, holders, deputies, listedBy, holderBy, deputyBy } = state
    const away = new Set((ctx.root as { away?: readonly Key[] } | null)?.away)
    const tell = (terms: readonly Term[]) =>
      terms.map(term => ({ ...term, isAway: away.has(term.person) }))
    const body = { role, holders: tell(holders), deputies: tell(deputies) }
    const said = JSON.stringify(body)
    if (said === state.said) return { state }
    const because = [listedBy, holderBy, deputyBy, ctx.cause].filter(pos => pos !== null)
    const fact = { type: officeMeasured, occurred: ctx.now, because: inOrder(because), body }
    return { state: { ...state, said }, facts: [fact] }
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
  // What is listed again under that name is another office, which nobody holds yet.
  if (is(fact, roleRemoved)) {
    const nobody = { holders: [], deputies: [], holderBy: pos, deputyBy: pos }
    return { ...before, ...nobody, listedBy: null, said: '' }
  }
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
