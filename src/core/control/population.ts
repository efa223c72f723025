import { type Fact, type Instant, type Key, type Pos } from '../fact.ts'
import { exceptionEnded, exceptionGranted } from '../facts.ts'
import type { Context } from '../judge.ts'
import { type Base, type Match, of, organisationZone, type Population } from './kind.ts'
import { concerns, is, later, matches, sooner, whenOf } from './match.ts'

/** How one subject stands to the population of its control. */
export type Membership = Readonly<{
  /** When it entered, or null while it is no member. */
  joined: Instant | null
  /** The last sighting by the second source. */
  seen: Instant | null
  /** Facts that this rests on. */
  joinedBy: Pos | null
  seenBy: Pos | null
}>

export const noMember: Membership = { joined: null, seen: null, joinedBy: null, seenBy: null }

export const leavesOf = ({ leave }: Population): readonly Match[] =>
  leave === undefined ? [] : 'type' in leave ? [leave] : leave

/** Asked for every fact that a control wants, so nothing is made for the question. */
const leaves = ({ leave }: Population, fact: Fact, key: Key): boolean => {
  if (leave === undefined) return false
  return 'type' in leave ? concerns(leave, fact, key) : leave.some(one => concerns(one, fact, key))
}

/** A member who is named again stays the member he was; who left and returns joins anew (V12). */
export function stepMembership(
  before: Membership,
  population: Population,
  key: Key,
  fact: Fact,
): Membership {
  let after = before
  if (concerns(population.enter, fact, key) && after.joined === null) {
    after = { ...after, joined: whenOf(fact), joinedBy: fact.pos }
  }
  // Who is nothing to the population stays what he is: the same value is the same row, however it was read.
  if ((after.joined !== null || after.seen !== null) && leaves(population, fact, key)) {
    // What was seen of it before it left is explained by that; who sees it afterwards sees more than we know.
    after = noMember
  }
  const second = population.compare?.with
  if (second !== undefined && concerns(second, fact, key)) {
    const at = whenOf(fact)
    if (after.seen === null || at >= after.seen) after = { ...after, seen: at, seenBy: fact.pos }
  }
  return after
}

/** Until when a sighting makes its subject a member whom the first source does not know (V10). */
export function seenUntil(
  membership: Membership,
  population: Population,
  ctx: Context,
): Instant | null {
  if (membership.seen === null || population.compare === undefined) return null
  return after(membership.seen, of(population.compare.fresh, ctx.params), ctx)
}

/** What the control knows of its population as a whole. */
export type Completeness = Readonly<{
  /** When the first source last said that its list is complete. */
  complete: Instant | null
  /** When the second source last spoke, of whomever. */
  compared: Instant | null
  /** Where these stand; they name what is asked for next. */
  completeAt: Pos | null
  comparedAt: Pos | null
}>

export const nothingKnown: Completeness = Object.freeze({
  complete: null,
  compared: null,
  completeAt: null,
  comparedAt: null,
})

export function stepCompleteness(
  before: Completeness,
  population: Population,
  fact: Fact,
): Completeness {
  const at = whenOf(fact)
  const isNewest = (old: Instant | null) => old === null || at >= old
  const { compare } = population
  let known = before
  if (matches(population.complete, fact)) {
    if (isNewest(known.complete)) known = { ...known, complete: at, completeAt: fact.pos }
    if (compare?.each) known = { ...known, compared: null }
  }
  if (compare !== undefined && matches(compare.with, fact)) {
    const confirms = compare.confirms === undefined ? true : compare.confirms(fact)
    if (confirms === true && isNewest(known.compared))
      known = { ...known, compared: at, comparedAt: fact.pos }
    // A contradiction takes back what an earlier look had confirmed, not what a later one did.
    if (confirms === false && isNewest(known.compared)) known = { ...known, compared: null }
  }
  return known
}

/** Nothing is doubted, for ever. */
export const sure = { code: null, until: null } as const

const doubts = ['population.undeclared', 'population.stale', 'population.unconfirmed'] as const

export const isDoubt = (code: string): boolean => (doubts as readonly string[]).includes(code)

/**
 * Why nothing can be said about all members (V10), or null; and until when that holds. The words
 * are those of the reason.
 */
export function doubt(
  known: Completeness,
  population: Population,
  ctx: Context,
): Readonly<{ code: (typeof doubts)[number] | null; until: Instant | null }> {
  if (known.complete === null) return { code: 'population.undeclared', until: null }
  const fresh = after(known.complete, of(population.fresh, ctx.params), ctx)
  if (fresh <= ctx.now) return { code: 'population.stale', until: null }
  if (population.compare === undefined) return { code: null, until: fresh }
  if (known.compared === null) return { code: 'population.unconfirmed', until: fresh }
  const confirmed = after(known.compared, of(population.compare.fresh, ctx.params), ctx)
  if (confirmed <= ctx.now) return { code: 'population.unconfirmed', until: fresh }
  return { code: null, until: sooner(fresh, confirmed) }
}

/** The span of an accepted deviation; kept when it is over, for who asks about a deadline in it. */
export type Span = Readonly<{ from: Instant; until: Instant }>

/** The subject of an exception for this control, `''` for the whole of it, or null: not for us. */
export function exceptionKey(base: Base, fact: Fact): Key | null {
  if (!is(fact, exceptionGranted) && !is(fact, exceptionEnded)) return null
  if (fact.body.control !== base.id || base.exceptions === false) return null
  return fact.body.subject ?? ''
}

/**
 * The span after a grant or an end. Nobody approves his own request, and a grant that does not say
 * who asked and who approved is none (V13). It begins when it is recorded: never in the past.
 */
export function stepException(before: Span | null, fact: Fact): Span | null {
  if (is(fact, exceptionEnded)) {
    return before === null ? null : { ...before, until: sooner(before.until, fact.recorded) }
  }
  if (!is(fact, exceptionGranted)) return before
  const { requester, approver } = fact.refs
  if (requester === undefined || approver === undefined || requester === approver) return before
  if (fact.body.until <= fact.recorded) return before
  if (before !== null && before.until > fact.recorded) {
    return { from: before.from, until: later(before.until, fact.body.until) }
  }
  return { from: fact.recorded, until: fact.body.until }
}

/** Of the subject's own exception and that of the whole control, the one that lasts longer. */
export const longer = (a: Span | null, b: Span | null): Span | null =>
  a === null ? b : b === null || a.until >= b.until ? a : b

export const covers = (span: Span | null, now: Instant): boolean =>
  span !== null && span.from <= now && now < span.until

/** The zone of the organisation, in which its days begin and its durations are counted. */
export const zoneOf = (ctx: Context): string => organisationZone(ctx.params)

/** `at` plus a duration in the organisation's zone. */
export const after = (at: Instant, duration: string, ctx: Context): Instant =>
  ctx.calendars.add(at, duration, zoneOf(ctx))
