import type { Values } from '../../../core/ui/form.tsx'
import { instantOf } from '../../../core/ui/instant-field.tsx'
import type { Field } from '../fields.ts'

/**
 * Between a form, whose fields hold text, and the body of a fact. What a schema would not take is passed on
 * as it was typed: the server says what is wrong with it, once and for everybody.
 */

/** How many items a list of groups has now. */
export const countName = (path: string): string => `${path}#`
export const slotName = (slot: string): string => `slot ${slot}`

/** Where the fields of an item stand: `officers.0.name`. */
export const itemsOf = (field: Field, path: string, values: Values): readonly string[] =>
  Array.from({ length: countOf(path, values) }, (_, nth) => `${path}.${nth}`)

/** A list of more items than this comes by a file, and not by typing. */
export const itemsMax = 50
const countOf = (path: string, values: Values): number =>
  Math.min(itemsMax, Number(values[countName(path)] ?? 0))

/** Within an item the path of a field is its own; elsewhere it is whole. */
export const pathIn = (field: Field, item: string | null): string =>
  item === null ? field.path : `${item}.${field.path}`

export const isPlainList = (field: Field): boolean =>
  field.kind === 'list' && field.fields.length === 0

/** What stands in every field of an empty form. */
export const emptyOf = (fields: readonly Field[]): Values =>
  Object.fromEntries(
    fields.flatMap(field => {
      if (field.kind === 'group') return Object.entries(emptyOf(field.fields))
      if (field.kind === 'boolean') return [[field.path, false]]
      return [[field.path, '']]
    }),
  )

export function bodyOf(
  fields: readonly Field[],
  values: Values,
  zone: string,
  item: string | null = null,
): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of fields) {
    if (field.kind === 'file') continue
    const value = valueOf(field, values, zone, item)
    if (value !== undefined) body[lastOf(field.path)] = value
  }
  return body
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

function valueOf(field: Field, values: Values, zone: string, item: string | null): unknown {
  const path = pathIn(field, item)
  if (field.kind === 'group') {
    const inner = bodyOf(field.fields, values, zone, item)
    const isEmpty = Object.values(inner).every(one => one === null || one === false)
    return isEmpty && field.isNullable ? null : inner
  }
  if (field.kind === 'list' && !isPlainList(field))
    return itemsOf(field, path, values).map(one => bodyOf(field.fields, values, zone, one))
  const given = values[path]
  if (field.kind === 'boolean') return given === true
  const text = String(given ?? '').trim()
  if (field.kind === 'list')
    return text === ''
      ? []
      : text.split('\n').flatMap(line => (line.trim() === '' ? [] : [line.trim()]))
  if (text === '') return field.isNullable ? null : undefined
  switch (field.kind) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text
    case 'instant':
      return instantOf(text, zone) ?? text
    case 'json':
      return jsonOf(text)
    default:
      return text
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
