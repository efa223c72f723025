import { limits } from '../limits.ts'
import type { Splitter } from './lines.ts'

/** `nth` counts the rows behind the header from 0. */
export type RowSink = Readonly<{
  row(fields: Readonly<Record<string, string>>, nth: number): void
  trouble(code: 'EVENT_TOO_LARGE' | 'CSV_CELLS' | 'CSV_QUOTE', nth: number): void
}>

/** What may stand between cells. RFC 4180 knows the comma alone; spreadsheets write the others too. */
const separators = [',', ';', '\t']

/** The separator that the header has most of; the comma if it has none. */
export function separatorOf(header: string): string {
  const counts = separators.map(separator => header.split(separator).length)
  return separators[counts.indexOf(Math.max(...counts))] ?? ','
}

/**
 * Reads CSV (RFC 4180) whose first row names the fields. An empty cell is a field that the event
 * does not have; `""` is an empty text. Empty lines are passed over. A row with more or fewer cells
 * than the header is no event.
 */
export const splitRows = (sink: RowSink, separator: string): Splitter =>
  new RowSplitter(sink, separator)

class RowSplitter implements Splitter {
  readonly #sink: RowSink
  readonly #separator: string
  /** What may end a run of plain characters. */
  readonly #special: RegExp
  readonly #decoder = new TextDecoder()
  #names: readonly string[] | null = null
  #nth = 0
  #cells: (string | null)[] = []
  #cell = ''
  /** Of the row so far; no more than an event may have are kept. */
  #characters = 0
  #isQuoted = false
  #isInQuotes = false
  /** A quote was just read inside quotes: it ends them unless another one follows. */
  #isClosing = false
  #isBroken = false

  constructor(sink: RowSink, separator: string) {
    this.#sink = sink
    this.#separator = separator
    this.#special = new RegExp(`[${separator}\n"]`, 'g')
  }

  push(chunk: Uint8Array): void {
    this.#read(this.#decoder.decode(chunk, { stream: true }))
  }

  end(): void {
    this.#read(this.#decoder.decode())
    this.#isBroken ||= this.#isInQuotes
    if (this.#cells.length > 0 || this.#cell !== '' || this.#isQuoted) this.#endRow()
  }

  isDone(): boolean {
    return false
  }

  #read(text: string): void {
    let at = 0
    while (at < text.length)
      at = this.#isInQuotes ? this.#inQuotes(text, at) : this.#plain(text, at)
  }

  /** Reads up to the next quote; returns where to go on. */
  #inQuotes(text: string, at: number): number {
    const end = text.indexOf('"', at)
    this.#add(text.slice(at, end < 0 ? text.length : end))
    if (end < 0) return text.length
    this.#isInQuotes = false
    this.#isClosing = true
    return end + 1
  }

  /** Reads outside quotes up to something special or one such; returns where to go on. */
  #plain(text: string, at: number): number {
    const char = text[at] as string
    if (this.#isClosing) {
      this.#isClosing = false
      if (char === '"') {
        this.#add('"')
        this.#isInQuotes = true
        return at + 1
      }
      // Behind quotes nothing but the end of the cell may come.
      if (char !== this.#separator && char !== '\n' && char !== '\r') this.#isBroken = true
    }
    if (char === '"' && this.#cell === '' && !this.#isQuoted) {
      this.#isQuoted = true
      this.#isInQuotes = true
      this.#characters++
    } else if (char === this.#separator) {
      this.#endCell()
      this.#characters++
    } else if (char === '\n') this.#endRow()
    else if (!this.#isQuoted || char !== '\r') {
      this.#special.lastIndex = at + 1
      const end = this.#special.exec(text)?.index ?? text.length
      this.#add(text.slice(at, end))
      return end
    }
    return at + 1
  }

  #add(text: string): void {
    this.#characters += text.length
    if (this.#characters <= limits.eventBytesMax) this.#cell += text
    else {
      this.#cell = ''
      this.#cells = []
    }
  }

  #endCell(): void {
    this.#cells.push(this.#cell === '' && !this.#isQuoted ? null : this.#cell)
    this.#cell = ''
    this.#isQuoted = false
  }

  #endRow(): void {
    if (!this.#isQuoted && this.#cell.endsWith('\r')) this.#cell = this.#cell.slice(0, -1)
    const isTooLong = this.#characters > limits.eventBytesMax
    const isEmpty = this.#cells.length === 0 && this.#cell === '' && !this.#isQuoted
    this.#endCell()
    const row = this.#cells
    const isBroken = this.#isBroken
    this.#cells = []
    this.#characters = 0
    this.#isBroken = false
    if (isEmpty && !isTooLong) return
    if (this.#names === null) this.#names = row.map(name => name ?? '')
    else if (isTooLong) this.#sink.trouble('EVENT_TOO_LARGE', this.#nth++)
    else if (isBroken) this.#sink.trouble('CSV_QUOTE', this.#nth++)
    else if (row.length !== this.#names.length) this.#sink.trouble('CSV_CELLS', this.#nth++)
    else this.#sink.row(fieldsOf(this.#names, row), this.#nth++)
  }
}

function fieldsOf(
  names: readonly string[],
  row: readonly (string | null)[],
): Record<string, string> {
  const fields = row.flatMap((text, at) => {
    const name = names[at] as string
    return text === null || name === '' ? [] : [[name, text] as const]
  })
  return Object.fromEntries(fields)
}
