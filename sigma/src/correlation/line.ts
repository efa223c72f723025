/** A place in a line. `item` is what stands there. */
export type Link<T> = { readonly item: T; before: Link<T> | null; after: Link<T> | null }

/**
 * Items in an order that is made by putting them last, from which any can be taken in constant
 * time. A `Map` whose entries are deleted and set anew says the same, but rebuilds its table again
 * and again, and looks for its first entry among all that are gone.
 */
export class Line<T> {
  #first: Link<T> | null = null
  #last: Link<T> | null = null

  get first(): T | null {
    return this.#first === null ? null : this.#first.item
  }

  add(item: T): Link<T> {
    const link = { item, before: null, after: null }
    this.#append(link)
    return link
  }

  /** Puts what stands there last. */
  renew(link: Link<T>): void {
    if (link === this.#last) return
    this.remove(link)
    this.#append(link)
  }

  remove(link: Link<T>): void {
    const { before, after } = link
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    link.before = null
    link.after = null
  }

  clear(): void {
    this.#first = null
    this.#last = null
  }

  *[Symbol.iterator](): Generator<T> {
    for (let link = this.#first; link !== null; link = link.after) yield link.item
  }

  #append(link: Link<T>): void {
    link.before = this.#last
    if (this.#last) this.#last.after = link
    else this.#first = link
    this.#last = link
  }
}
