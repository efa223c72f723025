import { contains, type Logsource } from '../rule/logsource.ts'
import type { FieldMapping } from './taxonomy.ts'

/**
 * The other names of each field for rules of a log source: those of the mappings made for it. A
 * field that several mappings know has the names of all.
 */
export function otherNames(
  mappings: readonly FieldMapping[],
  logsource: Logsource,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>()
  for (const mapping of mappings) {
    if (!contains(mapping.logsource, logsource)) continue
    for (const [name, others] of mapping.fields)
      names.set(name, [...(names.get(name) ?? []), ...others])
  }
  return names
}
