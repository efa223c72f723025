import { createHash } from 'node:crypto'
import type { Plain } from '../judge.ts'

/**
 * Canonical JSON (RFC 8785) for values without fractions: keys sorted by UTF-16 code units, no
 * white space. Numbers must be safe integers, because only for those is `JSON.stringify` the form
 * that every other implementation writes too.
 */
export function canonicalJson(value: Plain): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new TypeError('canonical JSON holds integers only')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.keys(value)
    .sort()
    .flatMap(key => {
      const member = value[key]
      return member === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(member)}`]
    })
  return `{${members.join(',')}}`
}

export const sha256Hex = (text: string): string =>
  createHash('sha256').update(text, 'utf8').digest('hex')

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value)
