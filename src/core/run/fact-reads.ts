import type { Fact, Pos } from '../fact.ts'
import type { Ledger } from '../ledger/store.ts'

/** Facts of one query: more of them wait for the next. */
const togetherMax = 1_000

type Waiting = Map<Pos, PromiseWithResolvers<Fact | null>>

/**
 * Facts that are asked for one by one at the same time are read together: who follows fifty causes asks
 * the database once, and not fifty times. No fact is kept. Its fields belong to it alone.
 */
export class FactReads {
  private readonly ledger: Pick<Ledger, 'size' | 'readPositions'>
  private waiting: Waiting | null = null
  /** As far as is known: a list only grows. */
  private size = 0

  constructor(ledger: FactReads['ledger']) {
    this.ledger = ledger
  }

  /** null: the list has no such position. */
  fact(pos: Pos): Promise<Fact | null> {
    if (!Number.isSafeInteger(pos) || pos < 0) return Promise.resolve(null)
    const waiting = this.waiting ?? this.begin()
    const asked = waiting.get(pos) ?? Promise.withResolvers<Fact | null>()
    waiting.set(pos, asked)
    if (waiting.size >= togetherMax) this.waiting = null
    return asked.promise
  }

  private begin(): Waiting {
    const waiting: Waiting = new Map()
    this.waiting = waiting
    // Once whoever asks now has asked for all.
    process.nextTick(() => {
      if (this.waiting === waiting) this.waiting = null
      this.read(waiting).catch(error => {
        for (const { reject } of waiting.values()) reject(error)
      })
    })
    return waiting
  }

  private async read(waiting: Waiting): Promise<void> {
    const asked = [...waiting.keys()]
    if (asked.some(pos => pos >= this.size)) this.size = await this.ledger.size()
    const there = asked.filter(pos => pos < this.size)
    const facts = there.length === 0 ? [] : await this.ledger.readPositions(there)
    const found = new Map(facts.map(fact => [fact.pos, fact]))
    for (const [pos, { resolve }] of waiting) resolve(found.get(pos) ?? null)
  }
}
