import type { Fact, FactType, Instant } from '../fact.ts'
import type { Context } from '../judge.ts'
import { parseDuration } from '../time.ts'
import type { Duration, Key, Match, Stepped, Subject } from './kind.ts'
import { concerns, keysOf, later, withKeys } from './match.ts'

/** May it change a closed conclusion from worse to better (V39)? */
export const improves = (fact: Stepped): boolean =>
  fact.trust === 'instrument' || fact.accepted === true

/** `group` says what the match is for (`done`, `start`); `nth` its place among the matches of the group. */
export type Touch = Readonly<{ group: string; nth: number; match: Match }>

export type Touches = Readonly<{
  from: readonly FactType[]
  matches: readonly Match[]
  subjects(fact: Fact): readonly Key[]
  /** How the fact touches this subject; empty when it does not. */
  of(fact: Fact, key: Key): readonly Touch[]
}>

const nobody: readonly Touch[] = Object.freeze([])

/** Routes facts by type to the matches of a kind, so that a step looks at its own matches only. */
export function createTouches(groups: Readonly<Record<string, readonly Match[]>>): Touches {
  const byType = new Map<string, Touch[]>()
  const types = new Map<string, FactType>()
  for (const [group, matches] of Object.entries(groups))
    for (const [nth, match] of matches.entries()) {
      types.set(match.type.name, match.type)
      const list = byType.get(match.type.name) ?? []
      list.push(Object.freeze({ group, nth, match }))
      byType.set(match.type.name, list)
    }
  return Object.freeze({
    from: [...types.values()],
    matches: Object.values(groups).flat(),
    subjects(fact) {
      const touches = byType.get(fact.type) ?? nobody
      const [only] = touches
      // Nearly every type has one match.
      if (touches.length === 1) return keysOf(only!.match, fact)
      let keys: readonly Key[] = []
      for (const { match } of touches) keys = withKeys(keys, keysOf(match, fact))
      return keys
    },
    of(fact, key) {
      const touches = byType.get(fact.type) ?? nobody
      const isAll = touches.every(({ match }) => concerns(match, fact, key))
      return isAll ? touches : touches.filter(({ match }) => concerns(match, fact, key))
    },
  })
}

/** A sum over matches: 1 unless the match measures. The list holds integers only (V8). */
export const amountOf = (match: Match, fact: Fact): number =>
  match.amount ? Math.trunc(match.amount(fact)) : 1

/** Has every source that must be alive delivered everything up to `deadline` (V6)? */
export const isDelivered = (subject: Subject, deadline: Instant): boolean =>
  subject.watermark === undefined || (subject.watermark !== null && subject.watermark >= deadline)

export const earlier = <T extends Instant | null>(a: T, b: T): T =>
  a === null ? b : b === null ? a : a < b ? a : b

export { later }

/** Which decision the terms of an open period were made under; a change is V34's business. */
export const termsPos = (ctx: Context): string => `${ctx.adopted?.pos ?? ''}/${ctx.paramsPos}`

/** Is it a week or longer? Below that a period has no lead (V15). */
export function isWeekOrLonger(duration: Duration): boolean {
  const span = parseDuration(duration)
  return span.kind === 'local' && (span.months > 0 || span.days >= 7)
}
