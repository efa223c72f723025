import type { Field } from '../record/fields.ts'
import type { Values } from './form.tsx'
import { instantOf, localOf } from './instant-field.tsx'

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

/** What stands in the fields of a form when it opens with a body that there is. */
export function typedOf(
  fields: readonly Field[],
  body: unknown,
  zone: string,
  item: string | null = null,
): Values {
  const inner = isObject(body) ? body : {}
  return Object.fromEntries(
    fields.flatMap(field => {
      const path = pathIn(field, item)
      const value = inner[lastOf(field.path)]
      if (field.kind === 'group') return Object.entries(typedOf(field.fields, value, zone, item))
      if (field.kind !== 'list' || isPlainList(field)) return [[path, typed(field, value, zone)]]
      const items = Array.isArray(value) ? value : []
      return [
        [countName(path), String(items.length)],
        ...items.flatMap((one, nth) =>
          Object.entries(typedOf(field.fields, one, zone, `${path}.${nth}`)),
        ),
      ]
    }),
  )
}

function typed(field: Field, value: unknown, zone: string): string | boolean {
  if (field.kind === 'boolean') return value === true
  if (value === null || value === undefined) return ''
  if (Array.isArray(value) && field.kind === 'list') return value.map(String).join('\n')
  if (typeof value !== 'string') return JSON.stringify(value, null, 2)
  return field.kind === 'instant' ? localOf(value, zone) : value
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What a body becomes by what was typed, and by nothing else: a form shows no seconds of an instant and no
 * file, and what it does not show it must not change. `before` is what the form makes of its first values.
 */
export function mended(body: unknown, before: unknown, after: unknown): unknown {
  if (isSame(before, after)) return body
  // Items beyond those that a form has room for stay as they are.
  if (Array.isArray(body) && Array.isArray(before) && Array.isArray(after))
    return [
      ...after.map((one, nth) => mended(body[nth], before[nth], one)),
      ...body.slice(Math.max(before.length, after.length)),
    ]
  if (!isObject(body) || !isObject(before) || !isObject(after)) return after
  const names = new Set([...Object.keys(body), ...Object.keys(after)])
  return Object.fromEntries(
    [...names].flatMap(name => {
      const value = mended(body[name], before[name], after[name])
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
