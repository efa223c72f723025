import { OkiteError } from '../error.ts'
import {
  type Column,
  columnFinder,
  columnsMax,
  readHeader,
  refuse,
  requireColumns,
} from './columns.ts'
import { delimiters, type RawRow, readCsv, splitLine, taken } from './csv.ts'
import { decodeText, type Encoding, recogniseEncoding } from './encoding.ts'
import { cellsOfObject, readObjects } from './json-rows.ts'

/** The cells of a row by the name of their column; what the file does not have is empty. */
export type Cells = Readonly<Record<string, string>>

/** A row of a table, or what is wrong with it, with the line on which it begins, counted from 1. */
export type TableRow =
  | Readonly<{ line: number; cells: Cells; error?: never }>
  | Readonly<{ line: number; error: OkiteError; cells?: never }>

/** A file as a table. Its rows are read anew each time that somebody asks for them. */
export type Table = Readonly<{
  format: 'csv' | 'json'
  encoding: Encoding
  /** null: JSON has none. */
  delimiter: string | null
  rows(): Iterable<TableRow>
}>

/** 256 MiB: a million assets have half of it. The bytes are held, so that what was checked is what is written. */
export const tableBytesMax = 256 * 1024 * 1024
/** Twice the largest register that we are made for. */
export const rowsMax = 2_000_000
/** Longer than any name, mail address or department. */
const cellCharactersMax = 1_000

/**
 * Opens a file as a table: recognises encoding, format and delimiter, and finds the columns by the
 * header. Rows that are wrong come as errors; of a file that is wrong as a whole there are none.
 *
 * @throws OkiteError `TABLE_EMPTY`, `TABLE_ENCODING`, `TABLE_ENCODING_DOUBTFUL`, `TABLE_NUL`,
 *   `TABLE_COLUMN_…`
 */
