type Node<V> = {
  readonly key: string
  readonly value: V
  before: Node<V> | null
  after: Node<V> | null
}

/**
 * A map in the order of last use. A `Map` whose entries are deleted and set anew says the same, but
 * rebuilds its table again and again.
 */
export class Recency<V> {
  readonly #nodes = new Map<string, Node<V>>()
  #oldest: Node<V> | null = null
  #newest: Node<V> | null = null

  get size(): number {
    return this.#nodes.size
  }

  get oldest(): Readonly<{ key: string; value: V }> | null {
    return this.#oldest
  }

  /** The value, which is thereby the newest. */
  use(key: string): V | undefined {
    const node = this.#nodes.get(key)
    if (node === undefined) return undefined
    if (node !== this.#newest) {
      this.#unlink(node)
      this.#append(node)
    }
    return node.value
  }

  /** Adds a key that is not there, as the newest. */
  add(key: string, value: V): void {
    const node = { key, value, before: null, after: null }
    this.#nodes.set(key, node)
    this.#append(node)
  }

  delete(key: string): void {
    const node = this.#nodes.get(key)
    if (node === undefined) return
    this.#nodes.delete(key)
    this.#unlink(node)
  }

  clear(): void {
    this.#nodes.clear()
    this.#oldest = null
    this.#newest = null
  }

  /** From the oldest to the newest. */
  *[Symbol.iterator](): Generator<[key: string, value: V]> {
    for (let node = this.#oldest; node !== null; node = node.after) yield [node.key, node.value]
  }

  #append(node: Node<V>): void {
    node.before = this.#newest
    if (this.#newest) this.#newest.after = node
    else this.#oldest = node
    this.#newest = node
  }

  #unlink(node: Node<V>): void {
    const { before, after } = node
    if (before) before.after = after
    else this.#oldest = after
    if (after) after.before = before
    else this.#newest = before
    node.before = null
    node.after = null
  }
}
