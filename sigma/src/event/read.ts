import { limits } from '../limits.ts'
import { SigmaError } from '../refusal.ts'
import { readJson } from './json.ts'
import type { EventObject, EventValue, SigmaEvent } from './value.ts'
import { flattenWindowsEvent } from './windows.ts'

/**
 * Reads an event: UTF-8 bytes of one JSON object or of a line of any other text, or an object as
 * `JSON.parse` gives it. An event of Windows in its nested form is flattened.
 *
 * @throws SigmaError EVENT_TOO_LARGE, EVENT_TOO_DEEP, EVENT_SYNTAX, EVENT_SHAPE
 */
export function readEvent(event: unknown): SigmaEvent {
  if (!(event instanceof Uint8Array)) return { fields: objectEvent(event), raw: null }
  if (event.length > limits.eventBytesMax) {
    throw new SigmaError('EVENT_TOO_LARGE', `${event.length} bytes`)
  }
  const text = new TextDecoder().decode(event).trim()
  if (!text.startsWith('{')) return { fields: new Map(), raw: text }
  const value = readJson(text)
  if (!(value instanceof Map)) throw new SigmaError('EVENT_SHAPE', 'no object')
  return { fields: flattenWindowsEvent(value), raw: null }
}

function objectEvent(event: unknown): EventObject {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new SigmaError('EVENT_SHAPE', 'no object')
  }
  return flattenWindowsEvent(valueOf(event, 0, { values: 0, characters: 0 }) as EventObject)
}

/** What was read of an object so far. One that holds others again and again has no size of its own. */
type Size = { values: number; characters: number }

function grow(size: Size, characters: number): void {
  size.values++
  size.characters += characters
  if (size.values > limits.eventValuesMax || size.characters > limits.eventBytesMax) {
    throw new SigmaError('EVENT_TOO_LARGE', `${size.values} values, ${size.characters} characters`)
  }
}

function valueOf(value: unknown, depth: number, size: Size): EventValue {
  if (depth > limits.eventDepthMax) throw new SigmaError('EVENT_TOO_DEEP', 'nested too deeply')
  grow(size, typeof value === 'string' ? value.length : 0)
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      // What is no number is null, as JSON has it.
      if (!Number.isFinite(value)) return null
      // A whole number is written out, so that it is the exact value of the double.
      return { number: Number.isInteger(value) ? BigInt(value).toString() : String(value) }
    case 'bigint':
      return { number: value.toString() }
    case 'undefined':
      return null
    case 'object':
      if (value === null) return null
      // Unlike `map`, this takes places that are empty as well.
      if (Array.isArray(value)) return Array.from(value, item => valueOf(item, depth + 1, size))
      return new Map(
        Object.entries(value).map(([name, item]) => {
          size.characters += name.length
          return [name, valueOf(item, depth + 1, size)]
        }),
      )
    case 'function':
    case 'symbol':
      throw new SigmaError('EVENT_SHAPE', typeof value)
  }
}
