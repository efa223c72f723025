import { type Decimal, isDigits, parseDecimal } from '../decimal.ts'
import { type Remark, SigmaError } from '../refusal.ts'
import { textAt, type YamlMap, type YamlNode } from '../yaml.ts'
import type { Condition } from './ast.ts'
import { parseCondition } from './condition.ts'
import { type Metadata, parseMetadata } from './metadata.ts'

const types = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const
export type CorrelationType = (typeof types)[number]

const operators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const
export type Bound = Readonly<{ operator: (typeof operators)[number]; value: Decimal; text: string }>

/** A correlation as written. Whether the rules it names are there is the matter of the rule set. */
export type Correlation = Readonly<{
  kind: 'correlation'
  at: number
  metadata: Metadata
  type: CorrelationType
  /** Ids and names of rules and of other correlations. */
  rules: readonly string[]
  timespanSeconds: number
  groupBy: readonly string[]
  aliases: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** One bound, or two that make a range; none for a temporal correlation of all its rules. */
  bounds: readonly Bound[]
  /** Condition over the names of the rules (2.2.0), in place of bounds. */
  condition: Condition | null
  fields: readonly string[]
  percentile: number | null
  /** Whether the rules named go on to alert by themselves. */
  generate: boolean
  remarks: readonly Remark[]
}>

/** @throws SigmaError CORRELATION_SHAPE, CORRELATION_TYPE, CORRELATION_TIMESPAN, CONDITION_… */
export function parseCorrelation(document: YamlMap): Correlation {
  const { metadata, remarks } = parseMetadata(document, false)
  const node = document.entries.get('correlation')?.node
  if (node?.kind !== 'map') throw new SigmaError('CORRELATION_SHAPE', 'correlation', document.at)
  const type = types.find(type => type === textAt(node, 'type'))
  if (!type) throw new SigmaError('CORRELATION_TYPE', textAt(node, 'type') ?? 'type', node.at)
  const rules = textsAt(node, 'rules')
  if (rules.length === 0) throw new SigmaError('CORRELATION_SHAPE', 'rules', node.at)
  const limit = conditionOf(node, type, rules, remarks)
  return {
    kind: 'correlation',
    at: document.at,
    metadata,
    type,
    rules,
    timespanSeconds: timespan(node),
    groupBy: textsAt(node, 'group-by'),
    aliases: aliasesOf(node),
    bounds: limit.bounds,
    condition: limit.condition,
    fields: limit.fields,
    percentile: limit.percentile,
    generate: isTrue(node, 'generate') || isTrue(document, 'generate'),
    remarks,
  }
}

type Limit = Pick<Correlation, 'bounds' | 'condition' | 'fields' | 'percentile'>

function conditionOf(
  correlation: YamlMap,
  type: CorrelationType,
  rules: readonly string[],
  remarks: Remark[],
): Limit {
  const node = correlation.entries.get('condition')?.node
  const isTemporal = type === 'temporal' || type === 'temporal_ordered'
  const none: Limit = { bounds: [], condition: null, fields: [], percentile: null }
  if (node === undefined && isTemporal) return none
  if (node?.kind === 'scalar' && isTemporal) {
    return { ...none, condition: parseCondition(node, rules, remarks) }
  }
  if (node?.kind !== 'map') {
    throw new SigmaError('CORRELATION_SHAPE', 'condition', node?.at ?? correlation.at)
  }
  const fields = textsAt(node, 'field')
  const needsField = !isTemporal && type !== 'event_count'
  if (needsField !== fields.length > 0) throw new SigmaError('CORRELATION_SHAPE', 'field', node.at)
  if (fields.length > 1 && type !== 'value_count') {
    throw new SigmaError('CORRELATION_SHAPE', 'more than one field', node.at)
  }
  const isRank = type === 'value_percentile' || type === 'value_median'
  const percentile = isRank ? percentileOf(node, type) : null
  return { bounds: boundsOf(node), condition: null, fields, percentile }
}

function boundsOf(condition: YamlMap): Bound[] {
  const bounds: Bound[] = []
  for (const [key, { node, at }] of condition.entries) {
    if (key === 'field' || key === 'percentile') continue
    const operator = operators.find(operator => operator === key)
    const isNumber = node.kind === 'scalar' && node.type === 'number'
    const value = isNumber ? parseDecimal(node.text) : null
    if (!operator || !isNumber || value === null) throw new SigmaError('CORRELATION_SHAPE', key, at)
    bounds.push({ operator, value, text: node.text })
  }
  if (bounds.length < 1 || bounds.length > 2) {
    throw new SigmaError('CORRELATION_SHAPE', `${bounds.length} bounds`, condition.at)
  }
  return bounds
}

const median = 50

function percentileOf(condition: YamlMap, type: CorrelationType): number {
  const text = textAt(condition, 'percentile')
  if (text === null || type === 'value_median') return median
  const percentile = parseDecimal(text) === null ? Number.NaN : Number(text)
  if (percentile >= 0 && percentile <= 100) return percentile
  throw new SigmaError('CORRELATION_SHAPE', 'percentile', condition.at)
}

const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  // Of no fixed length, so as the converter of reference takes them: 30 and 365 days.
  M: 2_592_000,
  y: 31_536_000,
}
// Enough for every unit, and its product with a year is exact.
const timespanDigitsMax = 6

function timespan(correlation: YamlMap): number {
  const text = textAt(correlation, 'timespan') ?? ''
  const unit = text.at(-1) ?? ''
  const digits = text.slice(0, -1)
  const isGood =
    isDigits(digits) && digits.length <= timespanDigitsMax && Object.hasOwn(unitSeconds, unit)
  const seconds = isGood ? Number(digits) * (unitSeconds[unit] as number) : 0
  if (seconds > 0) return seconds
  throw new SigmaError('CORRELATION_TIMESPAN', text, correlation.at)
}

function aliasesOf(correlation: YamlMap): Map<string, Map<string, string>> {
  const node = correlation.entries.get('aliases')?.node
  if (node === undefined) return new Map()
  return new Map(
    mapAt(node, 'aliases').map(([alias, { node }]) => [
      alias,
      new Map(mapAt(node, alias).map(([rule, { node }]) => [rule, requireText(node, rule)])),
    ]),
  )
}

function mapAt(node: YamlNode, what: string): [string, { node: YamlNode }][] {
  if (node.kind !== 'map') throw new SigmaError('CORRELATION_SHAPE', what, node.at)
  return [...node.entries]
}

function requireText(node: YamlNode, what: string): string {
  if (node.kind === 'scalar' && node.type !== 'null') return node.text
  throw new SigmaError('CORRELATION_SHAPE', what, node.at)
}

/** One text or a list of them; none if the key is missing. */
function textsAt(map: YamlMap, key: string): string[] {
  const node = map.entries.get(key)?.node
  if (node === undefined) return []
  if (node.kind === 'list') return node.items.map(item => requireText(item, key))
  return [requireText(node, key)]
}

function isTrue(map: YamlMap, key: string): boolean {
  const node = map.entries.get(key)?.node
  return node?.kind === 'scalar' && node.type === 'boolean' && node.text.toLowerCase() === 'true'
}
