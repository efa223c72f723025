import { limits } from '../limits.ts'
import { SigmaError } from '../refusal.ts'
import type { Condition, Detection, DetectionItem, DetectionSection, Rule } from '../rule/ast.ts'
import type { Correlation } from '../rule/correlation.ts'
import type { ProcessingItem } from './pipeline.ts'
import type { Step } from './steps.ts'
import { itemsOf, type Subject } from './subject.ts'

/** A rule as pipelines leave it: its log source may be another, and all sections must hold. */
export type Processed = Readonly<{
  rule: Rule
  sections: readonly DetectionSection[]
  /** The steps that were taken for it. */
  taken: ReadonlySet<ProcessingItem>
}>

/**
 * Takes a rule and its sections, its own and those of its filters, through the steps.
 *
 * @throws SigmaError PIPELINE_RULE if a step refuses the rule, PIPELINE_EMPTY if nothing of a section
 * is left, VALUE_TOO_MANY, VERSION_UNSUPPORTED for members of lists, whose names no pipeline knows
 */
export function processRule(
  rule: Rule,
  sections: readonly DetectionSection[],
  items: readonly ProcessingItem[],
): Processed {
  const taken = new Set<ProcessingItem>()
  const subject: Subject = {
    tags: rule.metadata.tags,
    logsource: rule.logsource,
    sections,
    applied: new Set(),
    touched: new WeakMap(),
    state: new Map(),
    made: 0,
  }
  takeAll(items, subject, taken)
  const { logsource } = subject
  const [detection = rule.detection] = subject.sections
  return { rule: { ...rule, logsource, detection }, sections: subject.sections, taken }
}

function takeAll(
  items: readonly ProcessingItem[],
  subject: Subject,
  taken: Set<ProcessingItem>,
): void {
  for (const item of items) {
    if (!item.isRuleMeant(subject)) continue
    if (item.step.kind === 'nest') takeAll(item.step.items, subject, taken)
    else take(item, subject)
    taken.add(item)
    if (item.id !== null) subject.applied.add(item.id)
  }
}

function take(item: ProcessingItem, subject: Subject): void {
  const { step } = item
  switch (step.kind) {
    case 'names':
    case 'values':
    case 'items':
    case 'drop':
      subject.sections = subject.sections.map(section =>
        changeSection(section, step, item, subject),
      )
      return
    case 'condition':
      subject.sections = [...subject.sections, step.section(subject.logsource)]
      return
    case 'logsource':
      subject.logsource = step.logsource
      return
    case 'state':
      subject.state.set(step.key, step.value)
      return
    case 'refuse':
      if (!step.ofItem) throw new SigmaError('PIPELINE_RULE', step.message)
      subject.sections = subject.sections.map(section =>
        changeSection(section, step, item, subject),
      )
      return
    case 'nest':
    case 'nothing':
  }
}

function changeSection(
  section: DetectionSection,
  step: Step,
  item: ProcessingItem,
  subject: Subject,
): DetectionSection {
  const detections = new Map<string, Detection>()
  for (const [name, detection] of section.detections) {
    const changed = changeDetection(detection, step, item, subject)
    if (changed !== null) detections.set(name, changed)
  }
  const condition = without(section.condition, detections)
  if (condition === null) throw new SigmaError('PIPELINE_EMPTY', item.id ?? `line ${item.at}`)
  return { detections, condition }
}

/** Null if nothing of it is left. */
function changeDetection(
  detection: Detection,
  step: Step,
  item: ProcessingItem,
  subject: Subject,
): Detection | null {
  switch (detection.kind) {
    case 'item':
      return item.isItemMeant(detection, subject) &&
        item.isNameMeant(detection.field, subject, detection)
        ? changeItem(detection, step, item, subject)
        : detection
    case 'members':
      if (item.leavesMembers) return detection
      throw new SigmaError('VERSION_UNSUPPORTED', `${detection.key} in a pipeline`, detection.at)
    case 'all':
    case 'any': {
      const of = detection.of.flatMap(part => changeDetection(part, step, item, subject) ?? [])
      return of.length === 0 ? null : { ...detection, of }
    }
  }
}

