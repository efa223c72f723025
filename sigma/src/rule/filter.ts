import { type Remark, SigmaError } from '../refusal.ts'
import type { YamlMap } from '../yaml.ts'
import type { Condition, DetectionSection } from './ast.ts'
import { parseSection, type SectionContext } from './detection.ts'
import { type Logsource, parseLogsource } from './logsource.ts'
import { type Metadata, parseMetadata } from './metadata.ts'

/** A filter: its section is a condition more that the rules named must fulfil. */
export type Filter = Readonly<{
  kind: 'filter'
  at: number
  metadata: Metadata
  logsource: Logsource
  /** Ids and names; null for any rule. */
  rules: readonly string[] | null
  section: DetectionSection
  remarks: readonly Remark[]
}>

/** @throws SigmaError FILTER_SHAPE and what metadata, log source and detections refuse */
export function parseFilter(document: YamlMap, context: SectionContext): Filter {
  const { metadata, remarks } = parseMetadata(document, true)
  context.remarks.push(...remarks)
  const logsource = parseLogsource(document)
  const node = document.entries.get('filter')?.node
  if (node?.kind !== 'map') throw new SigmaError('FILTER_SHAPE', 'filter', document.at)
  const rules = rulesOf(node)
  const section = parseSection(node, ['rules'], context)
  if (!hasNot(section.condition)) {
    context.remarks.push({ code: 'FILTER_WITHOUT_NOT', at: node.at, detail: metadata.title })
  }
  return {
    kind: 'filter',
    at: document.at,
    metadata,
    logsource,
    rules,
    section,
    remarks: context.remarks,
  }
}

function rulesOf(filter: YamlMap): string[] | null {
  const node = filter.entries.get('rules')?.node
  const isAny = node?.kind === 'scalar' && node.text.toLowerCase() === 'any'
  if (isAny) return null
  const items = node?.kind === 'list' ? node.items : node ? [node] : []
  const names = items.flatMap(item =>
    item.kind === 'scalar' && item.type !== 'null' ? [item.text] : [],
  )
  if (names.length === 0 || names.length < items.length) {
    throw new SigmaError('FILTER_SHAPE', 'rules', node?.at ?? filter.at)
  }
  return names
}

function hasNot(condition: Condition): boolean {
  if (condition.kind === 'not') return true
  return (condition.kind === 'and' || condition.kind === 'or') && condition.of.some(hasNot)
}
