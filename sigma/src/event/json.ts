import { parseDecimal } from '../decimal.ts'
import { limits } from '../limits.ts'
import { SigmaError } from '../refusal.ts'
import type { EventObject, EventValue } from './value.ts'

/**
 * Reads JSON (RFC 8259) and keeps numbers as text. Of a key that comes twice the last value counts,
 * as with `JSON.parse`.
 *
 * @throws SigmaError EVENT_SYNTAX, EVENT_TOO_DEEP
 */
export function readJson(text: string): EventValue {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.finish()
  return value
}

const words: ReadonlyMap<string, null | boolean> = new Map([
  ['null', null],
  ['true', true],
  ['false', false],
])

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): EventValue {
    if (depth > limits.eventDepthMax) throw new SigmaError('EVENT_TOO_DEEP', 'nested too deeply')
    this.#blanks()
    const char = this.#text[this.#at]
    if (char === '{') return this.#object(depth)
    if (char === '[') return this.#list(depth)
    if (char === '"') return this.#string()
    const word = this.#word()
    const known = words.get(word)
    return known === undefined ? this.#number(word) : known
  }

  finish(): void {
    this.#blanks()
    if (this.#at < this.#text.length) throw this.#syntax()
  }

  #object(depth: number): EventObject {
    const fields = new Map<string, EventValue>()
    this.#at++
    if (this.#take('}')) return fields
    do {
      this.#blanks()
      if (this.#text[this.#at] !== '"') throw this.#syntax()
      const name = this.#string()
      if (!this.#take(':')) throw this.#syntax()
      fields.set(name, this.value(depth + 1))
    } while (this.#take(','))
    if (!this.#take('}')) throw this.#syntax()
    return fields
  }

  #list(depth: number): EventValue[] {
    const items: EventValue[] = []
    this.#at++
    if (this.#take(']')) return items
    do items.push(this.value(depth + 1))
    while (this.#take(','))
    if (!this.#take(']')) throw this.#syntax()
    return items
  }

  /** The text of a string is cut out here and read by the platform, which checks its escapes. */
  #string(): string {
    let end = this.#at + 1
    while (end < this.#text.length && this.#text[end] !== '"')
      end += this.#text[end] === '\\' ? 2 : 1
    const quoted = this.#text.slice(this.#at, end + 1)
    try {
      const value: unknown = JSON.parse(quoted)
      if (typeof value !== 'string') throw this.#syntax()
      this.#at = end + 1
      return value
    } catch {
      throw this.#syntax()
    }
  }

  #word(): string {
    const from = this.#at
    while (this.#at < this.#text.length && !isEnd(this.#text[this.#at] as string)) this.#at++
    return this.#text.slice(from, this.#at)
  }

  #number(word: string): EventValue {
    const digits = word.startsWith('-') ? word.slice(1) : word
    const isLeadingZero =
      digits[0] === '0' && (digits[1] ?? '.') >= '0' && (digits[1] ?? '.') <= '9'
    const isNumber = parseDecimal(word) !== null && word[0] !== '+' && !isLeadingZero
    if (isNumber) return { number: word }
    this.#at -= word.length
    throw this.#syntax()
  }

  #take(char: string): boolean {
    this.#blanks()
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #blanks(): void {
    while (isBlank(this.#text[this.#at])) this.#at++
  }

  #syntax(): SigmaError {
    return new SigmaError('EVENT_SYNTAX', `character ${this.#at}`)
  }
}

const isBlank = (char: string | undefined): boolean =>
  char === ' ' || char === '\t' || char === '\n' || char === '\r'

const isEnd = (char: string): boolean => isBlank(char) || ',:]}["{'.includes(char)
