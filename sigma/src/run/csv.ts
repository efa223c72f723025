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
export function splitRows(sink: RowSink, separator: string): Splitter {
  const decoder = new TextDecoder()
  let names: readonly string[] | null = null
  let nth = 0
  let cells: (string | null)[] = []
  let cell = ''
  let characters = 0
  let isQuoted = false
  let isInQuotes = false
  /** A quote was just read inside quotes: it ends them unless another one follows. */
  let isClosing = false
  let isBroken = false

  const add = (text: string): void => {
    characters += text.length
    if (characters <= limits.eventBytesMax) cell += text
    else {
      cell = ''
      cells = []
    }
  }
  const endCell = (): void => {
    cells.push(cell === '' && !isQuoted ? null : cell)
    cell = ''
    isQuoted = false
  }
  const endRow = (): void => {
    if (!isQuoted && cell.endsWith('\r')) cell = cell.slice(0, -1)
    const isEmpty = cells.length === 0 && cell === '' && !isQuoted && characters <= 1
    endCell()
    const row = cells
    const isTooLong = characters > limits.eventBytesMax
    const wasBroken = isBroken
    cells = []
    characters = 0
    isBroken = false
    if (isEmpty) return
    if (names === null) {
      names = row.map(name => name ?? '')
      return
    }
    const known = names
    if (isTooLong) sink.trouble('EVENT_TOO_LARGE', nth)
    else if (wasBroken) sink.trouble('CSV_QUOTE', nth)
    else if (row.length !== known.length) sink.trouble('CSV_CELLS', nth)
    else {
      const fields = row.flatMap((text, at) => {
        const name = known[at] as string
        return text === null || name === '' ? [] : [[name, text] as const]
      })
      sink.row(Object.fromEntries(fields), nth)
    }
    nth++
  }

  const special = new RegExp(`[${separator}\n"]`, 'g')
  function read(text: string): void {
    for (let at = 0; at < text.length; ) {
      if (isInQuotes) {
        const end = text.indexOf('"', at)
        add(text.slice(at, end < 0 ? text.length : end))
        if (end < 0) return
        isInQuotes = false
        isClosing = true
        at = end + 1
        continue
      }
      const char = text[at] as string
      if (isClosing) {
        isClosing = false
        if (char === '"') {
          add('"')
          isInQuotes = true
          at++
          continue
        }
        // Behind quotes nothing but the end of the cell may come.
        if (char !== separator && char !== '\n' && char !== '\r') isBroken = true
      }
      if (char === '"' && cell === '' && !isQuoted) {
        isQuoted = true
        isInQuotes = true
        characters++
        at++
      } else if (char === separator) {
        endCell()
        characters++
        at++
      } else if (char === '\n') {
        endRow()
        at++
      } else if (isQuoted && char === '\r') at++
      else {
        special.lastIndex = at + 1
        const end = special.exec(text)?.index ?? text.length
        add(text.slice(at, end))
        at = end
      }
    }
  }
  return {
    push: chunk => read(decoder.decode(chunk, { stream: true })),
    end() {
      read(decoder.decode())
      if (isInQuotes) isBroken = true
      if (cells.length > 0 || cell !== '' || isQuoted) endRow()
    },
    isDone: () => false,
  }
}
