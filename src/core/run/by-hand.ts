import type { Control } from '../control/kind.ts'
import { isByPerson } from '../control/match.ts'
import type { FactType } from '../fact.ts'
import type { Judge } from '../judge.ts'
import type { ControlAtWork } from '../module.ts'
import { recordable } from '../record/record.ts'
import type { Modules } from './discover.ts'

/** All controls, each with what people can record so that it is counted. */
export function controlsAtWork(
  modules: Pick<Modules, 'controls' | 'judges' | 'types'>,
): readonly ControlAtWork[] {
  const { controls, judges, types } = modules
  const told = recordable(types, judges)
  return controls.map(control => ({
    ...control,
    byHand: byHand(control, judges, told),
    lists: control.lists && listsByHand(control.lists, told),
  }))
}

function listsByHand(
  { owner, types }: NonNullable<Control['lists']>,
  told: ReadonlyMap<string, FactType>,
): Control['lists'] {
  const found = types.filter(type => told.has(type.name) && isByPerson(type))
  return found.length === 0 ? null : { owner, types: found }
}

/**
 * The facts that a control asks for, as far as people can record them; of those that a judge makes,
 * what the judge makes them from. None: only machines can do what it asks.
 */
function byHand(
  control: Control,
  judges: readonly Judge[],
  told: ReadonlyMap<string, FactType>,
): readonly FactType[] {
  const found = new Set<FactType>()
  const seen = new Set<string>()
  const look = (type: FactType) => {
    if (seen.has(type.name)) return
    seen.add(type.name)
    if (!told.has(type.name)) {
      for (const judge of judges)
        if (judge.makes.some(made => made.name === type.name)) judge.from.forEach(look)
      return
    }
    // Core's own facts are about other facts; and what only instruments tell nobody records.
    if (isByPerson(type) && type.module !== 'core') found.add(type)
  }
  for (const { type, byHand } of control.closes) (byHand ?? [type]).forEach(look)
  return [...found]
}
