import { effective, is, organisation, soonestOf } from '../../core/control/match.ts'
import type { Fact, Instant, Key, Pos } from '../../core/fact.ts'
import { policyAdopted } from '../../core/facts.ts'
import { everyRow, type Input, isFact, type Judge } from '../../core/judge.ts'
import {
  departmentListed,
  deputyAppointed,
  personLeft,
  roleAppointed,
  roleRemoved,
  roleVacated,
} from '../../identify/person/facts.ts'
import {
  budgetApproved,
  dayLogged,
  dayMeasured,
  isBy,
  itemDone,
  itemMeasured,
  itemOpened,
  itemPostponed,
  officerAppointed,
  officerMeasured,
  officerVacated,
  policySigned,
  postMeasured,
  signaturesMeasured,
  strategyApproved,
  strategyMeasured,
} from './facts.ts'
import { appoint, holdersOn, type Term, toldOf, vacate, withoutPerson } from './terms.ts'

type Terms = readonly Term[]

/** At most 64 facts may stand behind one (M8). */
const becauseOf = (positions: readonly Pos[]): readonly Pos[] =>
  [...new Set(positions)].sort((a, b) => a - b).slice(-64)

type Post = Readonly<{ role: Key; holders: Terms; deputies: Terms; last: Pos | null }>

/** Who holds a role and who acts for him. A row for each role; who leaves us is asked of every row. */
export const postMeasure: Judge<Post> = Object.freeze({
  id: 'govern.policy.post-measure',
  version: 2,
  from: [roleAppointed, roleVacated, roleRemoved, deputyAppointed, personLeft],
  makes: [postMeasured],
  keys: fact =>
    is(fact, roleAppointed) ||
    is(fact, roleVacated) ||
    is(fact, roleRemoved) ||
    is(fact, deputyAppointed)
      ? [fact.body.role]
      : [''],
  init: role => ({ role, holders: [], deputies: [], last: null }),
  step: (before, input, ctx) => {
    if (before.role === '') return { state: before, also: [everyRow] }
    const state = stepPost(before, input)
    if (state.last === null || state === before) return { state }
    const { role, holders, deputies } = state
    return {
      state,
      facts: [
        {
          type: postMeasured,
          occurred: ctx.now,
          because: becauseOf([state.last, ...[...holders, ...deputies].map(term => term.pos)]),
          body: { role, holders: toldOf(holders), deputies: toldOf(deputies) },
        },
      ],
    }
  },
} satisfies Judge<Post>)

function stepPost(before: Post, input: Input): Post {
  if (!isFact(input) || isTaken(before.last, input)) return before
  // Of a post that nobody was ever appointed to, nothing is said when it is no more.
  if (is(input, roleRemoved) && before.last === null) return before
  const holders = stepHolders(before.holders, input)
  const deputies = is(input, deputyAppointed)
    ? appoint(before.deputies, { ...termOf(input.body), pos: input.pos })
    : is(input, personLeft)
      ? withoutPerson(before.deputies, input.body.person)
      : is(input, roleRemoved)
        ? vacate(before.deputies, effective(input))
        : before.deputies
  if (holders === before.holders && deputies === before.deputies) return before
  return { ...before, holders, deputies, last: input.pos }
}

/** A claim that is accepted later is stepped again: what it says has been taken, and who came after it stays. */
const isTaken = (last: Pos | null, fact: Fact): boolean => last !== null && fact.pos <= last

const termOf = ({ person, from, until }: Omit<Term, 'pos' | 'endedAt'>) => ({ person, from, until })

function stepHolders(before: Terms, fact: Fact): Terms {
  if (is(fact, roleAppointed)) return appoint(before, { ...termOf(fact.body), pos: fact.pos })
  // An office that is no more is held by nobody from then on.
  if (is(fact, roleVacated) || is(fact, roleRemoved)) return vacate(before, effective(fact))
  return is(fact, personLeft) ? withoutPerson(before, fact.body.person) : before
}

type Version = Readonly<{ pos: Pos; version: string; hash: string; from: Instant }>
type Signature = Readonly<{ pos: Pos; hash: string; person: string; at: Instant }>
type Policy = Readonly<{
  /** In force, and those adopted for later, in the order in which they were adopted. */
  versions: readonly Version[]
  /** The newest of each person on each hash. */
  signatures: readonly Signature[]
  holders: Terms
  /** The fact that last said who is the chief executive; null: none ever did. */
  toldBy: Pos | null
}>

