import { SigmaError } from '../refusal.ts'

/** What the whole chain of one item says, whichever the value. */
export type Chain = Readonly<{
  modifiers: readonly string[]
  quantifier: 'any' | 'all'
  negated: boolean
  cased: boolean
  at: number
}>

export const regexFlags: Readonly<Record<string, 'i' | 'm' | 's'>> = {
  i: 'i',
  ignorecase: 'i',
  m: 'm',
  multiline: 'm',
  s: 's',
  dotall: 's',
}
export const comparisons = ['lt', 'lte', 'gt', 'gte']
export const timeParts = ['minute', 'hour', 'day', 'week', 'month', 'year']
export const positions = ['contains', 'startswith', 'endswith']
const encodings = ['wide', 'utf16le', 'utf16be', 'utf16', 'base64', 'base64offset']
/** They must come first: they read the value as it is written. */
const readers = ['re', 'cidr', 'exists', 'fieldref', ...timeParts]
const forItem = ['all', 'neq', 'cased']
const known = new Set([
  ...readers,
  ...forItem,
  ...positions,
  ...encodings,
  ...comparisons,
  ...Object.keys(regexFlags),
  'windash',
  'expand',
])
const forKeywords = new Set([
  ...positions,
  ...encodings,
  ...forItem,
  ...Object.keys(regexFlags),
  're',
  'windash',
  'expand',
])

/** Chains that were good once: rules use few of them very often. */
const parsed = {
  fields: new Map<string | null, Chain>(),
  keywords: new Map<string | null, Chain>(),
}
const parsedMax = 1_000

/**
 * Reads the modifiers of an item, which `|` separates, and checks them against each other; null is
 * none at all.
 *
 * @throws SigmaError MODIFIER_UNKNOWN, MODIFIER_ORDER, MODIFIER_KEYWORD
 */
export function parseChain(written: string | null, isKeyword: boolean, at: number): Chain {
  const known = isKeyword ? parsed.keywords : parsed.fields
  const same = known.get(written)
  if (same) return { ...same, at }
  const chain = checkChain(written === null ? [] : written.split('|'), isKeyword, at)
  if (known.size < parsedMax) known.set(written, chain)
  return chain
}

function checkChain(modifiers: readonly string[], isKeyword: boolean, at: number): Chain {
  const forValue = modifiers.filter(modifier => !forItem.includes(modifier))
  for (const [index, modifier] of modifiers.entries()) {
    if (!known.has(modifier)) throw new SigmaError('MODIFIER_UNKNOWN', modifier, at)
    if (isKeyword && !forKeywords.has(modifier))
      throw new SigmaError('MODIFIER_KEYWORD', modifier, at)
    if (modifiers.indexOf(modifier) !== index) throw new SigmaError('MODIFIER_ORDER', modifier, at)
    if (readers.includes(modifier) && forValue[0] !== modifier) {
      throw new SigmaError('MODIFIER_ORDER', `${modifier} is not the first`, at)
    }
  }
  if (modifiers.includes('exists') && modifiers.length > 1) {
    throw new SigmaError('MODIFIER_ORDER', 'exists is not alone', at)
  }
  return {
    modifiers: forValue,
    quantifier: modifiers.includes('all') ? 'all' : 'any',
    negated: modifiers.includes('neq'),
    cased: modifiers.includes('cased'),
    at,
  }
}

/** A modifier was given what it cannot work on. */
export function wrongType(what: string, chain: Chain): SigmaError {
  return new SigmaError('VALUE_TYPE', `${what} in ${chain.modifiers.join('|')}`, chain.at)
}
