import type { Draft, FactType, Key } from '../fact.ts'
import { findingClosed, findingOpened, occurrenceClosed, occurrenceRestated } from '../facts.ts'
import type { Judge } from '../judge.ts'
import type { Emit } from './engine.ts'

/**
 * What a silent fold of one judge would have said last: its verdicts, its open findings and, where
 * they were asked for, how its closed occurrences stand.
 */
export type Unsaid = Readonly<{
  verdicts: Map<Key, Draft>
  findings: Map<Key, Draft>
  occurrences: Map<Key, Map<string, Draft>>
}>

/**
 * Listens to a fold and puts nothing on a list.
 *
 * @param withOccurrences keeps one draft for every occurrence that was ever closed
 */
export function listen(
  judges: readonly Pick<Judge, 'id' | 'verdicts'>[],
  withOccurrences = false,
): Readonly<{ emit: Emit; unsaid: ReadonlyMap<string, Unsaid> }> {
  const unsaid = new Map<string, Unsaid>()
  const verdictTypes = new Map<string, FactType | undefined>()
  for (const { id, verdicts } of judges) {
    unsaid.set(id, { verdicts: new Map(), findings: new Map(), occurrences: new Map() })
    verdictTypes.set(id, verdicts?.type)
  }
  const emit: Emit = (draft, by) => {
    const said = unsaid.get(by.judge)
    if (said === undefined) return undefined
    if (draft.type === verdictTypes.get(by.judge)) said.verdicts.set(by.key, draft)
    if (draft.type === findingOpened) said.findings.set(by.key, draft)
    if (draft.type === findingClosed) said.findings.delete(by.key)
    if (withOccurrences && (draft.type === occurrenceClosed || draft.type === occurrenceRestated)) {
      const { occurrence } = draft.body as { occurrence: string }
      const own = said.occurrences.get(by.key) ?? new Map<string, Draft>()
      said.occurrences.set(by.key, own.set(occurrence, draft))
    }
    return undefined
  }
  return { emit, unsaid }
}
