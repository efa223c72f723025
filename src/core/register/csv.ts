import { OkiteError } from '../error.ts'

/** A row as it stands in the file, or what is wrong with it; `line` is the first of its lines. */
export type RawRow =
  | Readonly<{ line: number; cells: readonly string[]; error?: never }>
  | Readonly<{ line: number; error: OkiteError; cells?: never }>

/** More text in one row is a quote that nobody closed. */
export const rowCharactersMax = 65_536

/** What may stand between cells. */
export const delimiters = [',', ';', '\t'] as const

/**
 * Rows of RFC 4180, strictly: a quote opens at the beginning of a cell and nothing but a delimiter or
 * the end of the line follows where it closes. Line feeds without carriage return are taken as well; a
 * carriage return alone is none. Blank lines are no rows. What is wrong costs its line and no other,
 * except a quote that is never closed: then nobody knows where the next row begins.
 */
export function* readCsv(pieces: Iterable<string>, delimiter: string): Generator<RawRow> {
  const reader = new Reader(delimiter)
  for (const piece of pieces) {
    yield* reader.take(piece, false)
    if (reader.isLost) return
  }
  yield* reader.take('', true)
}

/** Cells of one line that holds no line feed; null where it is not well formed. */
export function splitLine(line: string, delimiter: string): readonly string[] | null {
  for (const row of readCsv([line], delimiter)) return row.cells ?? null
  return null
}

class Reader {
  /** Set when the place of the next row is not known any more. */
  isLost = false
  private readonly delimiter: string
  private rest = ''
  private line = 1

  constructor(delimiter: string) {
    this.delimiter = delimiter
  }

  *take(piece: string, isLast: boolean): Generator<RawRow> {
    const text = this.rest + piece
    let at = 0
    while (at < text.length) {
      const feed = text.indexOf('\n', at)
      const end = feed < 0 ? text.length : feed
      if (feed < 0 && !isLast) break
      const line = text.slice(at, text.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end)
      if (line.includes('"')) {
        const row = this.readQuoted(text, at, isLast)
        if (row === null) break
        yield row.row
        if (this.isLost) return
        this.line += row.lines
        at = row.next
        continue
      }
      if (line !== '') yield this.split(line)
      this.line += 1
      at = end + 1
    }
    this.rest = text.slice(at)
    if (!isLast && this.rest.length > rowCharactersMax) yield this.lose('TABLE_ROW_TOO_LARGE')
  }

  private split(line: string): RawRow {
    if (line.length > rowCharactersMax) return this.refuse('TABLE_ROW_TOO_LARGE')
    if (line.includes('\r')) return this.refuse('TABLE_CARRIAGE_RETURN')
    return { line: this.line, cells: line.split(this.delimiter) }
  }

  private refuse(code: string): RawRow {
    return { line: this.line, error: new OkiteError(code) }
  }

  private lose(code: string): RawRow {
    this.isLost = true
    return this.refuse(code)
  }

  /** The row that begins here; null when its end is not in the text yet. */
  private readQuoted(
    text: string,
    from: number,
    isLast: boolean,
  ): Readonly<{ row: RawRow; next: number; lines: number }> | null {
    const cells: string[] = []
    let lines = 1
    let at = from
    const bad = (code: string, where: number) => {
      const feed = text.indexOf('\n', where)
      if (feed < 0 && !isLast) return null
      return { row: this.refuse(code), next: feed < 0 ? text.length : feed + 1, lines }
    }
    for (;;) {
      let cell: string
      if (text[at] === '"') {
        const close = closing(text, at + 1)
        if (close < 0 || (close === text.length - 1 && !isLast)) {
          if (isLast) return { row: this.lose('TABLE_QUOTE_OPEN'), next: text.length, lines }
          return null
        }
        cell = text.slice(at + 1, close).replaceAll('""', '"')
        lines += countFeeds(cell)
        at = close + 1
      } else {
        const end = endOfCell(text, at, this.delimiter)
        cell = text.slice(at, end)
        if (cell.includes('"')) return bad('TABLE_QUOTE', at)
        at = end
      }
      cells.push(cell)
      if (text[at] === this.delimiter) {
        at += 1
        continue
      }
      if (text[at] === '\r' && text[at + 1] === undefined && !isLast) return null
      const isReturn = text[at] === '\r' && (text[at + 1] === '\n' || text[at + 1] === undefined)
      if (isReturn) at += 1
      if (at < text.length && text[at] !== '\n') {
        return bad(text[at] === '\r' ? 'TABLE_CARRIAGE_RETURN' : 'TABLE_QUOTE', at)
      }
      if (at >= text.length && !isLast) return null
      if (at - from > rowCharactersMax) return bad('TABLE_ROW_TOO_LARGE', at)
      return { row: { line: this.line, cells }, next: at + 1, lines }
    }
  }
}

/** The quote that closes a cell: the first that is not doubled. */
function closing(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at
  }
  return -1
}

function endOfCell(text: string, from: number, delimiter: string): number {
  let at = from
  while (at < text.length) {
    const letter = text[at]
    if (letter === delimiter || letter === '\n' || letter === '\r') break
    at += 1
  }
  return at
}

const countFeeds = (text: string): number => {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

/** As RFC 4180 has it: in quotes where it must be. */
export const writeCell = (text: string): string =>
  /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** Line ends of RFC 4180. */
export const writeRow = (cells: readonly string[]): string =>
  `${cells.map(writeCell).join(',')}\r\n`

/**
 * What a spreadsheet would take for a formula. Its full-width forms are taken for one as well by those
 * that speak Japanese or Chinese.
 */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]/

/** A cell that is text to a spreadsheet, whatever it begins with; `taken` undoes it. */
export const neutralised = (text: string): string => (formula.test(text) ? `'${text}` : text)

/** The value of a cell that may have been neutralised. */
export const taken = (text: string): string =>
  text.startsWith("'") && formula.test(text) ? text.slice(1) : text
