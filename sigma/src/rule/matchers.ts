import { type Decimal, parseDecimal } from '../decimal.ts'
import { SigmaError } from '../refusal.ts'
import { parseRegex } from '../regex/parse.ts'
import type { YamlScalar } from '../yaml.ts'
import type { Comparison, Matcher, TimePart } from './ast.ts'
import { type Chain, comparisons, positions, regexFlags, wrongType } from './chain.ts'
import { parseNetwork } from './cidr.ts'
import { literalOf, parsePattern } from './pattern.ts'

export function timeMatcher(chain: Chain, scalar: YamlScalar): Matcher {
  const [part, comparison = 'eq', ...rest] = chain.modifiers as [string, ...string[]]
  const isComparison = comparison === 'eq' || comparisons.includes(comparison)
  if (!isComparison || rest.length > 0 || chain.cased) throw wrongType(part, chain)
  const number = numberOf(scalar, part)
  return { kind: 'time', part: part as TimePart, comparison: comparison as Comparison, ...number }
}

export function numberOf(scalar: YamlScalar, modifier: string): { value: Decimal; text: string } {
  const value = scalar.type === 'number' ? parseDecimal(scalar.text) : null
  if (value !== null) return { value, text: scalar.text }
  throw new SigmaError('VALUE_TYPE', `${modifier}: ${scalar.text} is no number`, scalar.at)
}

/** A search finds its text anywhere, so the modifiers of position change nothing. */
export function regexMatcher(chain: Chain, scalar: YamlScalar): Matcher {
  const flags = { i: false, m: false, s: false }
  for (const modifier of chain.modifiers.slice(1)) {
    const flag = Object.hasOwn(regexFlags, modifier) ? regexFlags[modifier] : undefined
    if (flag !== undefined) flags[flag] = true
    else if (!positions.includes(modifier)) throw wrongType(modifier, chain)
  }
  if (scalar.type === 'null' || scalar.type === 'boolean') throw wrongType('re', chain)
  if (chain.cased) throw wrongType('cased', chain)
  return { kind: 'regex', regex: parseRegex(scalar.text, flags, scalar.at), text: scalar.text }
}

export function fieldMatcher(chain: Chain, scalar: YamlScalar): Matcher {
  const rest = chain.modifiers.slice(1)
  if (rest.length > 1 || !rest.every(modifier => positions.includes(modifier))) {
    throw wrongType(rest.join('|'), chain)
  }
  const name = scalar.type === 'string' ? literalOf(parsePattern(scalar.text)) : null
  if (scalar.type === 'string' && name === null) {
    throw new SigmaError('VALUE_WILDCARD', scalar.text, scalar.at)
  }
  if (name === null || name === '') throw wrongType('fieldref', chain)
  const [position] = rest
  const pre = position === 'contains' || position === 'endswith'
  const post = position === 'contains' || position === 'startswith'
  return { kind: 'field', name, pre, post, cased: chain.cased }
}

export function cidrMatcher(chain: Chain, scalar: YamlScalar): Matcher {
  if (chain.modifiers.length > 1 || chain.cased) throw wrongType('cidr', chain)
  const network = scalar.type === 'string' ? parseNetwork(scalar.text) : null
  if (network === null) throw new SigmaError('CIDR_SYNTAX', scalar.text, scalar.at)
  return { kind: 'cidr', network, text: scalar.text }
}

export function existsMatcher(scalar: YamlScalar): Matcher {
  if (scalar.type !== 'boolean') throw new SigmaError('VALUE_TYPE', 'exists', scalar.at)
  return { kind: 'exists', value: scalar.text.toLowerCase() === 'true' }
}

export function plainMatcher(scalar: YamlScalar): Matcher {
  switch (scalar.type) {
    case 'null':
      return { kind: 'null' }
    case 'boolean':
      return { kind: 'boolean', value: scalar.text.toLowerCase() === 'true' }
    case 'number':
      return { kind: 'number', value: parseDecimal(scalar.text) as Decimal, text: scalar.text }
    case 'string':
      return { kind: 'text', pattern: parsePattern(scalar.text), cased: false }
  }
}
