import { neutralised, writeRow } from './csv.ts'
import { inGroups } from './register.ts'
import type { Cells } from './table.ts'

/** Rows of text that are made together: a piece is as large as a page of the network likes it. */
const pieceCount = 500

/**
 * CSV of these columns, in the form in which it is imported, with cells that no spreadsheet takes for a
 * formula.
 *
 * @param isMarked U+FEFF at the beginning, by which older spreadsheets recognise UTF-8
 */
export function* csvOf(
  columns: readonly string[],
  rows: Iterable<Cells>,
  isMarked: boolean,
): Generator<string> {
  yield `${isMarked ? '\ufeff' : ''}${writeRow(columns)}`
  for (const group of inGroups(rows, pieceCount)) {
    yield group
      .map(cells => writeRow(columns.map(column => neutralised(cells[column] ?? ''))))
      .join('')
  }
}

/** An array of objects, a line each, in the form in which it is imported. */
export function* jsonOf(columns: readonly string[], rows: Iterable<Cells>): Generator<string> {
  let before = '['
  for (const group of inGroups(rows, pieceCount)) {
    yield group
      .map(cells => {
        const object = Object.fromEntries(columns.map(column => [column, cells[column] ?? '']))
        const line = `${before}\n${JSON.stringify(object)}`
        before = ','
        return line
      })
      .join('')
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}
