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
const wrapping = /^\{\s*"(?:Records|records|value)"\s*:\s*$/

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
export const splitValues = (sink: ValueSink): Splitter => new ValueSplitter(sink)

class ValueSplitter implements Splitter {
  readonly #sink: ValueSink
  #nth = 0
  /** Whether the events are members of a list, and whether an object wraps that. */
  #isListed = false
  #isWrapped = false
  /** In the rest of a wrapping behind its list: nothing there is an event. */
  #isTail = false
  #isInValue = false
  #isInString = false
  #isEscaped = false
  /** Brackets that are open in the value; 0 inside a number or a word. */
  #depth = 0
  /** The bytes of the value in chunks that are over. */
  #parts: Uint8Array[] = []
  #size = 0

  constructor(sink: ValueSink) {
    this.#sink = sink
  }

  push(chunk: Uint8Array): void {
    /** Where in the chunk the bytes of the value begin that are not kept yet. */
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk[at] as number
      if (this.#isInString) {
        this.#string(code)
        continue
      }
      if (this.#isInValue && this.#endsWord(code)) {
        this.#keep(chunk.subarray(from, at))
        this.#give()
      }
      if (!this.#isInValue) {
        if (!this.#begins(code)) {
          from = at + 1
          continue
        }
        from = at
      }
      if (code === quote) this.#isInString = true
      else if (code === openObject) this.#depth++
      else if (code === openList) {
        if (this.#unwraps(chunk.subarray(from, at))) from = at + 1
        else this.#depth++
      } else if (code === closeObject || code === closeList) {
        if (--this.#depth > 0) continue
        this.#keep(chunk.subarray(from, at + 1))
        this.#give()
        from = at + 1
      }
    }
    if (this.#isInValue) this.#keep(chunk.subarray(from))
  }

  end(): void {
    const isWord = this.#isInValue && this.#depth === 0 && !this.#isInString
    if (isWord) this.#give()
    else if (this.#isInValue || this.#isListed) this.#sink.trouble('EVENT_SYNTAX', this.#nth)
  }

  isDone(): boolean {
    return false
  }

  #string(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (code === backslash) this.#isEscaped = true
    else if (code === quote) this.#isInString = false
  }

  /** Whether a number or word ends before this byte. */
  #endsWord(code: number): boolean {
    return this.#depth === 0 && (isBlank(code) || code === comma || code === closeList)
  }

  /** Takes a byte between values; returns whether a value begins with it. */
  #begins(code: number): boolean {
    if (isBlank(code) || code === comma) return false
    if (code === openList && !this.#isListed) {
      this.#isListed = true
      return false
    }
    const isEnd = code === closeList && this.#isListed
    if (isEnd) this.#isListed = false
    if (isEnd && !this.#isWrapped) return false
    this.#isInValue = true
    this.#isTail = isEnd
    this.#isWrapped &&= !isEnd
    // Of a wrapping the own bracket is still open.
    this.#depth = isEnd ? 1 : 0
    return !isEnd
  }

  /** At the beginning of a list: whether all before it is a wrapping, which then is left behind. */
  #unwraps(before: Uint8Array): boolean {
    const isEarly = this.#depth === 1 && this.#size + before.length < wrappingBytesMax
    if (!isEarly || this.#isListed || this.#isTail) return false
    const text = Buffer.concat([...this.#parts, before]).toString('latin1')
    if (!wrapping.test(text)) return false
    this.#isListed = true
    this.#isWrapped = true
    this.#reset()
    return true
  }

  #keep(bytes: Uint8Array): void {
    this.#size += bytes.length
    if (this.#isTail || this.#size > limits.eventBytesMax) this.#parts = []
    else if (bytes.length > 0) this.#parts.push(bytes)
  }

  #give(): void {
    if (!this.#isTail) {
      const [first = new Uint8Array(), ...more] = this.#parts
      const bytes = more.length === 0 ? first : Buffer.concat(this.#parts)
      if (this.#size > limits.eventBytesMax) this.#sink.trouble('EVENT_TOO_LARGE', this.#nth)
      else if (bytes[0] !== openObject) this.#sink.trouble('EVENT_SHAPE', this.#nth)
      else this.#sink.object(bytes, this.#nth)
      this.#nth++
    }
    this.#isTail = false
    this.#reset()
  }

  #reset(): void {
    this.#isInValue = false
    this.#parts = []
    this.#size = 0
  }
}
