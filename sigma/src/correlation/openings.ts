import { Line } from './line.ts'

/** The window of a group that is open, wherever the group is. */
export type Ticket = {
  readonly key: string
  readonly openedMs: number
  before: Ticket | null
  after: Ticket | null
}

/** Windows of equal length close in the order in which they opened. */
export class Openings {
  readonly #spanMs: number
  readonly #line = new Line<Ticket>()
  #dueMs = Number.POSITIVE_INFINITY

  constructor(spanMs: number) {
    this.#spanMs = spanMs
  }

  /** When the next window ends; Infinity if none is open. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** The key of the group whose window ends next; null if none is open. */
  get next(): string | null {
    return this.#line.first?.key ?? null
  }

  open(key: string, openedMs: number): Ticket {
    const ticket: Ticket = { key, openedMs, before: null, after: null }
    this.#line.add(ticket)
    this.#look()
    return ticket
  }

  close(ticket: Ticket): void {
    this.#line.remove(ticket)
    this.#look()
  }

  #look(): void {
    const { first } = this.#line
    this.#dueMs = first === null ? Number.POSITIVE_INFINITY : first.openedMs + this.#spanMs
  }

  /** The keys of groups whose windows are open, oldest first. */
  keys(): string[] {
    return Array.from(this.#line, ({ key }) => key)
  }
}
