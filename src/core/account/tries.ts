import type { Pool } from 'pg'
import { OkiteError } from '../error.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { Clock } from '../time.ts'

/**
 * Limits guessing, at the place where credentials are verified, so that no other path goes around it.
 * Kept in the database: a restart gives no new guesses.
 */
export type Tries = Readonly<{
  /**
   * Takes one try before anything is verified: of many at once no more are let through than are left.
   *
   * @throws OkiteError `ACCOUNT_WAIT`
   */
  take(key: Buffer): Promise<void>
  /** It was right: all tries are there again. */
  forgive(key: Buffer): Promise<void>
}>

/** Typing errors of a bad morning. */
const burst = 8

/** 96 guesses a day afterwards: of the 10^10 of a weak password that passes the rules, nothing. */
const msPerTry = 15 * 60_000

export function createTries(pool: Pool, clock: Clock): Tries {
  return {
    async take(key) {
      const waitMs = await inTransaction(pool, async tx => {
        const nowMs = clock.nowMs()
        await tx.query(
          'insert into account.tries (key, level, at_ms) values ($1, $2, $3) on conflict do nothing',
          [key, burst, nowMs],
        )
        const { rows } = await tx.query<{ level: number; at_ms: string }>(
          'select level, at_ms from account.tries where key = $1 for update',
          [key],
        )
        const kept = rows[0] ?? { level: 0, at_ms: String(nowMs) }
        // A clock that went back gives nothing.
        const level = Math.min(
          burst,
          kept.level + Math.max(0, nowMs - Number(kept.at_ms)) / msPerTry,
        )
        if (level < 1) return Math.ceil((1 - level) * msPerTry)
        await tx.query('update account.tries set level = $2, at_ms = $3 where key = $1', [
          key,
          level - 1,
          nowMs,
        ])
        return 0
      })
      if (waitMs > 0) {
        throw new OkiteError('ACCOUNT_WAIT', { retryAfterSeconds: Math.ceil(waitMs / 1000) })
      }
      // What is full again is as if it had never been: the table holds no more than a day of guessing.
      await pool.query('delete from account.tries where at_ms < $1', [
        clock.nowMs() - burst * msPerTry,
      ])
    },
    async forgive(key) {
      await pool.query('delete from account.tries where key = $1', [key])
    },
  }
}
