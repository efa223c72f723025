import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

/** What the driver knows of a connection and does not declare. */
type Client = pg.ClientBase &
  Readonly<{
    processID: number | null
    /** False while an answer is awaited. */
    readyForQuery: boolean
    connection: Readonly<{ stream: Readonly<{ destroy(): void }> }>
  }>

/** For how long the server must be done, and in how long a statement of ours is there. */
export type Patience = Readonly<{ answerSeconds: number; arriveMs: number }>

/** An answer of ours is a few megabytes at the most. */
const usual: Patience = { answerSeconds: 10, arriveMs: 1_000 }

/**
 * Ends connections on which an answer was lost: the network forgot them without a word to either side,
 * and a COMMIT would be awaited for ever, with everybody behind it. How long a statement takes proves
 * nothing; that the server has been done with it for a while does. What was under way fails, as
 * with any lost connection.
 */
export class Unanswered {
  private readonly clients = new Set<Client>()
  private readonly patience: Patience

  constructor(patience: Patience = usual) {
    this.patience = patience
  }

  add(pool: pg.Pool): void {
    pool.on('connect', client => this.clients.add(client as unknown as Client))
    pool.on('remove', client => this.clients.delete(client as unknown as Client))
  }

  /** Asks the server what it thinks. @throws what the asking connection throws */
  async look(asking: pg.ClientBase): Promise<void> {
    const waiting = this.waiting()
    const { answerSeconds, arriveMs } = this.patience
    const before = await done(asking, waiting, answerSeconds)
    if (before.size === 0) return
    // One that was just sent is on its way, and the server hears of it now.
    await sleep(arriveMs, undefined, { ref: false })
    const after = await done(asking, waiting, answerSeconds)
    for (const client of waiting) {
      const { processID: pid, readyForQuery } = client
      if (readyForQuery || pid === null || !before.has(pid)) continue
      if (before.get(pid) === after.get(pid)) client.connection.stream.destroy()
    }
  }

  /** The server does not answer anybody. */
  lose(): void {
    for (const client of this.waiting()) client.connection.stream.destroy()
  }

  private waiting(): readonly Client[] {
    return [...this.clients].filter(client => !client.readyForQuery && client.processID !== null)
  }
}

/** Since when the server has had nothing to do for each, of those for which it has been so for a while. */
async function done(
  asking: pg.ClientBase,
  waiting: readonly Client[],
  answerSeconds: number,
): Promise<ReadonlyMap<number, string>> {
  const { rows } = await asking.query<{ pid: number; since: string }>(
    `select asked.pid, coalesce(state_change::text, 'gone') as since
     from unnest($1::int[]) as asked (pid) left join pg_stat_activity using (pid)
     where state_change is null
       or (state like 'idle%' and state_change < clock_timestamp() - make_interval(secs => $2))`,
    [waiting.map(client => client.processID), answerSeconds],
  )
  return new Map(rows.map(({ pid, since }) => [pid, since]))
}
