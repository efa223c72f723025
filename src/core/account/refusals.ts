import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { Ledger } from '../ledger/store.ts'
import type { Clock } from '../time.ts'
import { toInstant } from '../time.ts'
import { signInRefused } from './facts.ts'
import type { AccountStore, Queries } from './store.ts'

/** Guesses of a quarter of an hour are one fact. */
const spanMs = 15 * 60_000

/** So many spans are written at once; the next call goes on. */
const pageCount = 500

export type Refusals = Readonly<{
  /** One more was refused; null: of no account that we have. */
  count(account: string | null): Promise<void>
  /** Puts the counts of spans that are over on the list. */
  tell(): Promise<void>
}>

export function createRefusals(
  pool: Pool,
  ledger: Pick<Ledger, 'write'>,
  store: AccountStore,
  clock: Clock,
): Refusals {
  return {
    async count(account) {
      const spanStart = Math.floor(clock.nowMs() / spanMs) * spanMs
      await pool.query(
        `insert into account.refusal (account, span_ms, count) values ($1, $2, 1)
         on conflict (account, span_ms) do update set count = account.refusal.count + 1`,
        [account, spanStart],
      )
    },
    async tell() {
      const over = Math.floor(clock.nowMs() / spanMs) * spanMs
      const { rowCount } = await pool.query(
        'select from account.refusal where span_ms < $1 limit 1',
        [over],
      )
      // No lock on the list where there is nothing to say.
      if (rowCount === 0) return
      await ledger.write(async batch => {
        const rows = await takeOver(batch.tx, over)
        for (const row of rows) {
          const owner = row.account === null ? null : await ownerOf(store, batch.tx, row.account)
          const from = Number(row.span_ms)
          await batch.observe('core', {
            type: signInRefused,
            source: 'okite',
            occurred: toInstant(from),
            observed: batch.recorded,
            trust: 'instrument',
            body: {
              account: row.account,
              count: Number(row.count),
              from: toInstant(from),
              to: toInstant(from + spanMs),
            },
            private: owner === null ? {} : { person: { value: owner.name, person: owner.person } },
            identity: `refused ${randomUUID()}`,
          })
        }
      })
    },
  }
}

/** Whoever deletes the row is the one who tells it. */
async function takeOver(tx: Queries, over: number) {
  const { rows } = await tx.query<{ account: string | null; span_ms: string; count: string }>(
    `delete from account.refusal where ctid in (
       select ctid from account.refusal where span_ms < $1 order by span_ms limit $2)
     returning account, span_ms, count`,
    [over, pageCount],
  )
  return rows
}

const ownerOf = async (store: AccountStore, tx: Queries, id: string) =>
  (await store.byId(tx, id))?.owner ?? null
