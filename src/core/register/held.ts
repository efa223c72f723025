import { OkiteError } from '../error.ts'
import { type Indexed, type Question, sortKey, testOf } from './find.ts'
import type { ViewColumn } from './view.ts'

/** Some 400 bytes each. A register of more is looked at in a file. */
const entriesMax = 1_000_000
/** Answers that are kept, as long as nothing changes: whoever pages on asks the same again. */
const answersMax = 16
/** So many changes are sorted in one by one; more of them, and all is sorted anew. */
const changesMax = 200

/** Entries of a register as they were at one time, found and sorted. Its fields belong to it alone. */
export class Held {
  private readonly columns: readonly ViewColumn[]
  private readonly byId = new Map<string, Indexed>()
  /** Of each column that somebody sorted by. */
  private readonly orders = new Map<string, Indexed[]>()
  private readonly answers = new Map<string, readonly Indexed[]>()
  private closed = 0

  constructor(columns: readonly ViewColumn[]) {
    this.columns = columns
  }

  /** How many there are; or how many there were that are no more. */
  sizeOf(closed: boolean): number {
    return closed ? this.closed : this.byId.size - this.closed
  }

  /** @throws OkiteError `REGISTER_FILTER` */
  find(question: Question): readonly Indexed[] {
    const asked = JSON.stringify(question)
    const known = this.answers.get(asked)
    if (known !== undefined) {
      // What is asked again and again is not the one that goes.
      this.answers.delete(asked)
      this.answers.set(asked, known)
      return known
    }
    const test = testOf(question, this.columns)
    const found = this.orderOf(question.sort).filter(test)
    if (question.isDescending) found.reverse()
    const [oldest] = this.answers.keys()
    if (this.answers.size >= answersMax && oldest !== undefined) this.answers.delete(oldest)
    this.answers.set(asked, found)
    return found
  }

  /** Entries that are new, or other ones. What is asked meanwhile sees all of them or none. */
  take(changed: readonly Indexed[]): void {
    const gone = new Set(changed.flatMap(({ id }) => this.byId.get(id) ?? []))
    for (const { closed } of gone) this.closed -= Number(closed)
    for (const entry of changed) this.byId.set(entry.id, entry)
    this.closed += changed.filter(({ closed }) => closed).length
    if (this.byId.size > entriesMax) {
      throw new OkiteError('REGISTER_TOO_LARGE', { max: entriesMax })
    }
    this.answers.clear()
    if (changed.length > changesMax) this.orders.clear()
    for (const [name, order] of this.orders)
      this.orders.set(name, this.sortIn(name, order, gone, changed))
  }

  private columnOf(name: string): Readonly<{ column: ViewColumn; at: number }> {
    const at = this.columns.findIndex(column => column.name === name)
    const column = this.columns[at]
    if (column === undefined) throw new OkiteError('REGISTER_FILTER', { column: name.slice(0, 40) })
    return { column, at }
  }

  private orderOf(name: string): readonly Indexed[] {
    const known = this.orders.get(name)
    if (known !== undefined) return known
    const { column, at } = this.columnOf(name)
    const keyed = [...this.byId.values()].map(entry => ({
      entry,
      key: sortKey(column, entry.cells[at] ?? ''),
    }))
    keyed.sort((a, b) => compare(a.key, b.key) || compare(a.entry.id, b.entry.id))
    const order = keyed.map(({ entry }) => entry)
    this.orders.set(name, order)
    return order
  }

  private sortIn(
    name: string,
    order: readonly Indexed[],
    gone: ReadonlySet<Indexed>,
    changed: readonly Indexed[],
  ): Indexed[] {
    const { column, at } = this.columnOf(name)
    const keyOf = (entry: Indexed) => sortKey(column, entry.cells[at] ?? '')
    const sorted = order.filter(entry => !gone.has(entry))
    for (const entry of changed) {
      const key = keyOf(entry)
      let [low, high] = [0, sorted.length]
      while (low < high) {
        const middle = (low + high) >> 1
        const other = sorted[middle] as Indexed
        const order = compare(keyOf(other), key) || compare(other.id, entry.id)
        if (order < 0) low = middle + 1
        else high = middle
      }
      sorted.splice(low, 0, entry)
    }
    return sorted
  }
}

/** By code points, so that the order is the same on every machine. */
const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)
