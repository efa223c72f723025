import { readEvent } from '../event/read.ts'
import { sourceFields, sourceOf } from '../event/source.ts'
import type { EventSource } from '../index.ts'
import { refusalOf } from '../refusal.ts'

/** Names by which an event may say where it comes from; of a path, its whole or its beginning. */
const names = new Set(sourceFields.flatMap(name => [name, name.split('.')[0] as string]))
const needles = [...names].map(name => Buffer.from(`"${name}"`))

/** Whether an event says where it comes from. One that cannot be read says nothing. */
export function saysSource(event: Uint8Array | object): boolean {
  if (!mayName(event)) return false
  const read = refusalOf(() => sourceOf(readEvent(event).fields))
  if ('refused' in read) return false
  const { products, services, categories } = read.done
  return products.length + services.length + categories.length > 0
}

/** A quick look that spares most events to be read. A name with an escape in it is read as well. */
function mayName(event: Uint8Array | object): boolean {
  if (!(event instanceof Uint8Array)) return true
  const bytes = Buffer.from(event.buffer, event.byteOffset, event.length)
  return needles.some(needle => bytes.includes(needle)) || bytes.includes('\\u00')
}

/** The source of an event as the engine wants it: what was given for events that do not say theirs. */
export const sourceFor = (
  event: Uint8Array | object,
  given: EventSource | null,
): EventSource | undefined => (given === null || saysSource(event) ? undefined : given)
