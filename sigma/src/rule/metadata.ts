import { limits } from '../limits.ts'
import { type Remark, SigmaError } from '../refusal.ts'
import { textAt, type YamlMap, type YamlNode } from '../yaml.ts'

/** What a document says of itself. What breaks the schema is left out here and remarked. */
export type Metadata = Readonly<{
  title: string
  id: string | null
  name: string | null
  status: string | null
  level: string | null
  description: string | null
  author: string | null
  license: string | null
  taxonomy: string
  date: string | null
  modified: string | null
  tags: readonly string[]
  references: readonly string[]
  falsepositives: readonly string[]
  fields: readonly string[]
  scope: readonly string[]
  related: readonly Readonly<{ id: string; type: string }>[]
  /** Keys that the specification does not know, as written. */
  custom: ReadonlyMap<string, YamlNode>
}>

const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported']
const levels = ['informational', 'low', 'medium', 'high', 'critical']
const relations = ['derived', 'obsolete', 'merged', 'renamed', 'similar', 'correlation']
const titleCharactersMax = 256

const known = new Set(
  `title id name status level description author license taxonomy date modified tags references
   falsepositives fields scope related logsource detection correlation filter sigma-version`.split(
    /\s+/,
  ),
)

/**
 * Reads the metadata of a document. Only a missing title is refused, and only where `isTitled`:
 * rules and correlations inside a correlation need none (M71), which the rule set knows.
 *
 * @throws SigmaError TITLE_MISSING
 */
export function parseMetadata(
  document: YamlMap,
  isTitled: boolean,
): { metadata: Metadata; remarks: Remark[] } {
  const remarks: Remark[] = []
  const remark = (key: string, why: string): void => {
    const at = document.entries.get(key)?.at ?? document.at
    remarks.push({ code: 'METADATA_SCHEMA', at, detail: `${key}: ${why}` })
  }
  const title = textAt(document, 'title')
  if (title === null && isTitled) throw new SigmaError('TITLE_MISSING', 'title', document.at)
  if ((title?.length ?? 0) > titleCharactersMax) remark('title', 'longer than 256 characters')
  const one = (key: string, isGood: (text: string) => boolean, why: string): string | null => {
    if (!document.entries.has(key)) return null
    const text = textAt(document, key)
    if (text !== null && isGood(text)) return text
    remark(key, why)
    return null
  }
  const anything = (): boolean => true
  const texts = (key: string): string[] => listOf(document, key, why => remark(key, why))
  const id = one('id', isUuid, 'no UUID')
  const tags = texts('tags')
  if (!tags.every(isTag)) remark('tags', 'not all are namespace.value')
  const metadata: Metadata = {
    title: title ?? '',
    id: id?.toLowerCase() ?? textAt(document, 'id'),
    name: one('name', text => text !== '', 'no text'),
    status: one('status', text => statuses.includes(text), 'unknown'),
    level: one('level', text => levels.includes(text), 'unknown'),
    description: one('description', anything, 'no text'),
    author: one('author', anything, 'no text'),
    license: one('license', anything, 'no text'),
    taxonomy: one('taxonomy', text => text !== '', 'no text') ?? 'sigma',
    date: one('date', isDate, 'not YYYY-MM-DD'),
    modified: one('modified', isDate, 'not YYYY-MM-DD'),
    tags,
    references: texts('references'),
    falsepositives: texts('falsepositives'),
    fields: texts('fields'),
    scope: texts('scope'),
    related: relatedOf(document, why => remark('related', why)),
    custom: customOf(document),
  }
  return { metadata, remarks }
}

const nothing: Metadata['custom'] = new Map()

function customOf(document: YamlMap): Metadata['custom'] {
  let custom: Map<string, YamlNode> | null = null
  document.entries.forEach(({ node }, key) => {
    if (known.has(key)) return
    custom ??= new Map()
    custom.set(key, node)
  })
  return custom ?? nothing
}

function listOf(document: YamlMap, key: string, remark: (why: string) => void): string[] {
  const node = document.entries.get(key)?.node
  if (node === undefined) return []
  if (node.kind !== 'list') {
    remark('no list')
    return []
  }
  const texts: string[] = []
  for (const item of node.items) if (item.kind === 'scalar') texts.push(item.text)
  if (texts.length < node.items.length) remark('not all are text')
  return texts
}

function relatedOf(
  document: YamlMap,
  remark: (why: string) => void,
): { id: string; type: string }[] {
  const node = document.entries.get('related')?.node
  if (node === undefined) return []
  const items = node.kind === 'list' ? node.items : [node]
  return items.flatMap(item => {
    const id = item.kind === 'map' ? textAt(item, 'id') : null
    const type = item.kind === 'map' ? textAt(item, 'type') : null
    if (id !== null && type !== null && relations.includes(type)) return [{ id, type }]
    remark('not all are an id and a known type')
    return []
  })
}

// Metadata is no data of rules or events to match: plain expressions of fixed form may read it.
const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
const isDate = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text)
const isTag = (text: string): boolean =>
  text.length <= limits.tagCharactersMax && /^[a-z0-9_-]+\.[a-z0-9._-]+$/.test(text)
