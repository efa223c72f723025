import type { Regex } from '../../regex/ast.ts'
import { layout } from '../layout.ts'
import type { KernelMemory } from '../memory.ts'
import { matched, type Searcher, type State, statesSearcherOf } from './search.ts'

/**
 * A search as a table that the kernel follows by itself as long as a text is of ASCII: for each state a
 * column for each kind of byte, the first for bytes beyond ASCII and the last for the end of the text.
 */
export type Machine = Readonly<{
  /** The column of each byte. */
  columns: Uint8Array
  table: Uint16Array
  width: number
}>

const asciiEnd = 128
const byteEnd = 256
const cellsMax = 16_384
const statesMax = 512
/** What it may cost to work a table out, in instructions followed. */
const stepsMax = 300_000

// What stands in a table in place of a row: the host has to go on, it has matched, it never will.
const unknown = 0
const found = 1
const over = 2
const firstRow = 3

/** The table of a search, whatever the case if `isFolded`; null if it is none by states. States that are too many are unknown. */
export function machineOf(regex: Regex, isFolded: boolean): Machine | null {
  const searcher = statesSearcherOf(regex)
  if (searcher === null) return null
  const { columns, classes } = columnsOf(searcher, isFolded)
  const width = classes.length + 2
  const rowsMax = Math.min(statesMax, Math.floor((cellsMax - firstRow) / width))
  const states: State[] = [searcher.first]
  const rows = new Map<State, number>([[searcher.first, firstRow]])
  const placeOf = (state: State): number => {
    if (state === matched) return found
    if (state.isOver) return over
    const row = rows.get(state) ?? firstRow + (states.push(state) - 1) * width
    rows.set(state, row)
    return row
  }
  const table: number[] = [unknown, unknown, unknown]
  const budget = { left: stepsMax }
  const mayGoOn = (): boolean => states.length < rowsMax && budget.left > 0
  for (const state of states) {
    table.push(unknown)
    for (const number of classes)
      table.push(mayGoOn() ? placeOf(searcher.next(state, number, budget)) : unknown)
    table.push(mayGoOn() ? (searcher.matchesAtEnd(state, budget) ? found : over) : unknown)
  }
  return { columns, table: Uint16Array.from(table), width }
}

/** Characters of ASCII that a search tells apart, a column for each kind. */
function columnsOf(
  searcher: Searcher,
  isFolded: boolean,
): { columns: Uint8Array; classes: readonly number[] } {
  const classes: number[] = []
  const columns = new Uint8Array(byteEnd)
  for (let byte = 0; byte < asciiEnd; byte++) {
    const character = String.fromCharCode(byte)
    const number = searcher.classOf(isFolded ? character.toLowerCase() : character)
    if (!classes.includes(number)) classes.push(number)
    columns[byte] = classes.indexOf(number) + 1
  }
  return { columns, classes }
}

/** The place of a table in the memory of the kernel. */
export function writeMachine(memory: KernelMemory, { columns, table, width }: Machine): number {
  const tablePlace = memory.allocate(table.byteLength)
  memory.bytes.set(new Uint8Array(table.buffer), tablePlace)
  const place = memory.allocate(layout.MACHINE_CLASSES + byteEnd)
  memory.words[(place + layout.MACHINE_TABLE) / 4] = tablePlace
  memory.words[(place + layout.MACHINE_FIRST) / 4] = firstRow
  memory.words[(place + layout.MACHINE_END) / 4] = width - 1
  memory.bytes.set(columns, place + layout.MACHINE_CLASSES)
  return place
}
