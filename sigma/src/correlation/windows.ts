import { widened } from './columns.ts'
import type { Entry } from './entry.ts'
import type { Input, Plan } from './plan.ts'

/** In place of a position or a group. */
const none = -1
const capacityMin = 64

/** What stands of a group in its row: where its first occurrence is, the turn of its last, and how many it has. */
const [firstOf, lastOf, sizeOf, rowWidth] = [0, 1, 2, 3]

/**
 * The windows of all groups of a correlation. Their occurrences stand in one ring in the order in
 * which they came, so those that no window reaches are in front, and so is the newest of the group
 * least recently used. Each knows the next of its group. What is taken out of the middle leaves a gap
 * until all before it is gone. Positions change when something is pushed, and only then.
 *
 * All is kept in columns, by position in the ring or by group: an object for each occurrence would
 * live just long enough to cost the garbage collector most. What a correlation does not need is not
 * written, and of a group whose window empties itself in time nothing is: memory is slow.
 */
export class Windows {
  timeMs = new Float64Array(capacityMin)
  /** What a gauge counts: an amount, not a number if it is not whole, or the number of a value. */
  numbers = new Float64Array(capacityMin)
  values: (string | null)[] = emptied(capacityMin)
  #rules: (readonly number[] | null)[] = emptied(capacityMin)
  events: (string | readonly string[] | null)[] = emptied(capacityMin)
  /** Of each the group and the next of it, side by side: what is far away is read once. */
  #links = new Int32Array(2 * capacityMin).fill(none)
  /** By group, true as long as it has a window. */
  #rows = new Int32Array(rowWidth)
  /** Occurrences have their turns, one after the other, around at 2^32; this is that of the first. */
  #head = 0
  /** From the first to the last, with the gaps and without. */
  #length = 0
  #liveCount = 0
  /** So many in front are of no group the newest, and never will be. */
  #passed = 0
  /** The inputs of all, if there is but one; whether they have values. */
  readonly #alone: readonly number[] | null
  readonly #isValued: boolean

  constructor({ inputs }: Plan) {
    const [only] = inputs
    this.#alone = inputs.length === 1 ? (only as Input).alone : null
    this.#isValued = inputs.some(({ valueFields }) => valueFields.length > 0)
  }

  /** The position of the oldest of all; -1 if there is none. */
  get oldest(): number {
    return this.#length === 0 ? none : this.#placeOf(this.#head)
  }

  groupAt(at: number): number {
    return this.#links[2 * at] as number
  }

  rulesAt(at: number): readonly number[] {
    return this.#alone ?? (this.#rules[at] as readonly number[])
  }

  /** Whether nothing in its window came after it. */
  isLast(at: number): boolean {
    return this.#links[2 * at + 1] === none
  }

