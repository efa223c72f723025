import { SigmaError } from '../refusal.ts'
import type { YamlMap } from '../yaml.ts'

/** What a rule asks of the source of an event, in lower case; null where it asks nothing. */
export type Logsource = Readonly<{
  category: string | null
  product: string | null
  service: string | null
}>

/** Where an event comes from, in lower case. It may be of several categories and services at once. */
export type EventSource = Readonly<{
  products: readonly string[]
  categories: readonly string[]
  services: readonly string[]
}>

/**
 * Reads `logsource`; `definition` and attributes of other names say nothing about events.
 *
 * @throws SigmaError LOGSOURCE_MISSING, LOGSOURCE_SHAPE
 */
export function parseLogsource(document: YamlMap): Logsource {
  const node = document.entries.get('logsource')?.node
  if (node === undefined) throw new SigmaError('LOGSOURCE_MISSING', 'logsource', document.at)
  if (node.kind !== 'map') throw new SigmaError('LOGSOURCE_SHAPE', 'no map', node.at)
  const logsource = {
    category: attribute(node, 'category'),
    product: attribute(node, 'product'),
    service: attribute(node, 'service'),
  }
  if (Object.values(logsource).every(value => value === null)) {
    throw new SigmaError('LOGSOURCE_SHAPE', 'no category, product or service', node.at)
  }
  return logsource
}

function attribute(logsource: YamlMap, name: string): string | null {
  const node = logsource.entries.get(name)?.node
  if (node === undefined || (node.kind === 'scalar' && node.type === 'null')) return null
  if (node.kind !== 'scalar' || node.text === '') {
    throw new SigmaError('LOGSOURCE_SHAPE', name, node.at)
  }
  return node.text.toLowerCase()
}

/** Whether an event from `source` has every attribute that the rule names. */
export function applies(logsource: Logsource, source: EventSource): boolean {
  return (
    (logsource.product === null || source.products.includes(logsource.product)) &&
    (logsource.category === null || source.categories.includes(logsource.category)) &&
    (logsource.service === null || source.services.includes(logsource.service))
  )
}

/** Whether every attribute that `outer` names is the same in `inner`. */
export function contains(outer: Logsource, inner: Logsource): boolean {
  return (['category', 'product', 'service'] as const).every(
    name => outer[name] === null || outer[name] === inner[name],
  )
}