/** 32 signatures: of some persons on the newest few versions. */
const signaturesMax = 32
/** 8 versions that are adopted for later: more is no policy. */
const versionsMax = 8

/**
 * The version in force, who signed its content, and who is the chief executive. Said anew when one of
 * them changes, and when a version comes into force that was adopted before.
 */
export const signatureMeasure: Judge<Policy> = Object.freeze({
  id: 'govern.policy.signature-measure',
  version: 2,
  from: [policyAdopted, policySigned, roleAppointed, roleVacated, roleRemoved, personLeft],
  makes: [signaturesMeasured],
  keys: fact =>
    (is(fact, roleAppointed) || is(fact, roleVacated) || is(fact, roleRemoved)) &&
    fact.body.role !== chiefExecutive
      ? []
      : [organisation],
  init: () => ({ versions: [], signatures: [], holders: [], toldBy: null }),
  step: (before, input, ctx) => {
    const stepped = isFact(input) ? stepPolicy(before, input) : before
    const inForce = stepped.versions.findLastIndex(one => one.from <= ctx.now)
    const state = inForce > 0 ? { ...stepped, versions: stepped.versions.slice(inForce) } : stepped
    const { versions, signatures, holders, toldBy } = state
    const [version] = versions
    const wakeAt = soonestOf(
      ctx.now,
      versions.map(one => one.from),
    )
    const isSaid = inForce >= 0 && toldBy !== null && version !== undefined
    if (!isSaid || (stepped === before && isFact(input))) return { state, wakeAt }
    const signed = signatures.filter(one => one.hash === version.hash).slice(-shownMax)
    return {
      state,
      wakeAt,
      facts: [
        {
          type: signaturesMeasured,
          occurred: ctx.now,
          because: becauseOf([
            ...[version.pos, toldBy],
            ...[...signed, ...holders].map(one => one.pos),
          ]),
          body: {
            ...{ version: version.version, hash: version.hash },
            signatures: signed.map(({ person, at }) => ({ person, at })),
            holders: toldOf(holders),
          },
        },
      ],
    }
  },
} satisfies Judge<Policy>)

/** The role of whom the policy calls the chief executive. */
const chiefExecutive = 'ceo'
/** As many as the fact may carry. */
const shownMax = 16

function stepPolicy(before: Policy, fact: Fact): Policy {
  if (is(fact, policyAdopted)) {
    const { version, hash, from } = fact.body
    const versions = [...before.versions, { pos: fact.pos, version, hash, from }]
    return { ...before, versions: versions.slice(-versionsMax) }
  }
  if (is(fact, policySigned)) {
    const { hash, person } = fact.body
    const signature = { pos: fact.pos, hash, person, at: effective(fact) }
    const others = before.signatures.filter(one => one.hash !== hash || one.person !== person)
    return { ...before, signatures: [...others, signature].slice(-signaturesMax) }
  }
  const isOld = before.toldBy === null ? is(fact, roleRemoved) : isTaken(before.toldBy, fact)
  const holders = isOld ? before.holders : stepHolders(before.holders, fact)
  return holders === before.holders ? before : { ...before, holders, toldBy: fact.pos }
}

type Department = Readonly<{
  department: Key
  listedBy: Pos | null
  officers: Terms
  standIns: Terms
  /** The fact that last changed these two. */
  last: Pos | null
}>

/** Who is a department's officer, and who of those who kept its log was officer or stand-in on that day. */
export const officerMeasure: Judge<Department> = Object.freeze({
  id: 'govern.policy.officer-measure',
  version: 1,
  from: [departmentListed, officerAppointed, officerVacated, dayLogged, personLeft],
  makes: [officerMeasured, dayMeasured],
  keys: fact => {
    if (is(fact, personLeft)) return ['']
    const { department } = fact.body as { department: Key }
    // No department has the name that stands for all rows.
    return department === everyRow ? [] : [department]
  },
  init: department => ({ department, listedBy: null, officers: [], standIns: [], last: null }),
  step: (before, input, ctx) => {
    if (before.department === '') return { state: before, also: [everyRow] }
    const state = isFact(input) ? stepDepartment(before, input) : before
    const { department, listedBy, officers, standIns } = state
    const positions = [...officers, ...standIns].map(term => term.pos)
    if (isFact(input) && is(input, dayLogged)) {
      const { day, person, checks } = input.body
      const holders = holdersOn([...officers, ...standIns], day)
      return {
        state,
        facts: [
          {
            type: dayMeasured,
            occurred: effective(input),
            because: becauseOf([input.pos, ...positions]),
            body: { department, day, person, officers: holders, checks },
          },
        ],
      }
    }
    const isSame = officers === before.officers && listedBy === before.listedBy
    if (listedBy === null || isSame) return { state }
    return {
      state,
      facts: [
        {
          type: officerMeasured,
          occurred: ctx.now,
          because: becauseOf([listedBy, ...officers.map(term => term.pos)]),
          body: { department, holders: toldOf(officers) },
        },
      ],
    }
  },
} satisfies Judge<Department>)

