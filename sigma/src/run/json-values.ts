import { limits } from '../limits.ts'
import type { Splitter } from './lines.ts'

/** `nth` counts from 0. The bytes are only lent. */
export type ValueSink = Readonly<{
  object(bytes: Uint8Array, nth: number): void
  /** Something that is no object, is too large, or does not end. */
  trouble(code: 'EVENT_SHAPE' | 'EVENT_TOO_LARGE' | 'EVENT_SYNTAX', nth: number): void
}>

/**
 * An object that is only a wrapping: its first member is one of these lists, and the members of the
 * list are the events. So do CloudTrail and the interfaces of Azure deliver.
 */
export const wrapping = /^\{\s*"(?:Records|records|value)"\s*:\s*$/

/** Longer beginnings are no wrapping. */
const wrappingBytesMax = 64

const byte = (char: string): number => char.charCodeAt(0)
const quote = byte('"')
const backslash = byte('\\')
const comma = byte(',')
const [openList, closeList, openObject, closeObject] = [byte('['), byte(']'), byte('{'), byte('}')]
const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)

/**
 * Splits JSON that is laid out in any way into its objects: the members of a list, objects one
 * behind another, or what is wrapped. It follows quotes and brackets only; whether an object is
 * good JSON is for its reader to say.
 */
export function splitValues(sink: ValueSink): Splitter {
  let nth = 0
  /** How many lists, and wrappings with them, the events lie in: 0 or 1. */
  let lists = 0
  let isWrapped = false
  /** The rest of a wrapping behind its list: nothing in it is an event. */
  let isTail = false
  /** Brackets that are open in the value; 0 inside a number or a word. */
  let depth = 0
  let isInValue = false
  let isInString = false
  let isEscaped = false
  let parts: Uint8Array[] = []
  let size = 0

  const keep = (bytes: Uint8Array): void => {
    size += bytes.length
    if (isTail || size > limits.eventBytesMax) parts = []
    else if (bytes.length > 0) parts.push(bytes)
  }
  const bytesKept = (): Uint8Array =>
    parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)
  const reset = (): void => {
    isInValue = false
    parts = []
    size = 0
  }
  const give = (): void => {
    if (!isTail) {
      const bytes = bytesKept()
      if (size > limits.eventBytesMax) sink.trouble('EVENT_TOO_LARGE', nth)
      else if (bytes[0] !== openObject) sink.trouble('EVENT_SHAPE', nth)
      else sink.object(bytes, nth)
      nth++
    }
    isTail = false
    reset()
  }
  const isWrapping = (): boolean =>
    lists === 0 &&
    !isTail &&
    size < wrappingBytesMax &&
    wrapping.test(Buffer.from(bytesKept()).toString('latin1'))

  /** Between values. Returns whether one begins here. */
  const between = (code: number): boolean => {
    if (isBlank(code) || code === comma) return false
    if (code === openList && lists === 0) {
      lists = 1
      return false
    }
    if (code === closeList && lists === 1) {
      lists = 0
      if (isWrapped) {
        isWrapped = false
        isTail = true
        isInValue = true
        depth = 1
      }
      return false
    }
    isInValue = true
    depth = 0
    return true
  }

  /** Whether a number or word ends before this byte. */
  const endsWord = (code: number): boolean =>
    depth === 0 && (isBlank(code) || code === comma || code === closeList)

  function push(chunk: Uint8Array): void {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk[at] as number
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (code === backslash) isEscaped = true
        else if (code === quote) isInString = false
        continue
      }
      if (isInValue && endsWord(code)) {
        keep(chunk.subarray(from, at))
        give()
      }
      if (!isInValue) {
        from = at
        if (!between(code)) {
          from = at + 1
          continue
        }
      }
      if (code === quote) isInString = true
      else if (code === openObject || code === openList) {
        if (code === openList && depth === 1 && size + at - from < wrappingBytesMax) {
          keep(chunk.subarray(from, at))
          from = at
          if (isWrapping()) {
            lists = 1
            isWrapped = true
            reset()
            from = at + 1
            continue
          }
        }
        depth++
      } else if (code === closeObject || code === closeList) {
        depth--
        if (depth > 0) continue
        keep(chunk.subarray(from, at + 1))
        give()
        from = at + 1
      }
    }
    if (isInValue) keep(chunk.subarray(from))
  }
  return {
    push,
    end() {
      if (isInValue && depth === 0 && !isInString) give()
      else if (isInValue || lists > 0) sink.trouble('EVENT_SYNTAX', nth)
    },
    isDone: () => false,
  }
}
