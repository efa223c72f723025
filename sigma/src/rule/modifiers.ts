import { limits } from '../limits.ts'
import { SigmaError } from '../refusal.ts'
import type { YamlScalar } from '../yaml.ts'
import type { Comparison, Matcher } from './ast.ts'
import { type Chain, comparisons, positions, timeParts, wrongType } from './chain.ts'
import { base64, base64Offsets, utf16, windashWays } from './encoding.ts'
import {
  cidrMatcher,
  existsMatcher,
  fieldMatcher,
  numberOf,
  plainMatcher,
  regexMatcher,
  timeMatcher,
} from './matchers.ts'
import {
  literalOf,
  literalPattern,
  type Pattern,
  parsePattern,
  patternText,
  unanchored,
} from './pattern.ts'
import { expandPlaceholders, type Placeholders } from './placeholders.ts'

/** What a value is between two modifiers. A pattern or a text may already be one of many. */
type Operand =
  | { kind: 'pattern'; patterns: readonly Pattern[] }
  | { kind: 'bytes'; bytes: readonly Uint8Array[] }
  | { kind: 'scalar'; scalar: YamlScalar }
  | { kind: 'done'; matchers: readonly Matcher[] }

const toContains = (pattern: Pattern): Pattern => unanchored(pattern, true, true)
const toStart = (pattern: Pattern): Pattern => unanchored(pattern, false, true)
const toEnd = (pattern: Pattern): Pattern => unanchored(pattern, true, false)
const places: ReadonlyMap<string, (pattern: Pattern) => Pattern> = new Map([
  ['contains', toContains],
  ['startswith', toStart],
  ['endswith', toEnd],
])
/** Far below what all expansions of a value may have. */
const shortMax = 65_536

/**
 * What one written value asks of a field: any of the matchers.
 *
 * @throws SigmaError VALUE_…, MODIFIER_ORDER, PLACEHOLDER_UNKNOWN, CIDR_SYNTAX, REGEX_…
 */
export function applyChain(
  chain: Chain,
  scalar: YamlScalar,
  isKeyword: boolean,
  placeholders: Placeholders,
): Matcher[] {
  const [first] = chain.modifiers
  if (first === undefined && !isKeyword && !chain.cased) return [plainMatcher(scalar)]
  if (first === 're') return [regexMatcher(chain, scalar)]
  if (first === 'fieldref') return [fieldMatcher(chain, scalar)]
  if (first === 'cidr') return [cidrMatcher(chain, scalar)]
  if (first === 'exists') return [existsMatcher(scalar)]
  if (first !== undefined && timeParts.includes(first)) return [timeMatcher(chain, scalar)]
  const place = first !== undefined && chain.modifiers.length === 1 ? places.get(first) : undefined
  // Nearly all values: one text, whose length cannot be too much.
  if (place && scalar.type !== 'null' && scalar.text.length < shortMax)
    return [{ kind: 'text', pattern: place(patternOf(scalar)), cased: chain.cased }]
  let operand: Operand = { kind: 'scalar', scalar }
  for (const modifier of chain.modifiers) {
    operand = step(operand, modifier, chain, placeholders)
  }
  if (operand.kind === 'done') return [...operand.matchers]
  if (operand.kind === 'bytes') {
    throw new SigmaError('MODIFIER_ORDER', 'UTF-16 without base64 behind it', chain.at)
  }
  if (operand.kind === 'scalar' && !isKeyword && !chain.cased) return [plainMatcher(operand.scalar)]
  const patterns = patternsOf(operand, chain)
  const around = isKeyword && !chain.modifiers.some(modifier => positions.includes(modifier))
  return patterns.map(pattern => ({
    kind: 'text',
    pattern: around ? toContains(pattern) : pattern,
    cased: chain.cased,
  }))
}

