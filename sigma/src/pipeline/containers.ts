import type { FieldMapping } from '../event/taxonomy.ts'
import { contains } from '../rule/logsource.ts'
import type { ProcessingItem } from './pipeline.ts'

/**
 * Steps for mappings that have names below a field itself: there the field is an object of the event,
 * so it is never missing, and rules ask for the field and for what is below it.
 */
export function stepsForContainers(mappings: readonly FieldMapping[]): ProcessingItem[] {
  return mappings.flatMap(({ logsource, fields }) => {
    const below = new Map(
      [...fields].flatMap(([name, others]) => {
        const inner = others.filter(other => other.startsWith(`${name}.`))
        return inner.length === 0 ? [] : [[name, [name, ...inner]] as const]
      }),
    )
    if (below.size === 0) return []
    return [
      {
        id: null,
        at: 1,
        step: { kind: 'names', rename: name => below.get(name) ?? null },
        isRuleMeant: subject => contains(logsource, subject.logsource),
        isItemMeant: () => true,
        isNameMeant: () => true,
        leavesMembers: true,
      },
    ]
  })
}
