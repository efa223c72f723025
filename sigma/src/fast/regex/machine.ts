import { layout } from '../layout.ts'
import type { KernelMemory } from '../memory.ts'
import { matched, type Searcher, type State } from './search.ts'

const asciiEnd = 128
const byteEnd = 256
const cellsMax = 8_192
const rowsMax = 512

// What stands in a table in place of a row: the host has to go on, it has matched, it never will.
const unknown = 0
const found = 1
const over = 2
const firstRow = 3

/**
 * What a search has worked out so far, as a table that the kernel follows by itself as long as a text is of
 * ASCII: for each state a column for each kind of byte, the first for bytes beyond ASCII and the last for the
 * end of the text. The search goes on to tell what is new; states that are too many stay unknown.
 */
export class Machine {
  /** Where it stands in the memory of the kernel. */
  readonly place: number
  readonly #memory: KernelMemory
  readonly #table: number
  readonly #width: number
  readonly #rowsMax: number
  readonly #rows = new Map<State, number>()
  /** The class of the characters of each column but the first and the last. */
  readonly #classes: readonly number[]

  constructor(memory: KernelMemory, searcher: Searcher, isFolded: boolean) {
    const { columns, classes } = columnsOf(searcher, isFolded)
    this.#memory = memory
    this.#classes = classes
    this.#width = classes.length + 2
    this.#rowsMax = Math.min(rowsMax, Math.floor((cellsMax - firstRow) / this.#width))
    this.#table = memory.allocate(cellsMax * 2)
    this.place = memory.allocate(layout.MACHINE_CLASSES + byteEnd)
    memory.words[(this.place + layout.MACHINE_TABLE) / 4] = this.#table
    memory.words[(this.place + layout.MACHINE_FIRST) / 4] = firstRow
    memory.words[(this.place + layout.MACHINE_END) / 4] = this.#width - 1
    memory.bytes.set(columns, this.place + layout.MACHINE_CLASSES)
    this.#rows.set(searcher.first, firstRow)
    this.#write([searcher.first])
    searcher.onLearnt = state => {
      if (this.#rows.has(state)) this.#write([state])
    }
  }

  /** Writes the rows of states, and of those that they lead to for the first time. */
  #write(open: State[]): void {
    const cells = new Uint16Array(this.#memory.bytes.buffer, this.#table, cellsMax)
    for (const state of open) {
      const row = this.#rows.get(state) as number
      for (const [column, number] of this.#classes.entries()) {
        const next = state.next[number]
        if (next) cells[row + column + 1] = this.#cellOf(next, open)
      }
      if (state.atEnd !== null) cells[row + this.#width - 1] = state.atEnd ? found : over
    }
  }

  #cellOf(state: State, open: State[]): number {
    if (state === matched) return found
    if (state.isOver) return over
    const known = this.#rows.get(state)
    if (known !== undefined) return known
    if (this.#rows.size >= this.#rowsMax) return unknown
    const row = firstRow + this.#rows.size * this.#width
    this.#rows.set(state, row)
    open.push(state)
    return row
  }
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
