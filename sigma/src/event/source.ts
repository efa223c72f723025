import type { EventSource } from '../rule/logsource.ts'
import { marks } from './marks.ts'
import { type SourceField, sourceFieldNames } from './source-fields.ts'
import { type EventObject, type EventValue, isList, isNumber, isObject } from './value.ts'

/** The fields of an event that `sourceOf` looks at, and no others. */
export const sourceFields: readonly string[] = sourceFieldNames

/**
 * Where an event comes from. It depends on nothing but the fields that `sourceFields` names: under
 * the literal name, else under the path of its parts between dots, through lists too.
 *
 * What an event says by `product` or by the lists `_services` and `_categories` is all there is to
 * say. `service` and `category` alone, which producers use for much else, are added to what the
 * marks of its producer tell. A list under one of these three is a field that only has their name.
 */
export function sourceOf(fields: EventObject): EventSource {
  const services = listOf(fields, '_services')
  const categories = listOf(fields, '_categories')
  const named = {
    products: textOf(fields, 'product'),
    services: [...textOf(fields, 'service'), ...services],
    categories: [...textOf(fields, 'category'), ...categories],
  }
  if (named.products.length > 0 || services.length > 0 || categories.length > 0) return named
  const told = toldByMarks(fields)
  if (told === null) return named
  return {
    products: told.products,
    services: [...told.services, ...named.services],
    categories: [...told.categories, ...named.categories],
  }
}

/** The first mark that is there decides: none of them is part of another. */
function toldByMarks(fields: EventObject): EventSource | null {
  const read = (name: SourceField): string => scalarText(lookUp(fields, name))
  for (const mark of marks) {
    const source = mark(read)
    if (source !== null) return source
  }
  return null
}

/** What stands under several members of a list says nothing, as they may differ. */
function lookUp(fields: EventObject, name: string): EventValue {
  const literal = fields.get(name)
  if (literal !== undefined) return literal
  let found: readonly EventValue[] = [fields]
  for (const part of name.split('.')) {
    found = found.flatMap(members).flatMap(value => {
      const next = isObject(value) ? value.get(part) : undefined
      return next === undefined ? [] : [next]
    })
  }
  return found.length === 1 ? (found[0] ?? null) : null
}

const members = (value: EventValue): readonly EventValue[] =>
  isList(value) ? value.flatMap(members) : [value]

/** '' for what is neither text nor a number. */
function scalarText(value: EventValue): string {
  if (isNumber(value)) return value.number
  return typeof value === 'string' ? value : ''
}

function listOf(fields: EventObject, name: SourceField): string[] {
  const value = fields.get(name) ?? null
  return isList(value) ? value.flatMap(lowerCase) : []
}

function textOf(fields: EventObject, name: SourceField): string[] {
  return lowerCase(fields.get(name) ?? null)
}

function lowerCase(value: EventValue): string[] {
  const text = scalarText(value)
  return text === '' ? [] : [text.toLowerCase()]
}
