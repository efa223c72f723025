import { limits } from '../limits.ts'
import { type Remark, SigmaError } from '../refusal.ts'
import type { YamlList, YamlMap, YamlNode, YamlScalar } from '../yaml.ts'
import type { Condition, Detection, DetectionItem, DetectionSection, Matcher } from './ast.ts'
import { parseChain } from './chain.ts'
import { parseConditions } from './condition.ts'
import { parseSelector, type Selector, unescapeBrackets } from './members.ts'
import { applyChain } from './modifiers.ts'
import type { Placeholders } from './placeholders.ts'
import type { SigmaVersion } from './version.ts'

/**
 * What a section may use and where its remarks go. `isInMember`: its fields are those of a member of
 * a list.
 */
export type SectionContext = Readonly<{
  placeholders: Placeholders
  remarks: Remark[]
  version: SigmaVersion
  isInMember?: boolean
}>

/**
 * Parses named detections and the condition over them, of a rule or of a filter. `other` names keys
 * that are neither.
 *
 * @throws SigmaError DETECTION_…, VALUE_…, MODIFIER_…, CONDITION_… and what values refuse
 */
export function parseSection(
  section: YamlMap,
  other: readonly string[],
  context: SectionContext,
  depth = 0,
): DetectionSection {
  const detections = new Map<string, Detection>()
  section.entries.forEach(({ node }, name) => {
    if (name === 'condition' || other.includes(name)) return
    detections.set(name, parseDetection(node, depth, context))
  })
  if (detections.size === 0) throw new SigmaError('DETECTION_EMPTY', 'no detection', section.at)
  const names = [...detections.keys()]
  const condition = parseConditions(section, names, context.remarks)
  const used = new Set(namesOf(condition))
  for (const name of names.filter(name => !used.has(name) && !name.startsWith('_'))) {
    const at = section.entries.get(name)?.at ?? section.at
    context.remarks.push({ code: 'DETECTION_UNUSED', at, detail: name })
  }
  return { detections, condition }
}

/** The names of detections in a condition, each as often as it stands there. */
export function namesOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'name':
      return [condition.name]
    case 'quantified':
      return condition.names
    case 'not':
      return namesOf(condition.of)
    case 'and':
    case 'or':
      return condition.of.flatMap(namesOf)
  }
}

function parseDetection(node: YamlNode, depth: number, context: SectionContext): Detection {
  if (depth > limits.detectionDepthMax) {
    throw new SigmaError('DETECTION_TOO_DEEP', 'nested too deeply', node.at)
  }
  if (node.kind === 'scalar') return keywords([node], node.at, context)
  if (node.kind === 'map') return parseMap(node, depth, context)
  return parseList(node, depth, context)
}

function parseMap(map: YamlMap, depth: number, context: SectionContext): Detection {
  if (map.entries.size === 0) throw new SigmaError('DETECTION_EMPTY', 'map', map.at)
  const items: Detection[] = []
  map.entries.forEach(({ node, at }, key) => {
    const selector = context.version >= 3 ? parseSelector(key, at) : null
    items.push(
      selector
        ? parseMembers(selector, { key, node, at }, depth + 1, context)
        : parseItem(key, node, at, context),
    )
  })
  return { kind: 'all', of: items, at: map.at }
}

type Written = Readonly<{ key: string; node: YamlNode; at: number }>

/** A selector in a field name: what follows it is asked of the members that it selects. */
function parseMembers(
  selector: Selector,
  written: Written,
  depth: number,
  outer: SectionContext,
): Detection {
  const { key, node, at } = written
  if (depth > limits.detectionDepthMax) {
    throw new SigmaError('DETECTION_TOO_DEEP', 'nested too deeply', at)
  }
  const context: SectionContext = { ...outer, isInMember: true }
  const { field, which, rest } = selector
  const next = parseSelector(rest, at)
  const body = (detection: Detection): DetectionSection => ({
    detections: new Map([['', detection]]),
    condition: { kind: 'name', name: '' },
  })
  const members = (section: DetectionSection): Detection => ({
    kind: 'members',
    field,
    which,
    body: section,
    key,
    at,
  })
  if (next) return members(body(parseMembers(next, { ...written, key: rest }, depth + 1, context)))
  if (node.kind !== 'map') return members(body(parseItem(rest, node, at, context)))
  if (rest !== '.') throw new SigmaError('VALUE_SHAPE', `${key}: a map`, at)
  // A condition makes the body a section of its own.
  if (node.entries.has('condition')) return members(parseSection(node, [], context, depth + 1))
  return members(body(parseDetection(node, depth + 1, context)))
}

/** Keywords stand side by side with maps and lists: any of them is enough. */
function parseList(list: YamlList, depth: number, context: SectionContext): Detection {
  if (list.items.length === 0) throw new SigmaError('DETECTION_EMPTY', 'list', list.at)
  const scalars = list.items.filter(item => item.kind === 'scalar')
  const others = list.items.filter(item => item.kind !== 'scalar')
  const parts = others.map(item => parseDetection(item, depth + 1, context))
  if (scalars.length > 0) parts.push(keywords(scalars, list.at, context))
  return { kind: 'any', of: parts, at: list.at }
}

function keywords(scalars: readonly YamlScalar[], at: number, context: SectionContext): Detection {
  return itemOf('', scalars, at, context)
}

function parseItem(
  key: string,
  node: YamlNode,
  at: number,
  context: SectionContext,
): DetectionItem {
  if (node.kind === 'map') throw new SigmaError('VALUE_SHAPE', `${key}: a map`, node.at)
  if (node.kind === 'scalar') return itemOf(key, [node], at, context)
  const scalars = node.items
  if (!scalars.every(isScalar)) {
    const other = scalars.find(item => item.kind !== 'scalar') as YamlNode
    throw new SigmaError('VALUE_SHAPE', `${key}: ${other.kind}`, other.at)
  }
  if (scalars.length > 1 && scalars.some(scalar => scalar.type === 'null')) {
    context.remarks.push({ code: 'VALUE_NULL_IN_LIST', at, detail: key })
  }
  return itemOf(key, scalars, at, context)
}

const isScalar = (node: YamlNode): node is YamlScalar => node.kind === 'scalar'

function itemOf(
  key: string,
  scalars: readonly YamlScalar[],
  at: number,
  context: SectionContext,
): DetectionItem {
  const bar = key.indexOf('|')
  const name = bar < 0 ? key : key.slice(0, bar)
  const modifiers = bar < 0 ? null : key.slice(bar + 1)
  if (context.isInMember && modifiers?.split('|').includes('fieldref')) {
    // Whose field it would name is not settled.
    throw new SigmaError('VERSION_UNSUPPORTED', 'fieldref inside a member', at)
  }
  const field = name === '' ? null : context.version >= 3 ? unescapeBrackets(name) : name
  const chain = parseChain(modifiers, field === null, at)
  if (chain.quantifier === 'all' && scalars.length < 2) {
    context.remarks.push({ code: 'MODIFIER_ALL_SINGLE', at, detail: key })
  }
  // An empty list asks for what is not there, as null does.
  const nothing: YamlScalar = { kind: 'scalar', type: 'null', text: '', at }
  const written = scalars.length === 0 ? [nothing] : scalars
  const values: Matcher[][] = written.map(scalar =>
    applyChain(chain, scalar, field === null, context.placeholders),
  )
  const { quantifier, negated } = chain
  return { kind: 'item', field, quantifier, negated, values, key, at }
}
