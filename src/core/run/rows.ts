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
  /** The newest position that was stepped into it. */
  upto: Pos
  /**
   * The earliest instant at which the row stands in the heap of all wakes, and in that of its judge.
   * A wake that moves later needs no new entry: the old one brings it up to date when it surfaces.
   * Owned by the engine that holds the row, and stored nowhere.
   */
  queued?: Instant | null
  listed?: Instant | null
}

/**
 * The rows of one judge, owned by the engine. Every order that leaves this class comes from an
 * explicit comparison, never from the map (V3).
 */
export class Rows {
  readonly byKey = new Map<Key, Row>()
  /** Keys whose rows were changed or forgotten since the last flush. */
  readonly dirty = new Set<Key>()
  /** `rank` and key of the ranked rows, sorted. */
  private readonly ranks: Array<{ rank: string; key: Key }> = []

  set(key: Key, row: Row | null, before: Row | undefined): void {
    this.dirty.add(key)
    this.move(key, before?.rank ?? null, row?.rank ?? null)
    if (row === null) this.byKey.delete(key)
    else this.byKey.set(key, row)
  }

  /** The row was changed in place; a new one is taken in. */
  update(key: Key, row: Row, rankBefore: string | null, isNew: boolean): void {
    this.dirty.add(key)
    this.move(key, rankBefore, row.rank)
    if (isNew) this.byKey.set(key, row)
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

/** One wake that a row asked for. It is valid only while the row still asks for this instant. */
export type Due = Readonly<{ at: Instant; judge: number; key: Key }>

/**
 * A binary heap of wakes in the total order (instant, judge, key). Entries of rows that changed
 * their mind stay until they surface; the engine drops them then.
 */
export class Wakes {
  private readonly heap: Entry[] = []

  get size(): number {
    return this.heap.length
  }

  /** Drops entries that no longer hold. */
  keep(holds: (due: Due) => boolean): void {
    const kept = this.heap.filter(holds)
    this.heap.length = 0
    for (const due of kept) this.insert(due)
  }

  peek(): Due | undefined {
    return this.heap[0]
  }

  push({ at, judge, key }: Due): void {
    this.insert({ at, judge, key, ms: msOf(at) })
  }

  private insert(due: Entry): void {
    const heap = this.heap
    let child = heap.length
    heap.push(due)
    while (child > 0) {
      const parent = (child - 1) >>> 1
      const above = heap[parent]
      if (above === undefined || compareDue(above, due) <= 0) break
      heap[child] = above
      child = parent
    }
    heap[child] = due
  }

  pop(): Due | undefined {
    const heap = this.heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let parent = 0
    for (;;) {
      let child = 2 * parent + 1
      const left = heap[child]
      if (left === undefined) break
      const right = heap[child + 1]
      let best = left
      if (right !== undefined && compareDue(right, left) < 0) {
        best = right
        child += 1
      }
      if (compareDue(last, best) <= 0) break
      heap[parent] = best
      parent = child
    }
    heap[parent] = last
    return top
  }
}

/** With the instant as a number, which compares faster than its text and in the same order. */
type Entry = Due & Readonly<{ ms: number }>

const compareDue = (a: Entry, b: Entry): number =>
  a.ms - b.ms || a.judge - b.judge || compareText(a.key, b.key)
