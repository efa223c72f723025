import type { Logsource } from '../../rule/logsource.ts'
import type { FieldMapping } from '../taxonomy.ts'

/**
 * Other names of fields, those of one field in one text with blanks between them, or in a list if a
 * name has a blank itself.
 */
export type Names = Readonly<Record<string, string | readonly string[]>>

/** The same names for each of the log sources. */
export function mappingsFor(
  logsources: readonly Readonly<Partial<Logsource>>[],
  names: Names,
): FieldMapping[] {
  const fields = new Map(
    Object.entries(names).map(([name, others]) => [
      name,
      typeof others === 'string' ? others.split(' ') : others,
    ]),
  )
  return logsources.map(logsource => ({
    logsource: { category: null, product: null, service: null, ...logsource },
    fields,
  }))
}

export const categories = (...names: string[]): { category: string }[] =>
  names.map(category => ({ category }))

/** Each name below the same object. */
export const below = (object: string, names: readonly string[]): Names =>
  Object.fromEntries(names.map(name => [name, `${object}.${name}`]))
