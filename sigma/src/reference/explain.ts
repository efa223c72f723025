import type {
  Condition,
  Detection,
  DetectionItem,
  DetectionSection,
  MembersDetection,
} from '../rule/ast.ts'
import { itemHolds, membersHold, named } from './evaluate.ts'
import type { EventView } from './fields.ts'

/**
 * One item of a detection that decided. `key` is the field with its modifiers as written ('' for
 * keywords), `at` its line, `holds` what came of it, `found` the texts the event has there.
 */
export type Leaf = Readonly<{
  detection: string
  key: string
  at: number
  holds: boolean
  found: readonly (string | null)[]
}>

/** What came of something, and the leaves that alone are enough to see why. */
export type Verdict = Readonly<{ holds: boolean; leaves: readonly Leaf[] }>

/** Evaluates the section as `holds` does, and says which leaves decided. */
export function explain(section: DetectionSection, event: EventView): Verdict {
  return ofCondition(section.condition, section, event)
}

function ofCondition(condition: Condition, section: DetectionSection, event: EventView): Verdict {
  switch (condition.kind) {
    case 'and':
      return every(condition.of, part => ofCondition(part, section, event))
    case 'or':
      return some(condition.of, part => ofCondition(part, section, event))
    case 'not': {
      const verdict = ofCondition(condition.of, section, event)
      return { holds: !verdict.holds, leaves: verdict.leaves }
    }
    case 'name':
      return ofDetection(named(section, condition.name), condition.name, event)
    case 'quantified': {
      const ask = (name: string): Verdict => ofDetection(named(section, name), name, event)
      return condition.quantifier === 'all'
        ? every(condition.names, ask)
        : some(condition.names, ask)
    }
  }
}

function ofDetection(detection: Detection, name: string, event: EventView): Verdict {
  switch (detection.kind) {
    case 'all':
      return every(detection.of, part => ofDetection(part, name, event))
    case 'any':
      return some(detection.of, part => ofDetection(part, name, event))
    case 'item':
    case 'members': {
      const holds =
        detection.kind === 'item' ? itemHolds(detection, event) : membersHold(detection, event)
      return { holds, leaves: [leafOf(detection, name, holds, event)] }
    }
  }
}

/** What a leaf shows. Keywords show nothing found: to repeat the whole event would explain nothing. */
export function leafOf(
  { key, at, field }: DetectionItem | MembersDetection,
  detection: string,
  holds: boolean,
  event: EventView,
): Leaf {
  const found = field === null ? [] : event.field(field).values.map(({ text }) => text)
  return { detection, key, at, holds, found }
}

/** The first part that fails decides alone; if none does, all of them decide. */
function every<T>(parts: readonly T[], ask: (part: T) => Verdict): Verdict {
  const leaves: Leaf[] = []
  for (const part of parts) {
    const verdict = ask(part)
    if (!verdict.holds) return verdict
    leaves.push(...verdict.leaves)
  }
  return { holds: true, leaves }
}

function some<T>(parts: readonly T[], ask: (part: T) => Verdict): Verdict {
  const leaves: Leaf[] = []
  for (const part of parts) {
    const verdict = ask(part)
    if (verdict.holds) return verdict
    leaves.push(...verdict.leaves)
  }
  return { holds: false, leaves }
}
