import type { Control } from '../control/kind.ts'
import type { FactType } from '../fact.ts'
import type { Judge } from '../judge.ts'

/**
 * What people can record so that a control counts it: the facts that it asks for, or, where a judge
 * makes those from others, these. None: only machines can do what it asks.
 */
export function byHand(
  control: Pick<Control, 'closes'>,
  judges: readonly Judge[],
  recordable: ReadonlyMap<string, FactType>,
): readonly FactType[] {
  const found = new Set<FactType>()
  const seen = new Set<string>()
  const look = (type: FactType) => {
    if (seen.has(type.name)) return
    seen.add(type.name)
    if (recordable.has(type.name)) {
      // Core's own facts are about other facts; and what only instruments tell nobody records.
      const isTold = type.trusts.some(trust => trust !== 'instrument')
      if (isTold && type.module !== 'core') found.add(type)
      return
    }
    for (const judge of judges) {
      if (judge.makes.some(made => made.name === type.name)) judge.from.forEach(look)
    }
  }
  for (const { type } of control.closes) look(type)
  return [...found]
}
