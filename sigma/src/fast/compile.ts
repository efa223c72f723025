import { parseDecimal } from '../decimal.ts'
import { fold } from '../fold.ts'
import type { Condition, Detection, DetectionItem, DetectionSection, Matcher } from '../rule/ast.ts'
import { isInside, v4Mapped } from '../rule/cidr.ts'
import { hasMembers } from '../rule/members.ts'
import type { Pattern } from '../rule/pattern.ts'
import { always, and, ask, type Expression, never, not, or } from './expression.ts'
import { fingerprintsOf } from './fingerprint.ts'
import { canonicalNumber } from './number.ts'
import type { FieldKey, Predicates } from './predicate.ts'
import { leastLength, requiredTexts } from './regex/required.ts'

/** What the compiler has to know of fields: their other names, and which say where events come from. */
export type FieldKnowledge = Readonly<{
  predicates: Predicates
  othersOf(name: string): readonly string[]
  isRoute(name: string): boolean
}>

/** Sections of a rule and of its filters as one tree: all of them must hold. */
export function compileSections(
  sections: readonly DetectionSection[],
  fields: FieldKnowledge,
): Expression {
  if (sections.some(hasMembers)) return never
  return and(sections.map(section => new Compiler(section, fields).condition(section.condition)))
}

/** Tells the names of all fields that sections may ask, some of them more than once. */
export function tellFields(
  sections: readonly DetectionSection[],
  tell: (name: string) => void,
): void {
  const look = (detection: Detection): void => {
    // Members of lists are the plain evaluator's.
    if (detection.kind === 'members') return
    if (detection.kind !== 'item') {
      detection.of.forEach(look)
      return
    }
    if (detection.field !== null) tell(detection.field)
    // If one value of an item names a field, all do.
    if (detection.values[0]?.[0]?.kind !== 'field') return
    for (const [matcher] of detection.values) if (matcher?.kind === 'field') tell(matcher.name)
  }
  for (const { detections } of sections) detections.forEach(look)
}

/** The part of a network that IPv4 has, as `network` of a literal writes it; null if there is none. */
function v4Network(address: bigint, prefixBits: number): string | null {
  if (prefixBits >= 96) {
    const isInV4 = address >> 32n === v4Mapped >> 32n
    return isInV4 ? `${address & 0xffff_ffffn}/${prefixBits - 96}` : null
  }
  return isInside(v4Mapped, { address, prefixBits }) ? '0/0' : null
}

/** Most values are at least as long as less than this. */
const lengthGuardMin = 16

class Compiler {
  readonly #section: DetectionSection
  readonly #fields: FieldKnowledge
  /** Detections that several names of the condition ask for are compiled once. */
  readonly #detections = new Map<string, Expression>()

  constructor(section: DetectionSection, fields: FieldKnowledge) {
    this.#section = section
    this.#fields = fields
  }

  condition(condition: Condition): Expression {
    switch (condition.kind) {
      case 'and':
        return and(condition.of.map(part => this.condition(part)))
      case 'or':
        return or(condition.of.map(part => this.condition(part)))
      case 'not':
        return not(this.condition(condition.of))
      case 'name':
        return this.#named(condition.name)
      case 'quantified': {
        const parts = condition.names.map(name => this.#named(name))
        return condition.quantifier === 'all' ? and(parts) : or(parts)
      }
    }
  }

  #named(name: string): Expression {
    const known = this.#detections.get(name)
    if (known) return known
    const detection = this.#section.detections.get(name)
    const made = detection ? this.#detection(detection) : never
    this.#detections.set(name, made)
    return made
  }

  #detection(detection: Detection): Expression {
    if (detection.kind === 'item') return this.#item(detection)
    // Rules that ask for members of lists never get here: they are the plain evaluator's.
    if (detection.kind === 'members') return never
    const parts = detection.of.map(part => this.#detection(part))
    return detection.kind === 'all' ? and(parts) : or(parts)
  }

