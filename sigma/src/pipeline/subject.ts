import type { Detection, DetectionItem, DetectionSection } from '../rule/ast.ts'
import type { Logsource } from '../rule/logsource.ts'

/**
 * A rule on its way through pipelines: its own sections and those of its filters. The first section
 * is its own. Owned by `processRule`.
 */
export type Subject = {
  readonly tags: readonly string[]
  logsource: Logsource
  sections: readonly DetectionSection[]
  /** Ids of the steps that were taken, and of those that changed an item. */
  readonly applied: Set<string>
  readonly touched: WeakMap<DetectionItem, ReadonlySet<string>>
  readonly state: Map<string, string>
  /** Matchers that steps have made so far. */
  made: number
}

export const itemsOf = (detection: Detection): readonly DetectionItem[] => {
  if (detection.kind === 'item') return [detection]
  return detection.kind === 'members' ? [] : detection.of.flatMap(itemsOf)
}

export const itemsOfSubject = (subject: Subject): readonly DetectionItem[] =>
  subject.sections.flatMap(({ detections }) => [...detections.values()].flatMap(itemsOf))
