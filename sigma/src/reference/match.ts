import { compareDecimals, type Decimal, parseDecimal } from '../decimal.ts'
import { isNumber } from '../event/value.ts'
import type { Regex } from '../regex/ast.ts'
import type { Comparison, FieldReference, Matcher } from '../rule/ast.ts'
import { isInside, parseAddress } from '../rule/cidr.ts'
import { any, joinPatterns, literalOf, literalPattern, type Pattern } from '../rule/pattern.ts'
import type { EventView, Field, FieldValue } from './fields.ts'
import { type Automaton, automatonOf, search } from './regex.ts'
import { foldPattern, matchesPattern } from './text.ts'
import { timePartOf } from './time.ts'

/** Whether a field as a whole is what the matcher asks for. */
export function matchesField(matcher: Matcher, field: Field, event: EventView): boolean {
  switch (matcher.kind) {
    case 'exists':
      return field.isPresent === matcher.value
    case 'null':
      return !field.isPresent || field.values.some(({ value }) => value === null)
    case 'field':
      return matchesReference(matcher, field, event)
    default:
      return field.values.some(value => matchesValue(matcher, value))
  }
}

type ValueMatcher = Exclude<Matcher, { kind: 'exists' | 'null' | 'field' }>

/** Whether one value, null or not, is what the matcher asks for. */
export function matchesValue(matcher: ValueMatcher, { value, text, folded }: FieldValue): boolean {
  if (text === null || folded === null) return false
  switch (matcher.kind) {
    case 'text': {
      const isMatch = matcher.cased
        ? matchesPattern(matcher.pattern, text)
        : matchesPattern(foldedPattern(matcher.pattern), folded)
      return isMatch || (isNumber(value) && isSameNumber(matcher.pattern, text))
    }
    case 'number':
      return isNumberOrText(value) && isTrue('eq', parseDecimal(text), matcher.value)
    case 'compare':
      return isNumberOrText(value) && isTrue(matcher.comparison, parseDecimal(text), matcher.value)
    case 'boolean':
      return (
        folded === String(matcher.value) &&
        (typeof value === 'boolean' || typeof value === 'string')
      )
    case 'time': {
      const part = typeof value === 'string' ? timePartOf(text, matcher.part) : null
      return part !== null && isTrue(matcher.comparison, parseDecimal(String(part)), matcher.value)
    }
    case 'cidr': {
      const address = typeof value === 'string' ? parseAddress(text) : null
      return address !== null && isInside(address, matcher.network)
    }
    case 'regex':
      return search(automaton(matcher.regex), text)
  }
}

const isNumberOrText = (value: FieldValue['value']): boolean =>
  isNumber(value) || typeof value === 'string'

/** A number in quotes equals a number of the event by value: '5' is 5.0. */
function isSameNumber(pattern: Pattern, text: string): boolean {
  const literal = literalOf(pattern)
  return literal !== null && isTrue('eq', parseDecimal(text), parseDecimal(literal))
}

function isTrue(comparison: Comparison, a: Decimal | null, b: Decimal | null): boolean {
  if (a === null || b === null) return false
  const order = compareDecimals(a, b)
  switch (comparison) {
    case 'eq':
      return order === 0
    case 'lt':
      return order < 0
    case 'lte':
      return order <= 0
    case 'gt':
      return order > 0
    case 'gte':
      return order >= 0
  }
}

function matchesReference(matcher: FieldReference, field: Field, event: EventView): boolean {
  const others = event.field(matcher.name).values
  return others.some(other => {
    const wanted = matcher.cased ? other.text : other.folded
    if (wanted === null) return false
    const pattern = joinPatterns([
      matcher.pre ? [any] : [],
      literalPattern(wanted),
      matcher.post ? [any] : [],
    ])
    return field.values.some(({ text, folded }) => {
      const own = matcher.cased ? text : folded
      return own !== null && matchesPattern(pattern, own)
    })
  })
}

// What is made of a rule once and asked of every event.
const foldedPatterns = new WeakMap<Pattern, Pattern>()
const automata = new WeakMap<Regex, Automaton>()

function foldedPattern(pattern: Pattern): Pattern {
  const folded = foldedPatterns.get(pattern) ?? foldPattern(pattern)
  foldedPatterns.set(pattern, folded)
  return folded
}

function automaton(regex: Regex): Automaton {
  const made = automata.get(regex) ?? automatonOf(regex)
  automata.set(regex, made)
  return made
}