function stepDepartment(before: Department, fact: Fact): Department {
  if (is(fact, departmentListed)) return { ...before, listedBy: fact.pos }
  if (isTaken(before.last, fact)) return before
  const step = (as: 'officer' | 'stand-in', terms: Terms): Terms => {
    if (is(fact, personLeft)) return withoutPerson(terms, fact.body.person)
    if (is(fact, officerAppointed) && fact.body.as === as)
      return appoint(terms, { ...termOf(fact.body), pos: fact.pos })
    return is(fact, officerVacated) && fact.body.as === as ? vacate(terms, effective(fact)) : terms
  }
  const officers = step('officer', before.officers)
  const standIns = step('stand-in', before.standIns)
  const isSame = officers === before.officers && standIns === before.standIns
  return isSame ? before : { ...before, officers, standIns, last: fact.pos }
}

type Item = Readonly<{
  item: Key
  due: string | null
  doneAt: Instant | null
  because: readonly Pos[]
}>

/** When an item is due, with what two persons agreed to, and when it was done. */
export const itemMeasure: Judge<Item> = Object.freeze({
  id: 'govern.policy.item-measure',
  version: 1,
  from: [itemOpened, itemPostponed, itemDone],
  makes: [itemMeasured],
  keys: fact => [(fact.body as { item: Key }).item],
  init: item => ({ item, due: null, doneAt: null, because: [] }),
  step: (before, input, ctx) => {
    if (!isFact(input)) return { state: before }
    let state = before
    const because = becauseOf([...before.because, input.pos])
    if (isTaken(before.because.at(-1) ?? null, input)) return { state }
    if (is(input, itemOpened))
      state = { ...before, due: input.body.due, doneAt: null, because: [input.pos] }
    else if (is(input, itemPostponed) && isBy('by', 'approver')(input))
      state = { ...before, due: input.body.due, because }
    else if (is(input, itemDone)) state = { ...before, doneAt: effective(input), because }
    const { item, due, doneAt } = state
    if (state === before || due === null) return { state }
    const facts = [
      {
        type: itemMeasured,
        occurred: ctx.now,
        because: state.because,
        body: { item, due, doneAt },
      },
    ]
    return { state, facts }
  },
} satisfies Judge<Item>)

type Money = Readonly<{ amount: number; currency: string }>
type Year = Readonly<{
  year: Key
  cost: (Money & Readonly<{ pos: Pos }>) | null
  budget: (Money & Readonly<{ pos: Pos }>) | null
}>

/** Lays a year's strategy beside its budget line. Who proposed it has not approved it. */
export const strategyMeasure: Judge<Year> = Object.freeze({
  id: 'govern.policy.strategy-measure',
  version: 1,
  from: [strategyApproved, budgetApproved],
  makes: [strategyMeasured],
  keys: fact => [(fact.body as { year: Key }).year],
  init: year => ({ year, cost: null, budget: null }),
  step: (before, input) => {
    if (!isFact(input) || !(is(input, strategyApproved) || is(input, budgetApproved)))
      return { state: before }
    // A claim that is accepted later is stepped again, and then counts from when it was made.
    const isNews = input.pos >= Math.max(before.cost?.pos ?? -1, before.budget?.pos ?? -1)
    if (!isNews || !isBy('by', 'approver')(input)) return { state: before }
    const { amount, currency, period } = input.body
    const money = { amount, currency, pos: input.pos }
    const state = is(input, strategyApproved)
      ? { ...before, cost: money }
      : { ...before, budget: money }
    const { year, cost, budget } = state
    if (cost === null || budget === null) return { state }
    const body = {
      year,
      cost: { amount: cost.amount, currency: cost.currency },
      budget: { amount: budget.amount, currency: budget.currency },
      period,
    }
    const because = becauseOf([cost.pos, budget.pos])
    return { state, facts: [{ type: strategyMeasured, occurred: effective(input), because, body }] }
  },
} satisfies Judge<Year>)
