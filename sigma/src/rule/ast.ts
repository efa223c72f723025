import type { Decimal } from '../decimal.ts'
import type { Remark } from '../refusal.ts'
import type { Regex } from '../regex/ast.ts'
import type { Network } from './cidr.ts'
import type { Logsource } from './logsource.ts'
import type { Metadata } from './metadata.ts'
import type { Pattern } from './pattern.ts'

/** A detection rule as it was written, its filters not yet applied. */
export type Rule = Readonly<{
  kind: 'detection'
  /** Line of the document in its source. */
  at: number
  metadata: Metadata
  logsource: Logsource
  detection: DetectionSection
  remarks: readonly Remark[]
}>

/** Named detections and the condition over them: a namespace of its own in rules and in filters. */
export type DetectionSection = Readonly<{
  detections: ReadonlyMap<string, Detection>
  condition: Condition
}>

/** `all` is a map, `any` a list. */
export type Detection =
  | Readonly<{ kind: 'all' | 'any'; of: readonly Detection[]; at: number }>
  | DetectionItem
  | MembersDetection

/**
 * What the members of a list must be, each taken for an event of its own (Sigma 3). In `body` a field
 * is one of the member, and `.` the member itself.
 */
export type MembersDetection = Readonly<{
  kind: 'members'
  field: string
  which: MemberQuantifier | MemberIndex
  body: DetectionSection
  /** The key as written. */
  key: string
  at: number
}>

/** `all` needs a member; `all_or_empty` and `none` hold where there is none. */
export type MemberQuantifier = 'any' | 'all' | 'all_or_empty' | 'none'
/** The one at this place, from 0; from the end, -1 first, if it is negative. */
export type MemberIndex = Readonly<{ index: number }>

/**
 * A field, or null for keywords, and the values asked of it. Each written value stands for one or
 * more matchers, any of which is enough; `quantifier` says whether one or every written value must
 * hold; `negated` turns the whole item round.
 */
export type DetectionItem = Readonly<{
  kind: 'item'
  field: string | null
  quantifier: 'any' | 'all'
  negated: boolean
  values: readonly (readonly Matcher[])[]
  /** The key as written, modifiers and all; '' for plain keywords. */
  key: string
  at: number
}>

export type Comparison = 'eq' | 'lt' | 'lte' | 'gt' | 'gte'
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

export type Matcher =
  | Readonly<{ kind: 'text'; pattern: Pattern; cased: boolean }>
  | Readonly<{ kind: 'number'; value: Decimal; text: string }>
  | Readonly<{ kind: 'boolean'; value: boolean }>
  | Readonly<{ kind: 'null' }>
  | Readonly<{ kind: 'exists'; value: boolean }>
  | Readonly<{ kind: 'compare'; comparison: Comparison; value: Decimal; text: string }>
  | Readonly<{ kind: 'time'; part: TimePart; comparison: Comparison; value: Decimal; text: string }>
  | Readonly<{ kind: 'cidr'; network: Network; text: string }>
  | Readonly<{ kind: 'regex'; regex: Regex; text: string }>
  | FieldReference

/** Compares with another field; `pre` and `post` say that anything may stand before and behind. */
export type FieldReference = Readonly<{
  kind: 'field'
  name: string
  pre: boolean
  post: boolean
  cased: boolean
}>

/** `names` of a quantified condition are the detections its pattern selects, in written order. */
export type Condition =
  | Readonly<{ kind: 'and' | 'or'; of: readonly Condition[] }>
  | Readonly<{ kind: 'not'; of: Condition }>
  | Readonly<{ kind: 'name'; name: string }>
  | Readonly<{ kind: 'quantified'; quantifier: 'any' | 'all'; names: readonly string[] }>
