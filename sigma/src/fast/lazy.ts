import { compareDecimals, type Decimal, parseDecimal } from '../decimal.ts'
import { fold } from '../fold.ts'
import { timePartOf } from '../reference/time.ts'
import type { Regex } from '../regex/ast.ts'
import type { Comparison, FieldReference } from '../rule/ast.ts'
import { isInside, parseAddress } from '../rule/cidr.ts'
import type { Pattern } from '../rule/pattern.ts'
import type { LazyPredicate } from './predicate.ts'
import { type Budget, Searcher, searcherOf } from './regex/search.ts'
import { foldedOf, type Value } from './values.ts'

/** Answers one predicate for the values of its field; null if the budget did not last. */
type Holds = (values: readonly Value[], others: readonly Value[], budget: Budget) => boolean | null

/** What a predicate asks, made ready; `search` is what it searches its field by, if that goes by states. */
export type LazyTest = Readonly<{
  holds: Holds
  search: Readonly<{ searcher: Searcher; isFolded: boolean }> | null
}>

/** What a predicate asks, made ready. */
export function lazyTest({ matcher }: LazyPredicate): LazyTest {
  if (matcher.kind === 'regex') return search(matcher.regex, false)
  if (matcher.kind !== 'text') return { holds: comparison(matcher), search: null }
  const { pattern, cased } = matcher
  return search(patternRegex(cased ? pattern : foldedPattern(pattern)), !cased)
}

function comparison(matcher: Exclude<LazyPredicate['matcher'], { kind: 'text' | 'regex' }>): Holds {
  switch (matcher.kind) {
    case 'compare':
      return values =>
        values.some(
          value => value.kind !== 'other' && isTrue(matcher.comparison, value.text, matcher.value),
        )
    case 'time':
      return values =>
        values.some(value => {
          const part = value.kind === 'string' ? timePartOf(value.text, matcher.part) : null
          return part !== null && isTrue(matcher.comparison, String(part), matcher.value)
        })
    case 'cidr':
      return values =>
        values.some(value => {
          const address = value.kind === 'string' ? parseAddress(value.text) : null
          return address !== null && isInside(address, matcher.network)
        })
    case 'field':
      return (values, others) =>
        others.some(other => values.some(own => refers(matcher, own, other)))
  }
}

function search(regex: Regex, isFolded: boolean): LazyTest {
  const textOf = isFolded ? foldedOf : (value: Value): string => value.text
  const searcher = searcherOf(regex)
  const holds: Holds = (values, _, budget) => {
    for (const value of values) {
      const found = searcher.finds(textOf(value), budget)
      if (found !== false) return found
    }
    return false
  }
  return { holds, search: searcher instanceof Searcher ? { searcher, isFolded } : null }
}

const foldedPattern = (pattern: Pattern): Pattern =>
  pattern.map(part => (typeof part === 'string' ? fold(part) : part))

/** The whole text as a pattern describes it. */
export function patternRegex(pattern: Pattern): Regex {
  const anyOne: Regex = { kind: 'set', ranges: [], negated: true, ignoreCase: false }
  const parts = pattern.flatMap((part): Regex[] => {
    if (typeof part !== 'string') {
      return part.wildcard === 'one'
        ? [anyOne]
        : [{ kind: 'repeat', of: anyOne, min: 0, max: null }]
    }
    return Array.from(part, (character): Regex => {
      const codePoint = character.codePointAt(0) as number
      return { kind: 'set', ranges: [[codePoint, codePoint]], negated: false, ignoreCase: false }
    })
  })
  return {
    kind: 'sequence',
    of: [{ kind: 'assert', what: 'text-start' }, ...parts, { kind: 'assert', what: 'text-end' }],
  }
}

function isTrue(comparison: Comparison, text: string, than: Decimal): boolean {
  const number = parseDecimal(text)
  if (number === null) return false
  const order = compareDecimals(number, than)
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

function refers({ pre, post, cased }: FieldReference, own: Value, other: Value): boolean {
  const text = cased ? own.text : foldedOf(own)
  const wanted = cased ? other.text : foldedOf(other)
  if (pre && post) return text.includes(wanted)
  if (pre) return text.endsWith(wanted)
  return post ? text.startsWith(wanted) : text === wanted
}
