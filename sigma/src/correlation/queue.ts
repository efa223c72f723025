/** Emptied slots are given back once there are this many and they are half of all. */
const slotsMin = 64

/** First in, first out, in constant time. */
export class Queue<T> {
  #items: T[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  get first(): T | undefined {
    return this.#items[this.#head]
  }

  get last(): T | undefined {
    return this.size === 0 ? undefined : this.#items[this.#items.length - 1]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** The first, which must be there. */
  shift(): T {
    const item = this.#items[this.#head] as T
    // The slot would keep the item alive.
    this.#items[this.#head++] = undefined as T
    if (this.#head >= slotsMin && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /**
   * Puts an item behind all that do not come after it. Those that do are few as a rule, so they are
   * looked for from the end, in steps that grow.
   */
  insert(item: T, comesAfter: (other: T) => boolean): void {
    const items = this.#items
    let high = items.length
    let low = high
    for (let step = 1; low > this.#head; step *= 2) {
      low = Math.max(this.#head, high - step)
      if (!comesAfter(items[low] as T)) break
      high = low
    }
    // All from `high` on come after it, and what stands at `low` does not, if they differ.
    while (low < high) {
      const middle = (low + high) >>> 1
      if (comesAfter(items[middle] as T)) high = middle
      else low = middle + 1
    }
    if (high === items.length) items.push(item)
    else items.splice(high, 0, item)
  }

  clear(): void {
    this.#items = []
    this.#head = 0
  }

  toArray(): T[] {
    return this.#items.slice(this.#head)
  }
}
