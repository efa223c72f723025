import { compareText } from '../control/match.ts'
import type { Instant, Key, Pos } from '../fact.ts'
import type { Plain } from '../judge.ts'
import { msOf } from '../time.ts'

export { compareText }

/** The state of a judge for one key: a snapshot that is kept in memory and written behind each batch. */
export type Row = {
  state: Plain
  wake: Instant | null
  rank: string | null
  share: Plain | undefined
  /** Where the facts that this row made stand, by the name it gave them. */
  made: Record<string, Pos>
  /** The newest position that was stepped into it and changed it. */
  upto: Pos
  /**
   * The earliest instant at which the row stands in the heap of all wakes, and in that of its judge.
   * A wake that moves later needs no new entry: the old one brings it up to date when it surfaces.
   * Owned by the engine that holds the row, and stored nowhere.
   */
  queued?: Instant | null
  listed?: Instant | null
  /** It was changed since the last flush. */
  isDirty?: boolean
}

/**
 * The rows of one judge, owned by the engine. Every order that leaves this class comes from an
 * explicit comparison, never from the map (V3).
 */
export class Rows {
  readonly byKey: Map<Key, Row>
  private readonly dirty = new Set<Key>()
  /** The row `''`. */
  root: Row | undefined
  /** `rank` and key of the ranked rows, sorted. */
  private readonly ranks: Array<{ rank: string; key: Key }>

  /** @param lender rows to begin with, which are only read */
  constructor(lender?: Rows) {
    this.byKey = lender === undefined ? new Map() : new Lent(lender.byKey)
    this.root = this.byKey.get('')
    this.ranks = lender === undefined ? [] : [...lender.ranks]
  }

  set(key: Key, row: Row | null, before: Row | undefined): void {
    this.dirty.add(key)
    this.move(key, before?.rank ?? null, row?.rank ?? null)
    if (key === '') this.root = row ?? undefined
    if (row === null) this.byKey.delete(key)
    else {
      row.isDirty = true
      this.byKey.set(key, row)
    }
  }

  /** The row has to be written. */
  mark(key: Key, row: Row): void {
    if (row.isDirty === true) return
    row.isDirty = true
    this.dirty.add(key)
  }

  /** Keys whose rows were changed or forgotten since this was asked last. */
  takeDirty(): readonly Key[] {
    const keys = [...this.dirty]
    for (const key of keys) {
      const row = this.byKey.get(key)
      if (row !== undefined) row.isDirty = false
    }
    this.dirty.clear()
    return keys
  }

  /** The row was changed in place; a new one is taken in. */
  update(key: Key, row: Row, rankBefore: string | null, isNew: boolean): void {
    this.mark(key, row)
    this.move(key, rankBefore, row.rank)
    if (!isNew) return
    this.byKey.set(key, row)
    if (key === '') this.root = row
  }

  private move(key: Key, before: string | null, rank: string | null): void {
    if (before === rank) return
    if (before !== null) this.ranks.splice(this.indexOf(before, key), 1)
    if (rank !== null) this.ranks.splice(this.indexOf(rank, key), 0, { rank, key })
  }

  ranked(count: number): Array<{ key: Key; rank: string; made: Readonly<Record<string, Pos>> }> {
    return this.ranks.slice(0, count).map(entry => ({
      ...entry,
      made: this.byKey.get(entry.key)?.made ?? {},
    }))
  }

  keys(): Key[] {
    return [...this.byKey.keys()].sort(compareText)
  }

  private indexOf(rank: string, key: Key): number {
    let low = 0
    let high = this.ranks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = this.ranks[middle]
      if (entry === undefined) break
      const order = compareText(entry.rank, rank) || compareText(entry.key, key)
      if (order < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Rows of another, each copied when it is asked for: nothing that is done to them reaches the lender. */
class Lent extends Map<Key, Row> {
  private readonly lender: ReadonlyMap<Key, Row>
  private readonly gone = new Set<Key>()

  constructor(lender: ReadonlyMap<Key, Row>) {
    super()
    this.lender = lender
  }

  override get(key: Key): Row | undefined {
    const own = super.get(key)
    const lent = own === undefined && !this.gone.has(key) ? this.lender.get(key) : undefined
    if (lent === undefined) return own
    // It stands in no heap, and nobody writes it.
    const copy = { ...lent, queued: null, listed: null, isDirty: true }
    super.set(key, copy)
    return copy
  }

  override delete(key: Key): boolean {
    this.gone.add(key)
    return super.delete(key)
  }

  override keys(): MapIterator<Key> {
    const lent = [...this.lender.keys()].filter(key => !this.gone.has(key))
    return new Set([...lent, ...super.keys()]).values()
  }
}

/**
 * One wake that a row asked for. It is valid only while the row still stands in the heap for this
 * instant; a row that was replaced or forgotten stands in none.
 */
export type Due = Readonly<{ at: Instant; judge: number; key: Key; row: Row }>

/**
 * A binary heap of wakes in the total order (instant, judge, key). Entries of rows that changed
 * their mind stay until they surface; the engine drops them then.
 *
 * The instants stand beside the entries as numbers, in the same order: most comparisons are decided
 * there, without a look at an entry.
 */
export class Wakes {
  private readonly heap: Due[] = []
  private ms = new Float64Array(64)

  get size(): number {
    return this.heap.length
  }

  /** Drops entries that no longer hold. */
  keep(holds: (due: Due) => boolean): void {
    const kept = this.heap.filter(holds)
    this.heap.length = 0
    for (const due of kept) this.push(due)
  }

  peek(): Due | undefined {
    return this.heap[0]
  }

  push(due: Due): void {
    const { heap } = this
    const ms = msOf(due.at)
    let child = heap.length
    heap.push(due)
    if (child >= this.ms.length) {
      const wider = new Float64Array(2 * this.ms.length)
      wider.set(this.ms)
      this.ms = wider
    }
    while (child > 0) {
      const parent = (child - 1) >>> 1
      if (this.isBefore(parent, due, ms)) break
      this.put(child, heap[parent]!, this.ms[parent]!)
      child = parent
    }
    this.put(child, due, ms)
  }

  pop(): Due | undefined {
    const { heap } = this
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    const ms = this.ms[heap.length]!
    let parent = 0
    for (;;) {
      let child = 2 * parent + 1
      if (child >= heap.length) break
      const right = child + 1
      if (right < heap.length && !this.isBefore(child, heap[right]!, this.ms[right]!)) child = right
      if (!this.isBefore(child, last, ms)) break
      this.put(parent, heap[child]!, this.ms[child]!)
      parent = child
    }
    this.put(parent, last, ms)
    return top
  }

  private put(index: number, due: Due, ms: number): void {
    this.heap[index] = due
    this.ms[index] = ms
  }

  /** The entry at `index` is due before, or is the same as, another. */
  private isBefore(index: number, other: Due, ms: number): boolean {
    const own = this.ms[index]!
    if (own !== ms) return own < ms
    const due = this.heap[index]!
    if (due.judge !== other.judge) return due.judge < other.judge
    return due.key <= other.key
  }
}