  /** Where the occurrence of a turn stands. */
  #placeOf(turn: number): number {
    return turn & (this.timeMs.length - 1)
  }

  /** Whether a group has a window: else the turn in its row is over, or another's. */
  has(group: number): boolean {
    const turn = this.#rows[group * rowWidth + lastOf] as number
    return (turn - this.#head) >>> 0 < this.#length && this.groupAt(this.#placeOf(turn)) === group
  }

  size(group: number): number {
    return this.#rows[group * rowWidth + sizeOf] as number
  }

  first(group: number): number {
    return this.#rows[group * rowWidth + firstOf] as number
  }

  last(group: number): number {
    return this.#placeOf(this.#rows[group * rowWidth + lastOf] as number)
  }

  /** The occurrences of a group, oldest first. */
  entriesOf(group: number): Pick<Entry, 'timeMs' | 'rules' | 'value' | 'events'>[] {
    const entries = []
    let at = this.first(group)
    for (let left = this.size(group); left > 0; left--) {
      entries.push({
        timeMs: this.timeMs[at] as number,
        rules: this.rulesAt(at),
        value: this.values[at] as string | null,
        events: this.events[at] as Entry['events'],
      })
      at = this.#nextAt(at)
    }
    return entries
  }

  #nextAt(at: number): number {
    return this.#links[2 * at + 1] as number
  }

  /** The ids of all events of a group; one that came by several ways comes as often. */
  eventsOf(group: number): string[] {
    const ids: string[] = []
    let at = this.first(group)
    for (let left = this.size(group); left > 0; left--) {
      const events = this.events[at] as Entry['events']
      if (typeof events === 'string') ids.push(events)
      else for (const id of events) ids.push(id)
      at = this.#nextAt(at)
    }
    return ids
  }

  /** Makes room for groups with numbers below that. */
  reserve(groups: number): void {
    this.#rows = widened(this.#rows, groups * rowWidth)
  }

  /** Puts an occurrence into the window of a group; its position. */
  push(group: number, { timeMs, amount, value, rules, events }: Entry): number {
    this.#fit()
    const at = this.#placeOf(this.#head + this.#length)
    this.timeMs[at] = timeMs
    this.events[at] = events
    if (this.#alone === null) this.#rules[at] = rules
    if (this.#isValued) {
      this.numbers[at] = typeof amount === 'number' ? amount : Number.NaN
      this.values[at] = value
    }
    this.#link(group, at)
    return at
  }

  #link(group: number, at: number): void {
    const row = group * rowWidth
    const rows = this.#rows
    if (!this.has(group)) {
      rows[row + firstOf] = at
      rows[row + sizeOf] = 1
    } else {
      this.#links[2 * this.last(group) + 1] = at
      ;(rows[row + sizeOf] as number)++
    }
    rows[row + lastOf] = this.#head + this.#length
    this.#links[2 * at] = group
    this.#links[2 * at + 1] = none
    this.#length++
    this.#liveCount++
  }

  /** Takes the oldest out of the window of a group, where one must be. */
  shift(group: number): void {
    const row = group * rowWidth
    const at = this.#rows[row + firstOf] as number
    ;(this.#rows[row + sizeOf] as number)--
    this.#rows[row + firstOf] = this.#nextAt(at)
    this.#empty(at)
  }

  /** Takes out the oldest of all, which must be the last of its group. */
  shiftLast(): void {
    this.#empty(this.#placeOf(this.#head))
  }

  #empty(at: number): void {
    this.#links[2 * at] = none
    this.events[at] = null
    if (this.#isValued) this.values[at] = null
    this.#liveCount--
    while (this.#length > 0 && this.groupAt(this.#placeOf(this.#head)) === none) {
      this.#head = (this.#head + 1) | 0
      this.#length--
      if (this.#passed > 0) this.#passed--
    }
  }

  /** The group least recently used; there must be one. */
  leastUsed(): number {
    while (this.#newestAt(this.#passed) === none) this.#passed++
    return this.#newestAt(this.#passed)
  }

  /** All groups, least recently used first. */
  *byUse(): Generator<number> {
    for (let nth = 0; nth < this.#length; nth++) {
      const group = this.#newestAt(nth)
      if (group !== none) yield group
    }
  }

  /** The group whose newest occurrence stands there, counted from the head; -1 if there is none. */
  #newestAt(nth: number): number {
    const at = this.#placeOf(this.#head + nth)
    const group = this.groupAt(at)
    return this.isLast(at) ? group : none
  }

  /** Makes room for one more; a ring that is nearly empty becomes smaller. */
  #fit(): void {
    const capacity = this.timeMs.length
    if (this.#length === capacity) {
      this.#rebuild(this.#liveCount > capacity / 2 ? capacity * 2 : capacity)
    } else if (this.#length < capacity / 8 && capacity > capacityMin) this.#rebuild(capacity / 2)
  }

  /** Writes all into a new ring of that size, without gaps. */
  #rebuild(capacity: number): void {
    const { timeMs, numbers, values, events } = this
    const [rules, links, head, length] = [this.#rules, this.#links, this.#head, this.#length]
    this.timeMs = new Float64Array(capacity)
    this.numbers = new Float64Array(capacity)
    this.values = emptied(capacity)
    this.events = emptied(capacity)
    this.#rules = emptied(capacity)
    this.#links = new Int32Array(2 * capacity).fill(none)
    // Turns before this one are over.
    this.#head = (head + length) | 0
    this.#length = 0
    this.#liveCount = 0
    this.#passed = 0
    for (let nth = 0; nth < length; nth++) {
      const from = (head + nth) & (timeMs.length - 1)
      const own = links[2 * from] as number
      if (own === none) continue
      const at = this.#placeOf(this.#head + this.#length)
      this.timeMs[at] = timeMs[from] as number
      this.numbers[at] = numbers[from] as number
      this.values[at] = values[from] as string | null
      this.events[at] = events[from] as Entry['events']
      this.#rules[at] = rules[from] as readonly number[] | null
      this.#link(own, at)
    }
  }
}

/** So many places. Made one by one, since a long list that is given its length is none inside. */
function emptied(length: number): null[] {
  const list: null[] = []
  while (list.length < length) list.push(null)
  return list
}
