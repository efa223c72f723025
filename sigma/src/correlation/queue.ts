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

  /** Puts an item behind all that do not come after it. */
  insert(item: T, comesAfter: (other: T) => boolean): void {
    let at = this.#items.length
    while (at > this.#head && comesAfter(this.#items[at - 1] as T)) at--
    if (at === this.#items.length) this.#items.push(item)
    else this.#items.splice(at, 0, item)
  }

  toArray(): T[] {
    return this.#items.slice(this.#head)
  }
}
