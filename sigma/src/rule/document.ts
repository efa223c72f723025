import { type Refusal, type Remark, refusalOf, SigmaError } from '../refusal.ts'
import { readYaml, textAt, type YamlMap, type YamlNode } from '../yaml.ts'
import type { Rule } from './ast.ts'
import { type Correlation, parseCorrelation } from './correlation.ts'
import { parseSection } from './detection.ts'
import { type Filter, parseFilter } from './filter.ts'
import { parseLogsource } from './logsource.ts'
import { parseMetadata } from './metadata.ts'
import type { Placeholders } from './placeholders.ts'
import { type SigmaVersion, versionOf } from './version.ts'

/** A document of the source, parsed or refused; a refused one keeps what names it, if anything. */
export type Document = Rule | Filter | Correlation | RefusedDocument
export type RefusedDocument = Readonly<{
  kind: 'refused'
  at: number
  id: string | null
  title: string | null
  refusal: Refusal
}>

/** Parses all documents of a source. Nothing is thrown: what cannot be used is in the result. */
export function parseDocuments(source: string, placeholders: Placeholders = new Map()): Document[] {
  const read = refusalOf(() => readYaml(source))
  if ('refused' in read) return [refused(1, null, read.refused)]
  return read.done.map(document => {
    if ('refused' in document) return refused(document.at, null, document.refused)
    const parsed = refusalOf(() => parseDocument(document.root, placeholders))
    return 'refused' in parsed ? refused(document.at, document.root, parsed.refused) : parsed.done
  })
}

function refused(at: number, root: YamlNode | null, refusal: Refusal): RefusedDocument {
  const map = root?.kind === 'map' ? root : null
  const id = map && textAt(map, 'id')
  return {
    kind: 'refused',
    at,
    id: id?.toLowerCase() ?? null,
    title: map && textAt(map, 'title'),
    refusal,
  }
}

function parseDocument(root: YamlNode, placeholders: Placeholders): Rule | Filter | Correlation {
  if (root.kind !== 'map') throw new SigmaError('DOCUMENT_KIND', 'no map', root.at)
  const kinds = ['detection', 'correlation', 'filter'].filter(key => root.entries.has(key))
  if (root.entries.has('action')) throw new SigmaError('DOCUMENT_ACTION', 'action', root.at)
  if (kinds.length !== 1)
    throw new SigmaError('DOCUMENT_KIND', kinds.join(' and ') || 'none', root.at)
  const remarks: Remark[] = []
  const version = versionOf(root)
  if (kinds[0] === 'correlation') return parseCorrelation(root)
  if (kinds[0] === 'filter') return parseFilter(root, { placeholders, remarks, version })
  return parseRule(root, placeholders, version)
}

function parseRule(root: YamlMap, placeholders: Placeholders, version: SigmaVersion): Rule {
  const { metadata, remarks } = parseMetadata(root, false)
  const logsource = parseLogsource(root)
  const section = root.entries.get('detection')?.node
  if (section?.kind !== 'map') throw new SigmaError('DETECTION_SHAPE', 'no map', root.at)
  const timeframe = section.entries.get('timeframe')
  if (timeframe) remarks.push({ code: 'TIMEFRAME_IGNORED', at: timeframe.at, detail: 'timeframe' })
  const context = { placeholders, remarks, version }
  const detection = parseSection(section, ['timeframe'], context)
  return { kind: 'detection', at: root.at, metadata, logsource, detection, remarks }
}
