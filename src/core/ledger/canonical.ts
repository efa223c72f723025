import { OkiteError } from '../error.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/**
 * RFC 8785 (JSON Canonicalization Scheme), all of it: keys sorted by UTF-16 code units, numbers and
 * strings spelled as ECMAScript does. L1 and L2 are separate checks, below.
 *
 * @throws OkiteError `LEDGER_NOT_JSON` for what JSON cannot hold: undefined, NaN, lone surrogates,
 * class instances, more than 256 levels.
 */
export function canonicalize(value: unknown, depth = 0): string {
  if (depth > depthMaxAny) throw notJson('depth')
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw notJson('surrogate')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw notJson('number')
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return Array.isArray(value) ? canonicalArray(value, depth) : canonicalObject(value, depth)
    default:
      throw notJson(typeof value)
  }
}

/**
 * L1 and L2: the narrow JSON of a leaf. Integers within ±(2^53−1), keys of letters and digits,
 * at most eight levels, well-formed strings.
 *
 * @throws OkiteError `LEDGER_VALUE` with the rule that is broken
 */
export function checkLeafValue(value: unknown, depth = 1): asserts value is Json {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refused('L2', 'surrogate')
      return
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused('L1', 'number')
      return
    case 'boolean':
      return
    case 'object':
      if (value === null) return
      if (depth > leafDepthMax) throw refused('L1', 'depth')
      if (Array.isArray(value)) {
        for (const item of value) checkLeafValue(item, depth + 1)
        return
      }
      if (!isPlain(value)) throw refused('L1', 'object')
      for (const key of Object.keys(value)) {
        if (!leafKey.test(key)) throw refused('L1', 'key')
        checkLeafValue((value as Record<string, unknown>)[key], depth + 1)
      }
      return
    default:
      throw refused('L1', typeof value)
  }
}

/** L1. Enough for every body that exists, and shallow enough for any reader's stack. */
export const leafDepthMax = 8

/** L1. Names that need no escape and sort alike by byte, by code unit and by code point. */
export const leafKey = /^[a-z][A-Za-z0-9]*$/

/** Far below what overflows the stack; the ledger itself never goes beyond `leafDepthMax`. */
const depthMaxAny = 256

function canonicalArray(items: readonly unknown[], depth: number): string {
  let text = '['
  for (let i = 0; i < items.length; i++) {
    text += (i === 0 ? '' : ',') + canonicalize(items[i], depth + 1)
  }
  return `${text}]`
}

function canonicalObject(value: object, depth: number): string {
  if (!isPlain(value)) throw notJson('object')
  let text = '{'
  // The default order of sort() is that of UTF-16 code units, as RFC 8785 section 3.2.3 asks.
  for (const key of Object.keys(value).sort()) {
    if (!key.isWellFormed()) throw notJson('surrogate')
    const member = canonicalize((value as Record<string, unknown>)[key], depth + 1)
    text += `${text.length === 1 ? '' : ','}${JSON.stringify(key)}:${member}`
  }
  return `${text}}`
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const notJson = (why: string) => new OkiteError('LEDGER_NOT_JSON', { why })
const refused = (rule: string, why: string) => new OkiteError('LEDGER_VALUE', { rule, why })
