import { SigmaError } from '../refusal.ts'
import type { YamlMap, YamlNode, YamlScalar } from '../yaml.ts'

/** Reads the maps of a pipeline strictly: every key must be known. */
export type Reader = Readonly<{
  at: number
  text(key: string): string | null
  need(key: string): string
  flag(key: string): boolean
  texts(key: string): readonly string[]
  node(key: string): YamlNode | null
}>

/** @throws SigmaError PIPELINE_SHAPE for no map, and for a key that is not among `keys` */
export function readMap(node: YamlNode | null, what: string, keys: readonly string[]): Reader {
  if (node?.kind !== 'map') throw shape(what, node?.at ?? null)
  const unknown = [...node.entries.keys()].find(key => !keys.includes(key))
  if (unknown !== undefined)
    throw shape(`${what}: ${unknown}`, node.entries.get(unknown)?.at ?? null)
  return reader(node, what)
}

function reader(map: YamlMap, what: string): Reader {
  const node = (key: string): YamlNode | null => map.entries.get(key)?.node ?? null
  const text = (key: string): string | null => {
    const value = node(key)
    if (value === null || (value.kind === 'scalar' && value.type === 'null')) return null
    return scalarOf(value, `${what}: ${key}`).text
  }
  return {
    at: map.at,
    node,
    text,
    need: key => {
      const value = text(key)
      if (value === null) throw shape(`${what}: ${key} is missing`, map.at)
      return value
    },
    flag: key => {
      const value = node(key)
      if (value === null) return false
      const scalar = scalarOf(value, `${what}: ${key}`)
      if (scalar.type !== 'boolean') throw shape(`${what}: ${key} is no boolean`, scalar.at)
      return scalar.text.toLowerCase() === 'true'
    },
    texts: key => textsOf(node(key), `${what}: ${key}`),
  }
}

/** One text or a list of them. */
export function textsOf(node: YamlNode | null, what: string): readonly string[] {
  if (node === null) throw shape(`${what} is missing`, null)
  const items = node.kind === 'list' ? node.items : [node]
  if (items.length === 0) throw shape(`${what} is empty`, node.at)
  return items.map(item => scalarOf(item, what).text)
}

/** One or more texts under each key of a map. */
export function namesOf(
  node: YamlNode | null,
  what: string,
): ReadonlyMap<string, readonly string[]> {
  if (node?.kind !== 'map') throw shape(what, node?.at ?? null)
  return new Map(
    [...node.entries].map(([key, { node }]) => [key, textsOf(node, `${what}: ${key}`)]),
  )
}

function scalarOf(node: YamlNode, what: string): YamlScalar {
  if (node.kind === 'scalar' && node.type !== 'null') return node
  throw shape(`${what} is no text`, node.at)
}

export const shape = (detail: string, at: number | null): SigmaError =>
  new SigmaError('PIPELINE_SHAPE', detail, at)
