import type { Matcher } from '../rule/ast.ts'
import { patternText } from '../rule/pattern.ts'

/**
 * What the kernel finds by itself in the folded text of a field. `number` equals numbers by value,
 * written as `canonicalNumber` writes them: those of the event, and unless `isNumberOnly` texts too.
 * `network` is one of IPv4, its address as a number before the slash, and holds of what is written with dots.
 */
export type LiteralPredicate = Readonly<{
  kind: 'literal'
  key: string
  field: FieldKey
  how: 'exact' | 'prefix' | 'suffix' | 'contains' | 'any' | 'number' | 'length' | 'network'
  text: string
  isNumberOnly: boolean
}>

/**
 * A few bytes that the kernel finds in the line as it stands, whatever the case; '' is any byte that
 * is not ASCII. Where it cannot be sure it says that they are there.
 */
export type FingerprintPredicate = Readonly<{ kind: 'fingerprint'; key: string; text: string }>

/** Something searched for in all values of the event, once its rule may match. */
export type KeywordPredicate = Readonly<{
  kind: 'keyword'
  key: string
  matcher: Extract<Matcher, { kind: 'text' | 'regex' }>
}>

/** What is asked of a field only once its rule may match, and then here. */
export type LazyPredicate = Readonly<{
  kind: 'lazy'
  key: string
  field: FieldKey
  matcher: Extract<Matcher, { kind: 'text' | 'compare' | 'time' | 'cidr' | 'regex' | 'field' }>
  /** Other names of the field that a reference names. */
  otherField: FieldKey | null
}>

export type PresencePredicate = Readonly<{
  kind: 'null' | 'exists'
  key: string
  field: FieldKey
}>

/** Two fields may have a value in common; only a reason to look closely. */
export type SamePredicate = Readonly<{
  kind: 'same'
  key: string
  field: FieldKey
  otherField: FieldKey
}>

export type Predicate =
  | SamePredicate
  | LiteralPredicate
  | FingerprintPredicate
  | KeywordPredicate
  | LazyPredicate
  | PresencePredicate

/** A field as a rule means it: its name, and the names that count where it is missing. */
export type FieldKey = Readonly<{ key: string; name: string; others: readonly string[] }>

/** One object for each field and each predicate, however many rules ask it. */
export class Predicates {
  readonly #known = new Map<string, Predicate>()
  /** By name: a field has other names in other log sources. */
  readonly #fields = new Map<string, readonly FieldKey[]>()
  #fieldCount = 0

  field(name: string, others: readonly string[]): FieldKey {
    const known = this.#fields.get(name) ?? []
    const same = known.find(field => isSame(field.others, others))
    if (same) return same
    const field = { key: String(this.#fieldCount++), name, others }
    this.#fields.set(name, [...known, field])
    return field
  }

  fields(): Iterable<FieldKey> {
    return [...this.#fields.values()].flat()
  }

  literal(
    field: FieldKey,
    how: LiteralPredicate['how'],
    text: string,
    isNumberOnly = false,
  ): LiteralPredicate {
    const key = `${isNumberOnly ? 'only-' : ''}${how} ${field.key} ${text}`
    return this.#one(key, () => ({ kind: 'literal', key, field, how, text, isNumberOnly }))
  }

  fingerprint(text: string): FingerprintPredicate {
    const key = `fingerprint ${text}`
    return this.#one(key, () => ({ kind: 'fingerprint', key, text }))
  }

  keyword(matcher: KeywordPredicate['matcher']): KeywordPredicate {
    const key = `keyword ${textOf(matcher)}`
    return this.#one(key, () => ({ kind: 'keyword', key, matcher }))
  }

  lazy(
    field: FieldKey,
    matcher: LazyPredicate['matcher'],
    otherField: FieldKey | null,
  ): LazyPredicate {
    const key = `lazy ${field.key} ${otherField?.key ?? ''} ${textOf(matcher)}`
    return this.#one(key, () => ({ kind: 'lazy', key, field, matcher, otherField }))
  }

  presence(kind: PresencePredicate['kind'], field: FieldKey): PresencePredicate {
    const key = `${kind} ${field.key}`
    return this.#one(key, () => ({ kind, key, field }))
  }

  same(field: FieldKey, otherField: FieldKey): SamePredicate {
    const key = `same ${field.key} ${otherField.key}`
    return this.#one(key, () => ({ kind: 'same', key, field, otherField }))
  }

  #one<P extends Predicate>(key: string, make: () => P): P {
    const known = this.#known.get(key) as P | undefined
    if (known !== undefined) return known
    const made = make()
    this.#known.set(key, made)
    return made
  }
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((name, index) => name === b[index]))

/** One text for each matcher of those that are alike. */
function textOf(matcher: LazyPredicate['matcher']): string {
  switch (matcher.kind) {
    case 'text':
      return `text ${matcher.cased} ${patternText(matcher.pattern)}`
    case 'compare':
      return `compare ${matcher.comparison} ${matcher.text}`
    case 'time':
      return `time ${matcher.part} ${matcher.comparison} ${matcher.text}`
    case 'cidr':
      return `cidr ${matcher.text}`
    case 'field':
      return `field ${matcher.cased} ${matcher.pre} ${matcher.post} ${matcher.name}`
    case 'regex':
      // Its flags are nowhere but in its nodes.
      return `regex ${JSON.stringify(matcher.regex)}`
  }
}
