import type { GroupState } from './lane.ts'
import type { Ticket } from './openings.ts'
import type { GroupStore } from './options.ts'

/** What stays in memory of a group whose state is elsewhere. */
type Stub = Readonly<{ lastMs: number; ticket: Ticket | null }>

/** The groups of one correlation that are elsewhere, by key, least recently used first. */
export class Spilled {
  readonly #store: GroupStore
  /** Stands before the keys, since groups of all correlations are spilled to one store. */
  readonly #place: number
  readonly #stubs = new Map<string, Stub>()

  constructor(store: GroupStore, place: number) {
    this.#store = store
    this.#place = place
  }

  get size(): number {
    return this.#stubs.size
  }

  /** The key of the group least recently used, and when it was; null if there is none. */
  get oldest(): { key: string; lastMs: number } | null {
    for (const [key, { lastMs }] of this.#stubs) return { key, lastMs }
    return null
  }

  keys(): string[] {
    return [...this.#stubs.keys()]
  }

  has(key: string): boolean {
    return this.#stubs.has(key)
  }

  put(state: GroupState, ticket: Ticket | null): void {
    const { key, lastMs } = state
    this.#store.set(this.#keyOf(key), JSON.stringify(state))
    this.#stubs.set(key, { lastMs, ticket })
  }

  /** The state of a group; null if whoever keeps it has lost it. */
  stateOf(key: string): GroupState | null {
    const text = this.#store.get(this.#keyOf(key))
    return text === undefined ? null : (JSON.parse(text) as GroupState)
  }

  /** Forgets a group; what was known of its open window. */
  delete(key: string): Ticket | null {
    const { ticket } = this.#stubs.get(key) as Stub
    this.#stubs.delete(key)
    this.#store.delete(this.#keyOf(key))
    return ticket
  }

  #keyOf(key: string): string {
    return `${this.#place} ${key}`
  }
}