export function openTable(
  bytes: Uint8Array,
  columns: readonly Column[],
  told: Encoding | null = null,
): Table {
  if (bytes.length === 0) throw new OkiteError('TABLE_EMPTY')
  const find = columnFinder(columns)
  // A header in ASCII alone reads alike in every encoding, and tells nothing.
  const isHeader = (line: string): boolean =>
    /[^\0-\x7f]/.test(line) &&
    delimiters.some(delimiter => splitLine(line, delimiter)?.every(cell => find(cell) !== null))
  const encoding = recogniseEncoding(bytes, told, isHeader)
  refuseNul(bytes, encoding)
  const head = headOf(bytes, encoding)
  const format = /^[[{]/.test(head) ? 'json' : 'csv'
  if (format === 'json') {
    const rows = () => limited(readJson(decodeText(bytes, encoding), columns))
    return { format, encoding, delimiter: null, rows }
  }
  const { delimiter, header } = recogniseDelimiter(bytes, encoding, columns)
  const rows = () => limited(readTable(decodeText(bytes, encoding), delimiter, header))
  return { format, encoding, delimiter, rows }
}

/** The first letters that are no space. @throws OkiteError `TABLE_EMPTY` */
function headOf(bytes: Uint8Array, encoding: Encoding): string {
  for (const text of decodeText(bytes, encoding)) {
    const head = text.trimStart()
    if (head !== '') return head.slice(0, 1)
  }
  throw new OkiteError('TABLE_EMPTY')
}

/** Outside UTF-16 a zero byte is of a file that is no text, or of one that was not written to its end. */
function refuseNul(bytes: Uint8Array, encoding: Encoding): void {
  if (encoding.startsWith('utf-16')) return
  const at = bytes.indexOf(0)
  if (at < 0) return
  let [line, begin] = [1, 0]
  for (let feed = bytes.indexOf(10); feed >= 0 && feed < at; feed = bytes.indexOf(10, feed + 1)) {
    line += 1
    begin = feed + 1
  }
  throw new OkiteError('TABLE_NUL', { line, byte: at - begin + 1 })
}

/** The delimiter under which the header has most columns that are known; of none there is one cell. */
function recogniseDelimiter(bytes: Uint8Array, encoding: Encoding, columns: readonly Column[]) {
  const find = columnFinder(columns)
  const tries = delimiters.flatMap(delimiter => {
    const [first] = readCsv(decodeText(bytes, encoding), delimiter)
    if (first?.cells === undefined || first.cells.length > columnsMax) return []
    const known = first.cells.filter(cell => find(cell) !== null).length
    return [{ delimiter, cells: first.cells, known }]
  })
  const best = tries.sort((a, b) => b.known - a.known || b.cells.length - a.cells.length)[0]
  if (best === undefined) throw new OkiteError('TABLE_HEADER')
  return { delimiter: best.delimiter, header: readHeader(best.cells, columns) }
}

function* readTable(
  pieces: Iterable<string>,
  delimiter: string,
  header: readonly Column[],
): Generator<TableRow> {
  let isHeader = true
  for (const row of readCsv(pieces, delimiter)) {
    if (isHeader) isHeader = false
    else yield rowOf(row, header)
  }
}

function rowOf({ line, cells: raw, error }: RawRow, header: readonly Column[]): TableRow {
  if (error !== undefined) return { line, error }
  if (raw.length !== header.length) {
    const data = { cells: raw.length, columns: header.length }
    return { line, error: new OkiteError('TABLE_CELLS', data) }
  }
  return attempt(line, () => {
    const cells: Record<string, string> = {}
    for (const [at, { name }] of header.entries()) cells[name] = cellOf(raw[at] ?? '', name)
    return cells
  })
}

function* readJson(pieces: Iterable<string>, columns: readonly Column[]): Generator<TableRow> {
  const find = columnFinder(columns)
  for (const { line, text, error } of readObjects(pieces)) {
    if (error !== undefined) yield { line, error }
    else {
      yield attempt(line, () => {
        const cells: Record<string, string> = {}
        for (const [given, value] of cellsOfObject(text)) {
          const { name } = find(given) ?? refuse(given, columns)
          if (Object.hasOwn(cells, name))
            throw new OkiteError('TABLE_COLUMN_TWICE', { column: name })
          cells[name] = cellOf(value, name)
        }
        requireColumns(new Set(Object.keys(cells)), columns)
        return cells
      })
    }
  }
}

function attempt(line: number, work: () => Cells): TableRow {
  try {
    return { line, cells: work() }
  } catch (error) {
    if (error instanceof OkiteError) return { line, error }
    throw error
  }
}

/** What no cell of a register has: control characters, marks that turn the direction, damage. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/

/** What stands in a cell, however it came here. @throws OkiteError `TABLE_CHARACTER`, `TABLE_CELL` */
export function cellOf(raw: string, column: string): string {
  const cell = taken(raw).trim()
  const [character] = unfit.exec(cell) ?? []
  if (character !== undefined) {
    const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    throw new OkiteError('TABLE_CHARACTER', { column, character: code })
  }
  if (!cell.isWellFormed()) throw new OkiteError('TABLE_CHARACTER', { column, character: 'U+D800' })
  if (cell.length > cellCharactersMax) throw cellError(column, 'too long')
  return cell
}

/**
 * What is wrong with a cell, without saying what stands in it: it may be personal.
 *
 * @param known all values that the column has, where they are few
 */
export const cellError = (column: string, why: string, known?: readonly string[]): OkiteError =>
  new OkiteError('TABLE_CELL', { column, why, ...(known && { hint: known.join(', ') }) })

function* limited(rows: Iterable<TableRow>): Generator<TableRow> {
  let count = 0
  for (const row of rows) {
    count += 1
    if (count > rowsMax) {
      yield { line: row.line, error: new OkiteError('TABLE_TOO_MANY_ROWS', { max: rowsMax }) }
      return
    }
    yield row
  }
}