function changeItem(
  item: DetectionItem,
  step: Step,
  { id, isNameMeant }: ProcessingItem,
  subject: Subject,
): Detection | null {
  const touch = (changed: DetectionItem): DetectionItem => {
    const before = subject.touched.get(item) ?? new Set()
    subject.touched.set(changed, id === null ? before : new Set([...before, id]))
    return changed
  }
  switch (step.kind) {
    case 'drop':
      return null
    case 'refuse':
      throw new SigmaError('PIPELINE_RULE', step.message, item.at)
    case 'values': {
      const changed = item.values.map(matchers => matchers.map(step.change))
      if (changed.flat().every(matchers => matchers === null)) return item
      make(
        subject,
        changed.flat().reduce((sum, made) => sum + (made?.length ?? 1), 0),
        item.at,
      )
      const values = item.values.map((matchers, at) =>
        matchers.flatMap((matcher, index) => changed[at]?.[index] ?? [matcher]),
      )
      return touch({ ...item, values })
    }
    case 'items': {
      const split = step.split(item)
      if (split !== null) for (const part of itemsOf(split)) touch(part)
      return split ?? item
    }
    case 'names': {
      const isMeant = (name: string): boolean => isNameMeant(name, subject, item)
      const named = renameReferences(item, name => (isMeant(name) ? step.rename(name) : null))
      const names = item.field === null ? null : step.rename(item.field)
      if (names === null) return named === item ? item : touch(named)
      make(subject, names.length * named.values.flat().length, item.at)
      const items = names.map(field => touch({ ...named, field }))
      if (items.length === 1) return items[0] as DetectionItem
      // "None of the values" has to hold for every name that the field may have.
      return { kind: item.negated ? 'all' : 'any', of: items, at: item.at }
    }
    default:
      return item
  }
}

/** Counts what steps make: one name may become many, and each of those again. */
function make(subject: Subject, count: number, at: number): void {
  subject.made += count
  if (subject.made <= limits.pipelineMatchersMax) return
  throw new SigmaError('VALUE_TOO_MANY', 'pipeline', at)
}

/** Fields that values refer to have other names too; any of several is enough. */
function renameReferences(
  item: DetectionItem,
  rename: (name: string) => readonly string[] | null,
): DetectionItem {
  const isReferring = item.values.some(matchers => matchers.some(({ kind }) => kind === 'field'))
  if (!isReferring) return item
  const values = item.values.map(matchers =>
    matchers.flatMap(matcher => {
      const names = matcher.kind === 'field' ? rename(matcher.name) : null
      return names?.map(name => ({ ...matcher, name })) ?? [matcher]
    }),
  )
  return { ...item, values }
}

/** The condition over what is left; null if nothing is. */
function without(
  condition: Condition,
  detections: ReadonlyMap<string, Detection>,
): Condition | null {
  switch (condition.kind) {
    case 'name':
      return detections.has(condition.name) ? condition : null
    case 'not': {
      const of = without(condition.of, detections)
      return of === null ? null : { kind: 'not', of }
    }
    case 'quantified': {
      const names = condition.names.filter(name => detections.has(name))
      return names.length === 0 ? null : { ...condition, names }
    }
    case 'and':
    case 'or': {
      const of = condition.of.flatMap(part => without(part, detections) ?? [])
      return of.length === 0 ? null : { kind: condition.kind, of }
    }
  }
}

/**
 * The names of fields of a correlation, as the steps left them that were taken for rules it names. A
 * field that would have several names cannot be grouped by.
 *
 * @throws SigmaError PIPELINE_CORRELATION
 */
export function processCorrelation(
  correlation: Correlation,
  taken: readonly ProcessingItem[],
): Correlation {
  let { groupBy, fields, aliases } = correlation
  const nobody: Subject = {
    tags: [],
    logsource: { category: null, product: null, service: null },
    sections: [],
    applied: new Set(),
    touched: new WeakMap(),
    state: new Map(),
    made: 0,
  }
  for (const { step, isNameMeant, leavesMembers } of taken) {
    // What mappings make of rules is no other name to group by.
    if (step.kind !== 'names' || leavesMembers) continue
    const rename = (name: string): string => {
      const names = isNameMeant(name, nobody, null) ? step.rename(name) : null
      const [renamed, another] = names ?? [name]
      if (renamed !== undefined && another === undefined) return renamed
      throw new SigmaError('PIPELINE_CORRELATION', name, correlation.at)
    }
    const known = aliases
    const renameField = (name: string): string => (known.has(name) ? name : rename(name))
    groupBy = groupBy.map(renameField)
    fields = fields.map(renameField)
    aliases = new Map(
      [...known].map(([alias, names]) => [
        alias,
        new Map([...names].map(([rule, name]) => [rule, rename(name)])),
      ]),
    )
  }
  return { ...correlation, groupBy, fields, aliases }
}
