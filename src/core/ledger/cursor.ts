import type { Pool, PoolClient } from 'pg'
import type { Fact, Pos } from '../fact.ts'
import type { Ledger } from './store.ts'
import { inTransaction } from './transaction.ts'

/**
 * A follower reads the list in order. What it writes and how far it has come commit together, so a
 * fact is never applied twice and never left out, whenever the process dies.
 */
export type Follower = Readonly<{
  /** Resolves when everything before this size is applied; rejects when the follower has failed. */
  reached(size: number): Promise<void>
  /** Resolves when the page under way is finished. */
  stop(): Promise<void>
}>

export type FollowOptions = Readonly<{
  ledger: Pick<Ledger, 'read' | 'size' | 'onAppend'>
  pool: Pool
  consumer: string
  /** Facts that are applied in one transaction. */
  pageCount?: number
}>

type Handler = (facts: readonly Fact[], tx: PoolClient) => Promise<void>

/** Applies the next page in one transaction; answers the next position. */
export async function followOnce(options: FollowOptions, handler: Handler): Promise<Pos> {
  const { ledger, pool, consumer, pageCount = defaultPageCount } = options
  return inTransaction(pool, async tx => {
    const next = await lockCursor(tx, consumer)
    const facts = await ledger.read(next, pageCount)
    if (facts.length > 0) {
      await handler(facts, tx)
      await moveCursor(tx, consumer, next + facts.length)
    }
    return next + facts.length
    // The commit is the point of no return: effect and progress, or neither.
  })
}

/** Follows until it is stopped. A failure ends it: whoever started it decides what then. */
export function follow(options: FollowOptions, handler: Handler): Follower {
  let isStopped = false
  let next = -1
  let wake = () => {}
  let failure: unknown = null
  let waiting: { size: number; resolve(): void; reject(error: unknown): void }[] = []
  const off = options.ledger.onAppend(() => wake())
  const settle = () => {
    for (const one of waiting) {
      if (next >= one.size) one.resolve()
      else if (failure !== null) one.reject(failure)
    }
    waiting = waiting.filter(one => next < one.size && failure === null)
  }
  const run = async () => {
    try {
      while (!isStopped) {
        let isRung = false
        const bell = new Promise<void>(resolve => {
          wake = () => {
            isRung = true
            resolve()
          }
        })
        const before = next
        next = await followOnce(options, handler)
        settle()
        if (next > before || isRung || next < (await options.ledger.size())) continue
        // Looked at again after a while, in case a hint was lost with its connection.
        const timer = setTimeout(wake, lookAgainMs)
        await bell
        clearTimeout(timer)
      }
    } catch (error) {
      failure = error
    }
    off()
    if (isStopped) failure ??= new Error('the follower was stopped')
    settle()
  }
  const done = run()
  return {
    reached: size =>
      new Promise((resolve, reject) => {
        waiting.push({ size, resolve, reject })
        settle()
      }),
    async stop() {
      isStopped = true
      wake()
      await done
    },
  }
}

/** Takes the cursor's row for this transaction and answers its position; makes it at 0. */
export async function lockCursor(tx: PoolClient, consumer: string): Promise<Pos> {
  await tx.query(
    'insert into ledger.cursor (consumer, next) values ($1, 0) on conflict do nothing',
    [consumer],
  )
  const { rows } = await tx.query<{ next: string }>(
    'select next from ledger.cursor where consumer = $1 for update',
    [consumer],
  )
  return Number(rows[0]?.next)
}

export async function moveCursor(tx: PoolClient, consumer: string, next: Pos): Promise<void> {
  await tx.query('update ledger.cursor set next = $2 where consumer = $1', [consumer, next])
}

/** Some megabytes of facts in memory, and a transaction well below a second. */
const defaultPageCount = 2000
const lookAgainMs = 5000
