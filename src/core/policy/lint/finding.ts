import type { Calendar } from '../calendars.ts'
import type { Law } from '../laws.ts'
import type { Source } from '../outside.ts'
import type { Pack, Statement, Text } from '../pack.ts'

/**
 * How much it weighs. A contradiction: not all of it can be kept. A gap: the policy does not say
 * what somebody must know to judge it. Advice: it can be kept, and deserves a thought.
 */
export const severities = ['contradiction', 'gap', 'advice'] as const

export type Severity = (typeof severities)[number]

export const ruleNames = [
  'outage-over-allowance',
  'backup-interval',
  'limits-differ',
  'law-shorter',
  'law-shorter-at-times',
  'stages-unordered',
  'business-days-of-nobody',
  'business-days-unknown',
  'several-periods',
  'several-scopes',
  'scale-reversed',
  'body-ended',
  'body-unknown',
  'term-undefined',
  'period-missing',
  'target-missing',
  'figure-assumed',
  'same-duty',
  'same-duty-differs',
  'starts-differ',
  'advised-otherwise',
  'less-often-than-advised',
] as const

/** How a doubt is read until the owner decides. */
export const readings = [
  'monthly-window',
  'both-judged',
  'newest-restorable-point',
  'different-ends',
  'stricter',
  'shortest-first',
  'all-from-the-start',
  'owner-chooses-calendar',
  'not-counted',
  'separate-controls',
  'both-scales',
  'directory-verified',
  'counted-in',
  'unknown-until-decided',
  'assumed-until-decided',
  'one-control',
  'policy-binds',
] as const

/** What a sentence about a finding names: durations are ISO 8601, other strings are words. */
export type Arg = number | string | Text | readonly Arg[] | Readonly<{ [name: string]: Arg }>

export type Finding = Readonly<{
  rule: (typeof ruleNames)[number]
  severity: Severity
  /** In the order of the document. */
  statements: readonly number[]
  args: Readonly<Record<string, Arg>>
  reading: (typeof readings)[number]
}>

/** What is outside the policy: laws, advice and facts with their sources, business days. */
export type Outside = Readonly<{
  laws: ReadonlyMap<string, Law>
  sources: ReadonlyMap<string, Source>
  calendars: ReadonlyMap<string, Calendar>
}>

export type Question = Readonly<{ pack: Pack; outside: Outside; day: string }>

/** Pure, and blind to numbers, ids and texts of statements: it sees what they say in fields. */
export type Rule = (question: Question) => readonly Finding[]

export const numbersOf = (statements: Iterable<Statement>): readonly number[] =>
  [...new Set([...statements].map(statement => statement.number))].sort((a, b) => a - b)

/** Whether the policy itself states this field or figure. */
export const isStated = (statement: Statement, field: string): boolean =>
  !statement.assumed.includes(field)
