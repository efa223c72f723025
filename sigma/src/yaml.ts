import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter } from 'yaml'
import { limits } from './limits.ts'
import { type Refusal, refusalOf, SigmaError } from './refusal.ts'
import { isWellFormed } from './surrogates.ts'
import { readPlainYaml } from './yaml-plain.ts'
import { type ParsedDocument, parseStream } from './yaml-stream.ts'
import { typeOfPlain } from './yaml-type.ts'

/**
 * A node of a YAML document, aliases written out. A scalar keeps its source `text` beside its
 * `value`; of a number the text is its exact value too. `at` is the line, from 1.
 */
export type YamlNode = YamlMap | YamlList | YamlScalar
export type YamlMap = Readonly<{ kind: 'map'; entries: ReadonlyMap<string, YamlEntry>; at: number }>
export type YamlEntry = Readonly<{ node: YamlNode; at: number }>
export type YamlList = Readonly<{ kind: 'list'; items: readonly YamlNode[]; at: number }>
export type YamlScalar = Readonly<{
  kind: 'scalar'
  type: 'string' | 'number' | 'boolean' | 'null'
  text: string
  at: number
}>

/** One document of a stream, or why it cannot be read. `at` is the line where it begins. */
export type YamlDocument = Readonly<
  { at: number; root: YamlNode } | { at: number; refused: Refusal }
>

/**
 * Reads a stream of YAML 1.2 documents. Only `null`, booleans and decimal numbers are typed; `yes`,
 * `0x10`, `012`, `1:30` and dates stay text, as rules mean them. Empty documents are left out.
 *
 * @throws SigmaError SOURCE_TOO_LARGE
 */
export function readYaml(source: string): YamlDocument[] {
  if (source.length > limits.sourceCharactersMax) {
    throw new SigmaError('SOURCE_TOO_LARGE', `${source.length} characters`)
  }
  return readPlainYaml(source) ?? readAnyYaml(source)
}

/** The same for sources of any form, by the package `yaml`: some twenty times as slow. */
export function readAnyYaml(source: string): YamlDocument[] {
  const lines = new LineCounter()
  const documents: YamlDocument[] = []
  for (const document of parseStream(source, lines)) {
    if ('refused' in document) return [...documents, document]
    const at = lines.linePos(document.range[0]).line || 1
    const read = refusalOf(() => new Reader(document, lines).root())
    if ('refused' in read) documents.push({ at, refused: read.refused })
    else if (read.done !== null) documents.push({ at: read.done.at, root: read.done })
  }
  return documents
}

/** Turns one parsed document into nodes of ours. Owns the count of its nodes. */
class Reader {
  readonly #document: ParsedDocument
  readonly #lines: LineCounter
  readonly #anchors = new Map<string, unknown>()
  /** Anchors being written out: an alias inside its own anchor has no end. */
  readonly #open = new Set<string>()
  #nodes = 0

  constructor(document: ParsedDocument, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  root(): YamlNode | null {
    const error = this.#document.errors[0]
    if (error) {
      const { line } = this.#lines.linePos(error.pos[0])
      throw new SigmaError('YAML_SYNTAX', error.code, line || 1)
    }
    const { contents } = this.#document
    if (contents === null) return null
    const root = this.#node(contents, 0)
    return root.kind === 'scalar' && root.type === 'null' ? null : root
  }

  #node(node: unknown, depth: number): YamlNode {
    const at = this.#lineOf(node)
    if (++this.#nodes > limits.yamlNodesMax) {
      throw new SigmaError('YAML_TOO_LARGE', `more than ${limits.yamlNodesMax} nodes`, at)
    }
    if (depth > limits.yamlDepthMax) throw new SigmaError('YAML_TOO_DEEP', 'nested too deeply', at)
    if (isAlias(node)) return this.#alias(node, depth)
    const anchor = (node as { anchor?: string }).anchor
    if (anchor === undefined) return this.#content(node, at, depth)
    this.#anchors.set(anchor, node)
    this.#open.add(anchor)
    const content = this.#content(node, at, depth)
    this.#open.delete(anchor)
    return content
  }

  #content(node: unknown, at: number, depth: number): YamlNode {
    if (isMap(node)) {
      checkTag(node.tag, ['tag:yaml.org,2002:map'], at)
      return { kind: 'map', entries: this.#entries(node.items, depth), at }
    }
    if (isSeq(node)) {
      checkTag(node.tag, ['tag:yaml.org,2002:seq'], at)
      return { kind: 'list', items: node.items.map(item => this.#node(item, depth + 1)), at }
    }
    if (isScalar(node)) return scalar(node, at)
    return { kind: 'scalar', type: 'null', text: '', at }
  }

  #entries(
    pairs: readonly { key: unknown; value: unknown }[],
    depth: number,
  ): Map<string, YamlEntry> {
    const entries = new Map<string, YamlEntry>()
    for (const { key, value } of pairs) {
      const name = this.#node(key, depth + 1)
      if (name.kind !== 'scalar') throw new SigmaError('YAML_KEY', 'a key is no scalar', name.at)
      if (entries.has(name.text)) throw new SigmaError('YAML_DUPLICATE_KEY', name.text, name.at)
      const node: YamlNode =
        value === null
          ? { kind: 'scalar', type: 'null', text: '', at: name.at }
          : this.#node(value, depth + 1)
      entries.set(name.text, { node, at: name.at })
    }
    return entries
  }

  #alias(alias: Alias, depth: number): YamlNode {
    const { source } = alias
    const target = this.#anchors.get(source)
    if (target === undefined || this.#open.has(source)) {
      throw new SigmaError('YAML_ALIAS', source, this.#lineOf(alias))
    }
    this.#open.add(source)
    const content = this.#content(target, this.#lineOf(target), depth)
    this.#open.delete(source)
    return content
  }

  #lineOf(node: unknown): number {
    const range = (node as { range?: readonly number[] | null } | null)?.range
    return this.#lines.linePos(range?.[0] ?? 0).line || 1
  }
}

function checkTag(tag: string | undefined, allowed: readonly string[], at: number): void {
  if (tag === undefined || tag === '!' || allowed.includes(tag)) return
  throw new SigmaError('YAML_TAG', tag, at)
}

const textTag = 'tag:yaml.org,2002:str'

function scalar(
  node: { value: unknown; source?: string; type?: string; tag?: string },
  at: number,
): YamlScalar {
  checkTag(node.tag, [textTag], at)
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '')
  // Half a character is no text, and would be found in the middle of others.
  if (!isWellFormed(text)) throw new SigmaError('YAML_SURROGATE', 'half a character', at)
  const isPlain = (node.type === 'PLAIN' || node.type === undefined) && node.tag === undefined
  return { kind: 'scalar', type: isPlain ? typeOfPlain(text) : 'string', text, at }
}

/** The text of a scalar under `key`, or null if there is none or it is no scalar or null. */
export function textAt(map: YamlMap, key: string): string | null {
  const node = map.entries.get(key)?.node
  return node?.kind === 'scalar' && node.type !== 'null' ? node.text : null
}
