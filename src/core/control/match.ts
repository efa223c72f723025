import { type Fact, type FactType, type Instant, implausibleMs, type Key, when } from '../fact.ts'
import { parameterDecided, watermarkAdvanced } from '../facts.ts'
import { everyRow, type Input, isFact } from '../judge.ts'
import { msOf, toInstant } from '../time.ts'
import type { Base, Match, Stepped } from './kind.ts'

/** The one subject of a control that has neither a population nor cases (V9). */
export const organisation = 'org'

/** Code-unit order, the same on every machine (V3). */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Narrows a fact to the body of its type. */
export const is = <B>(fact: Fact, type: FactType<B>): fact is Fact<B> => fact.type === type.name

export const matches = (match: Match, fact: Fact): boolean =>
  fact.type === match.type.name && (match.if === undefined || match.if(fact))

/** Shared by all facts that speak of no subject: nearly every fact is for one control of many. */
export const nobody: readonly Key[] = Object.freeze([])

const isSubjectKey = (key: Key): boolean => key !== '' && key !== everyRow

/**
 * The subjects for which a fact counts under a match, in order and once each. The keys that rows of
 * a judge use for themselves are no subjects, whoever sends them.
 */
export function keysOf(match: Match, fact: Fact): readonly Key[] {
  if (!matches(match, fact)) return nobody
  const keys = match.key === undefined ? organisation : match.key(fact)
  if (typeof keys !== 'string') return inOrder(keys)
  return isSubjectKey(keys) ? [keys] : nobody
}

/** The fact counts under the match for this subject. */
export function concerns(match: Match, fact: Fact, subject: Key): boolean {
  if (!matches(match, fact)) return false
  const keys = match.key === undefined ? organisation : match.key(fact)
  return typeof keys === 'string' ? keys === subject : keys.includes(subject)
}

export function keysOfAny(all: readonly Match[], fact: Fact): readonly Key[] {
  let found = nobody
  for (const match of all) found = withKeys(found, keysOf(match, fact))
  return found
}

/** Both, in order and once each, where each of the two is. */
export function withKeys(a: readonly Key[], b: readonly Key[]): readonly Key[] {
  if (b.length === 0) return a
  return a.length === 0 ? b : inOrder([...a, ...b])
}

/** People may tell it, and not machines alone. */
export const isByPerson = (type: FactType): boolean =>
  type.trusts.some(trust => trust !== 'instrument')

export const typesOf = (all: readonly (Match | undefined)[]): readonly FactType[] => [
  ...new Set(all.flatMap(match => (match === undefined ? [] : [match.type]))),
]

export function inOrder(keys: readonly Key[]): readonly Key[] {
  if (keys.length === 0) return nobody
  return [...new Set(keys)].filter(isSubjectKey).sort(compareText)
}

/**
 * How far the source of an `alive` match has delivered: what its watermark says, or the effective
 * time of any other sign of life. Nobody has delivered the future.
 */
export function deliveredTo(fact: Fact): Instant {
  const to = is(fact, watermarkAdvanced) ? fact.body.to : whenOf(fact)
  return to <= fact.recorded ? to : fact.recorded
}

/** The least of the watermarks; null when a source never spoke (V6). */
export function leastOf(watermarks: readonly (Instant | null)[]): Instant | null {
  let least: Instant | null = null
  for (const watermark of watermarks) {
    if (watermark === null) return null
    if (least === null || watermark < least) least = watermark
  }
  return least
}

/** The earliest of the instants that are later than `now`, or null. */
export function soonestOf(now: Instant, instants: readonly (Instant | null)[]): Instant | null {
  let soonest: Instant | null = null
  for (const instant of instants) {
    if (instant === null || instant <= now) continue
    if (soonest === null || instant < soonest) soonest = instant
  }
  return soonest
}

export const later = (a: Instant, b: Instant): Instant => (a >= b ? a : b)
export const sooner = (a: Instant, b: Instant): Instant => (a <= b ? a : b)

/** Clock time after an instant; nothing here depends on a zone. */
export const plusMs = (at: Instant, ms: number): Instant => toInstant(msOf(at) + ms)

/** `when`, without reading the time of what was measured in the past: nearly every fact was (V4). */
export const whenOf = (fact: Fact): Instant =>
  fact.trust === 'instrument' && fact.occurred <= fact.recorded ? fact.occurred : when(fact)

/** The effective time of a fact as a kind steps it: an accepted claim counts from when it occurred (V4). */
export function effective(fact: Stepped): Instant {
  if (fact.accepted !== true) return whenOf(fact)
  return msOf(fact.occurred) <= msOf(fact.recorded) + implausibleMs ? fact.occurred : fact.recorded
}

/** A parameter of another control was decided: every judge hears of it, one is concerned. */
export const isForAnother = (base: Base, input: Input): boolean =>
  isFact(input) && is(input, parameterDecided) && input.body.control !== base.id
