import { bytesOf } from './bytes.ts'
import { layout } from './layout.ts'
import type { KernelMemory } from './memory.ts'
import type { FieldKey } from './predicate.ts'
import { powerOfTwo } from './tables.ts'

/** Where a field may stand in an event; the least priority that is there counts. */
export type Place = Readonly<{ node: number; priority: number }>

type Node = { readonly parent: number; readonly key: string; flags: number }

const noNode = 0xffff_ffff
const entryWords = 5
/** Bits for hashes that the table has, as the kernel looks at them. */
const bitsBytes = 4_096
const bitsShift = 17

/**
 * The keys of events that matter, as a tree: fields by name, fields by path, and those that say
 * where the event is from.
 */
export class Nodes {
  readonly #nodes: Node[] = [{ parent: noNode, key: '', flags: 0 }]
  readonly #known = new Map<string, number>()
  readonly #places = new Map<FieldKey, readonly Place[]>()
  readonly #ranks = new Map<FieldKey, Uint8Array>()

  get count(): number {
    return this.#nodes.length
  }

  /** A name or path that says where an event is from. */
  addRoute(name: string): void {
    this.#add(0, name, layout.NODE_ROUTE)
    if (!name.includes('.')) return
    const parts = name.split('.')
    let node = 0
    for (const [index, part] of parts.entries())
      node = this.#add(node, part, index === parts.length - 1 ? layout.NODE_ROUTE : 0)
  }

  addNested(name: string): void {
    this.#add(0, name, layout.NODE_NESTED)
  }

  /** A literal name goes before a path, and both before the other names, which count together. */
  placesOf(field: FieldKey): readonly Place[] {
    const known = this.#places.get(field)
    if (known) return known
    const places: Place[] = [{ node: this.#add(0, field.name, layout.NODE_FIELD), priority: 0 }]
    if (field.name.includes('.')) places.push({ node: this.#path(field.name, 0), priority: 1 })
    for (const other of field.others) {
      const isPath = other.includes('.')
      const literal = this.#add(
        0,
        other,
        layout.NODE_FIELD | (isPath ? layout.NODE_OTHER_LITERAL : 0),
      )
      places.push({ node: literal, priority: 2 })
      if (!isPath) continue
      places.push({ node: this.#path(other, layout.NODE_OTHER_PATH), priority: 2 })
    }
    this.#places.set(field, places)
    return places
  }

  /** The same by node, for those who ask often: one more than the priority, and 0 elsewhere. */
  ranksOf(field: FieldKey): Uint8Array {
    const known = this.#ranks.get(field)
    if (known) return known
    const ranks = new Uint8Array(this.count)
    for (const { node, priority } of this.placesOf(field)) ranks[node] = priority + 1
    this.#ranks.set(field, ranks)
    return ranks
  }

  #path(name: string, flags: number): number {
    const parts = name.split('.')
    let node = 0
    for (const [index, part] of parts.entries())
      node = this.#add(node, part, index === parts.length - 1 ? layout.NODE_FIELD | flags : 0)
    return node
  }

  #add(parent: number, key: string, flags: number): number {
    const name = `${parent} ${key}`
    const known = this.#known.get(name) ?? this.#nodes.push({ parent, key, flags: 0 }) - 1
    this.#known.set(name, known)
    const node = this.#nodes[known] as Node
    node.flags |= flags
    return known
  }

  /** The table by which the kernel knows keys, and the flags of the nodes. */
  write(
    memory: KernelMemory,
    hashKey: (parent: number, at: number, length: number) => number,
  ): { table: number; mask: number; flags: number } {
    const slots = powerOfTwo(this.#nodes.length * 4)
    const mask = slots - 1
    const words = new Uint32Array(slots * entryWords)
    const bits = new Uint8Array(bitsBytes)
    for (let slot = 0; slot < slots; slot++) words[slot * entryWords + 4] = noNode
    const flags = new Uint8Array(this.#nodes.length)
    for (const [index, { parent, key, flags: own }] of this.#nodes.entries()) {
      flags[index] = own
      if (index === 0) continue
      const bytes = bytesOf(key)
      const place = memory.literal(key, bytes)
      const hash = hashKey(parent, place, bytes.length) >>> 0
      const bit = hash >>> bitsShift
      bits[bit >>> 3] = (bits[bit >>> 3] as number) | (1 << (bit & 7))
      let slot = hash & mask
      while (words[slot * entryWords + 4] !== noNode) slot = (slot + 1) & mask
      words.set([hash, place, bytes.length, parent, index], slot * entryWords)
    }
    // The bits stand right before the table.
    const place = memory.allocate(bitsBytes + words.length * 4)
    memory.bytes.set(bits, place)
    const table = place + bitsBytes
    memory.words.set(words, table / 4)
    return { table, mask, flags: memory.put(flags) }
  }
}
