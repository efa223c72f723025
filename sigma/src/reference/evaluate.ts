import type {
  Condition,
  Detection,
  DetectionItem,
  DetectionSection,
  Matcher,
  MembersDetection,
} from '../rule/ast.ts'
import { EventView } from './fields.ts'
import { matchesField, matchesValue } from './match.ts'

/** Whether the event fulfils the condition of the section. */
export function holds(section: DetectionSection, event: EventView): boolean {
  return conditionHolds(section.condition, section, event)
}

function conditionHolds(
  condition: Condition,
  section: DetectionSection,
  event: EventView,
): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.of.every(part => conditionHolds(part, section, event))
    case 'or':
      return condition.of.some(part => conditionHolds(part, section, event))
    case 'not':
      return !conditionHolds(condition.of, section, event)
    case 'name':
      return detectionHolds(named(section, condition.name), event)
    case 'quantified': {
      const asks = (name: string): boolean => detectionHolds(named(section, name), event)
      return condition.quantifier === 'all'
        ? condition.names.every(asks)
        : condition.names.some(asks)
    }
  }
}

/** The parser has seen to it that every name of a condition is there. */
export function named(section: DetectionSection, name: string): Detection {
  const detection = section.detections.get(name)
  if (!detection) throw new Error(`no detection ${name}`)
  return detection
}

function detectionHolds(detection: Detection, event: EventView): boolean {
  switch (detection.kind) {
    case 'all':
      return detection.of.every(part => detectionHolds(part, event))
    case 'any':
      return detection.of.some(part => detectionHolds(part, event))
    case 'item':
      return itemHolds(detection, event)
    case 'members':
      return membersHold(detection, event)
  }
}

/** Whether the members are as the selector asks; an index without a member asks of nothing. */
export function membersHold(detection: MembersDetection, event: EventView): boolean {
  const { field, which, body } = detection
  if (typeof which === 'object') {
    const found = event.members(field, which.index)
    return (found.length > 0 ? found : [EventView.nothing]).some(member => holds(body, member))
  }
  const found = event.members(field, null)
  const asks = (member: EventView): boolean => holds(body, member)
  switch (which) {
    case 'any':
      return found.some(asks)
    case 'all':
      return found.length > 0 && found.every(asks)
    case 'all_or_empty':
      return found.every(asks)
    case 'none':
      return !found.some(asks)
  }
}

export function itemHolds(item: DetectionItem, event: EventView): boolean {
  const asks = (matchers: readonly Matcher[]): boolean =>
    matchers.some(matcher => matcherHolds(matcher, item.field, event))
  const found = item.quantifier === 'all' ? item.values.every(asks) : item.values.some(asks)
  return found !== item.negated
}

function matcherHolds(matcher: Matcher, field: string | null, event: EventView): boolean {
  if (field !== null) return matchesField(matcher, event.field(field), event)
  const { kind } = matcher
  if (kind === 'exists' || kind === 'null' || kind === 'field') return false
  return event.keywords().some(value => matchesValue(matcher, value))
}
