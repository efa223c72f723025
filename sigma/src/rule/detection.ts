import { limits } from '../limits.ts'
import { type Remark, SigmaError } from '../refusal.ts'
import type { YamlList, YamlMap, YamlNode, YamlScalar } from '../yaml.ts'
import type { Condition, Detection, DetectionItem, DetectionSection, Matcher } from './ast.ts'
import { parseChain } from './chain.ts'
import { parseConditions } from './condition.ts'
import { applyChain } from './modifiers.ts'
import type { Placeholders } from './placeholders.ts'

/** What a section may use and where its remarks go. */
export type SectionContext = Readonly<{ placeholders: Placeholders; remarks: Remark[] }>

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
): DetectionSection {
  const detections = new Map<string, Detection>()
  section.entries.forEach(({ node }, name) => {
    if (name === 'condition' || other.includes(name)) return
    detections.set(name, parseDetection(node, 0, context))
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

function namesOf(condition: Condition): readonly string[] {
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
  if (node.kind === 'map') return parseMap(node, context)
  return parseList(node, depth, context)
}

function parseMap(map: YamlMap, context: SectionContext): Detection {
  if (map.entries.size === 0) throw new SigmaError('DETECTION_EMPTY', 'map', map.at)
  const items: DetectionItem[] = []
  map.entries.forEach(({ node, at }, key) => items.push(parseItem(key, node, at, context)))
  return { kind: 'all', of: items, at: map.at }
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
  const field = name === '' ? null : name
  const modifiers = bar < 0 ? null : key.slice(bar + 1)
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
