import { OkiteError } from '../error.ts'
import { type Indexed, type Question, sortKey, testOf } from './find.ts'
import { filteredInPieces, mappedInPieces, sortedInPieces } from './pieces.ts'
import type { ViewColumn } from './view.ts'

/** Some 400 bytes each. A register of more is looked at in a file. */
const entriesMax = 1_000_000
/**
 * Answers that are kept as long as nothing changes, because whoever pages on asks the same again: so many,
 * and of so many places together, of 8 bytes each.
 */
const answersMax = 1_000
const placesMax = 2_000_000
/** So many changes are sorted in one by one; more of them, and all is sorted anew. */
const changesMax = 200

type Order = { sorted: readonly Indexed[] | null; readonly ready: Promise<readonly Indexed[]> }
type Answer = { readonly found: Promise<readonly Indexed[]>; count: number }

/** Entries of a register as they were at one time, found and sorted. Its fields belong to it alone. */
export class Held {
  private readonly columns: readonly ViewColumn[]
  private readonly byId = new Map<string, Indexed>()
  /** Of each column that somebody sorted by; it may be under way. */
  private readonly orders = new Map<string, Order>()
  private readonly answers = new Map<string, Answer>()
  private closed = 0

  constructor(columns: readonly ViewColumn[]) {
    this.columns = columns
  }

  /** How many there are; or how many there were that are no more. */
  sizeOf(closed: boolean): number {
    return closed ? this.closed : this.byId.size - this.closed
  }

  /** @param at where the cell stands by which they are named, if it has one; null: by our numbers */
  named(values: readonly string[], at: number | null): readonly Indexed[] {
    if (at === null) return values.flatMap(id => this.byId.get(id) ?? [])
    const wanted = new Set(values)
    return [...this.byId.values().filter(({ id, cells }) => wanted.has(cells[at] || id))]
  }

  /** @throws OkiteError `REGISTER_FILTER` */
  find(question: Question): Promise<readonly Indexed[]> {
    const asked = JSON.stringify(question)
    const known = this.answers.get(asked)
    if (known !== undefined) {
      // What is asked again and again is not the one that goes.
      this.answers.delete(asked)
      this.answers.set(asked, known)
      return known.found
    }
    const answer: Answer = { found: this.search(question), count: 0 }
    this.answers.set(asked, answer)
    answer.found.then(
      ({ length }) => {
        answer.count = length
        this.forget()
      },
      () => this.answers.delete(asked),
    )
    return answer.found
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
    for (const [name, { sorted }] of [...this.orders]) {
      this.orders.delete(name)
      // One that is under way is of before; it is for those alone who wait for it.
      if (sorted === null || changed.length > changesMax) continue
      this.keep(name, this.sortIn(name, sorted, gone, changed))
    }
  }

  private async search(question: Question): Promise<readonly Indexed[]> {
    const test = testOf(question, this.columns)
    const found = await filteredInPieces(await this.orderOf(question.sort), test)
    return question.isDescending ? found.reverse() : found
  }

  private forget(): void {
    let places = 0
    for (const { count } of this.answers.values()) places += count
    for (const [asked, { count }] of this.answers) {
      if (this.answers.size <= answersMax && places <= placesMax) return
      this.answers.delete(asked)
      places -= count
    }
  }

  private columnOf(name: string): Readonly<{ column: ViewColumn; at: number }> {
    const at = this.columns.findIndex(column => column.name === name)
    const column = this.columns[at]
    if (column === undefined) throw new OkiteError('REGISTER_FILTER', { column: name.slice(0, 40) })
    return { column, at }
  }

  private orderOf(name: string): Promise<readonly Indexed[]> {
    const known = this.orders.get(name)
    if (known !== undefined) return known.ready
    const order: Order = { sorted: null, ready: this.sort(name) }
    this.orders.set(name, order)
    order.ready.then(
      sorted => {
        order.sorted = sorted
      },
      () => this.orders.delete(name),
    )
    return order.ready
  }

  private async sort(name: string): Promise<readonly Indexed[]> {
    const { column, at } = this.columnOf(name)
    const keyed = await mappedInPieces([...this.byId.values()], entry => ({
      entry,
      key: sortKey(column, entry.cells[at] ?? ''),
    }))
    const sorted = await sortedInPieces(
      keyed,
      (a, b) => compare(a.key, b.key) || compare(a.entry.id, b.entry.id),
    )
    return sorted.map(({ entry }) => entry)
  }

  private keep(name: string, sorted: readonly Indexed[]): void {
    this.orders.set(name, { sorted, ready: Promise.resolve(sorted) })
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