function step(
  operand: Operand,
  modifier: string,
  chain: Chain,
  placeholders: Placeholders,
): Operand {
  if (comparisons.includes(modifier)) return compareStep(operand, modifier as Comparison, chain)
  if (operand.kind === 'done') throw wrongType(modifier, chain)
  if (modifier === 'base64' || modifier === 'base64offset') {
    const texts = bytesOf(operand, chain).flatMap(bytes =>
      modifier === 'base64' ? [base64(bytes)] : base64Offsets(bytes),
    )
    return { kind: 'pattern', patterns: texts.map(literalPattern) }
  }
  const patterns = patternsOf(operand, chain)
  switch (modifier) {
    case 'contains':
      return patternStep(patterns.map(toContains), chain)
    case 'startswith':
      return patternStep(patterns.map(toStart), chain)
    case 'endswith':
      return patternStep(patterns.map(toEnd), chain)
    case 'windash':
      return patternStep(windash(patterns, chain), chain)
    case 'expand':
      return patternStep(expand(operand, patterns, chain, placeholders), chain)
    case 'wide':
    case 'utf16le':
      return { kind: 'bytes', bytes: literals(patterns, chain).map(text => utf16(text, 'little')) }
    case 'utf16be':
      return { kind: 'bytes', bytes: literals(patterns, chain).map(text => utf16(text, 'big')) }
    case 'utf16':
      return { kind: 'bytes', bytes: literals(patterns, chain).map(text => utf16(text, 'marked')) }
    default:
      // A flag of regular expressions without one before it.
      throw new SigmaError('MODIFIER_ORDER', modifier, chain.at)
  }
}

function patternStep(patterns: readonly Pattern[], chain: Chain): Operand {
  const isTooMuch =
    patterns.length > limits.expansionsMax || areLonger(patterns, limits.expansionCharactersMax)
  if (isTooMuch) throw new SigmaError('VALUE_TOO_MANY', `${patterns.length} expansions`, chain.at)
  return { kind: 'pattern', patterns }
}

/** Whether patterns have more characters than that as rules would write them. */
function areLonger(patterns: readonly Pattern[], charactersMax: number): boolean {
  let atMost = 0
  for (const pattern of patterns)
    for (const part of pattern) atMost += typeof part === 'string' ? part.length * 2 : 1
  if (atMost <= charactersMax) return false
  const characters = patterns.reduce((sum, pattern) => sum + patternText(pattern).length, 0)
  return characters > charactersMax
}

function patternsOf(operand: Operand, chain: Chain): readonly Pattern[] {
  if (operand.kind === 'pattern') return operand.patterns
  if (operand.kind !== 'scalar') throw wrongType(chain.modifiers.join('|'), chain)
  const { scalar } = operand
  if (scalar.type === 'null') throw wrongType('null', chain)
  return [patternOf(scalar)]
}

const patternOf = ({ type, text }: YamlScalar): Pattern =>
  type === 'string' ? parsePattern(text) : literalPattern(text)

/** The texts of patterns; a wildcard has no bytes. */
function literals(patterns: readonly Pattern[], chain: Chain): string[] {
  return patterns.map(pattern => {
    const text = literalOf(pattern)
    if (text !== null) return text
    throw new SigmaError('VALUE_WILDCARD', patternText(pattern), chain.at)
  })
}

function bytesOf(operand: Operand, chain: Chain): readonly Uint8Array[] {
  if (operand.kind === 'bytes') return operand.bytes
  const encoder = new TextEncoder()
  return literals(patternsOf(operand, chain), chain).map(text => encoder.encode(text))
}

function windash(patterns: readonly Pattern[], chain: Chain): Pattern[] {
  return patterns.flatMap(pattern => {
    const ways = windashWays(pattern, limits.expansionsMax)
    if (ways === null) throw new SigmaError('VALUE_TOO_MANY', 'windash', chain.at)
    return ways
  })
}

function expand(
  operand: Operand,
  patterns: readonly Pattern[],
  chain: Chain,
  placeholders: Placeholders,
): Pattern[] {
  if (operand.kind === 'scalar' && operand.scalar.type !== 'string') return [...patterns]
  return patterns.flatMap(pattern => expandPlaceholders(pattern, placeholders, chain.at))
}

function compareStep(operand: Operand, comparison: Comparison, chain: Chain): Operand {
  if (operand.kind !== 'scalar' || chain.cased) throw wrongType(comparison, chain)
  const { value, text } = numberOf(operand.scalar, comparison)
  return { kind: 'done', matchers: [{ kind: 'compare', comparison, value, text }] }
}