  #item(item: DetectionItem): Expression {
    const { field: name } = item
    const field =
      name === null ? null : this.#fields.predicates.field(name, this.#fields.othersOf(name))
    const values = item.values.map(matchers =>
      or(
        matchers.map(matcher =>
          field === null ? this.#keyword(matcher) : this.#matcher(matcher, field),
        ),
      ),
    )
    const found = item.quantifier === 'all' ? and(values) : or(values)
    const of = item.negated ? not(found) : found
    // Another field says nothing of where events come from.
    const namesAnother = item.values.some(matchers => matchers.some(({ kind }) => kind === 'field'))
    const mayBeKnown =
      !namesAnother &&
      field !== null &&
      field.others.length === 0 &&
      this.#fields.isRoute(field.name)
    return mayBeKnown ? { op: 'part', item, of } : of
  }

  #keyword(matcher: Matcher): Expression {
    // Values of keywords are read as texts; nothing else can be asked of the whole event.
    if (matcher.kind !== 'text' && matcher.kind !== 'regex') return never
    const { predicates } = this.#fields
    const texts = fingerprintsOf(matcher)
    const guard = texts ? or(texts.map(text => ask(predicates.fingerprint(text)))) : always
    return and([guard, ask(predicates.keyword(matcher))])
  }

  #matcher(matcher: Matcher, field: FieldKey): Expression {
    const { predicates } = this.#fields
    switch (matcher.kind) {
      case 'text':
        return this.#text(matcher, field)
      case 'number':
        return ask(predicates.literal(field, 'number', canonicalNumber(matcher.value)))
      case 'boolean':
        return ask(predicates.literal(field, 'exact', String(matcher.value)))
      case 'null':
        return ask(predicates.presence('null', field))
      case 'exists': {
        const exists = ask(predicates.presence('exists', field))
        return matcher.value ? exists : not(exists)
      }
      case 'field': {
        const other = predicates.field(matcher.name, this.#fields.othersOf(matcher.name))
        const exactly = ask(predicates.lazy(field, matcher, other))
        const isWhole = !matcher.pre && !matcher.post
        return isWhole ? and([ask(predicates.same(field, other)), exactly]) : exactly
      }
      case 'regex': {
        const guards = requiredTexts(matcher.regex).map(texts =>
          or(texts.map(text => ask(predicates.literal(field, 'contains', text)))),
        )
        const length = leastLength(matcher.regex)
        const isLong = length >= lengthGuardMin
        if (isLong) guards.push(ask(predicates.literal(field, 'length', String(length))))
        return and([...guards, ask(predicates.lazy(field, matcher, null))])
      }
      case 'cidr':
        return this.#network(matcher, field)
      case 'compare':
      case 'time':
        return ask(predicates.lazy(field, matcher, null))
    }
  }

  /** Literals are found by the kernel; what is more is asked where its longest literal is. */
  #text(matcher: Extract<Matcher, { kind: 'text' }>, field: FieldKey): Expression {
    const { predicates } = this.#fields
    const folded = matcher.pattern.map(part => (typeof part === 'string' ? fold(part) : part))
    const simple = this.#literal(folded, field)
    if (simple !== null && !matcher.cased)
      return or([simple, this.#sameNumber(matcher.pattern, field)])
    const longest = folded
      .filter(part => typeof part === 'string')
      .reduce((best, part) => (part.length > best.length ? part : best), '')
    const guard =
      simple ?? (longest === '' ? always : ask(predicates.literal(field, 'contains', longest)))
    const exactly = and([guard, ask(predicates.lazy(field, matcher, null))])
    return or([exactly, this.#sameNumber(matcher.pattern, field)])
  }

  #literal(pattern: Pattern, field: FieldKey): Expression | null {
    const { predicates } = this.#fields
    const isAny = (index: number): boolean => {
      const part = pattern[index]
      return typeof part === 'object' && part.wildcard === 'any'
    }
    const literals = pattern.filter(part => typeof part === 'string')
    const [text = ''] = literals
    const wildcards = pattern.length - literals.length
    if (pattern.length === 0) return ask(predicates.literal(field, 'exact', ''))
    if (pattern.length === 1 && isAny(0)) return ask(predicates.literal(field, 'any', ''))
    if (literals.length !== 1) return null
    if (wildcards === 0) return ask(predicates.literal(field, 'exact', text))
    if (wildcards === 1 && isAny(0)) return ask(predicates.literal(field, 'suffix', text))
    if (wildcards === 1 && isAny(1)) return ask(predicates.literal(field, 'prefix', text))
    if (wildcards === 2 && isAny(0) && isAny(2))
      return ask(predicates.literal(field, 'contains', text))
    return null
  }

  /** A text that is a number equals a number of the event by its value. */
  #sameNumber(pattern: Pattern, field: FieldKey): Expression {
    const [text] = pattern
    const value = pattern.length === 1 && typeof text === 'string' ? parseDecimal(text) : null
    if (value === null) return never
    return ask(this.#fields.predicates.literal(field, 'number', canonicalNumber(value), true))
  }

  /** What is written with dots the kernel decides; what is written with colons is read when it comes to it. */
  #network(matcher: Extract<Matcher, { kind: 'cidr' }>, field: FieldKey): Expression {
    const { predicates } = this.#fields
    const { address, prefixBits } = matcher.network
    const written = and([
      ask(predicates.literal(field, 'contains', ':')),
      ask(predicates.lazy(field, matcher, null)),
    ])
    const overlap = v4Network(address, prefixBits)
    return overlap === null
      ? written
      : or([ask(predicates.literal(field, 'network', overlap)), written])
  }
}
