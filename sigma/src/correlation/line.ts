/** What stands in a line knows what stands beside it there. */
type Linked<T> = { before: T | null; after: T | null }

/**
 * Items in an order that is made by putting them last, from which any can be taken in constant
 * time. A `Map` whose entries are deleted and set anew says the same, but rebuilds its table again
 * and again, and looks for its first entry among all that are gone.
 */
export class Line<T extends Linked<T>> {
  #first: T | null = null
  #last: T | null = null

  get first(): T | null {
    return this.#first
  }

  add(item: T): void {
    item.before = this.#last
    if (this.#last) this.#last.after = item
    else this.#first = item
    this.#last = item
  }

  remove(item: T): void {
    const { before, after } = item
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    item.before = null
    item.after = null
  }

  *[Symbol.iterator](): Generator<T> {
    for (let item = this.#first; item !== null; item = item.after) yield item
  }
}
