import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { openDatabase } from '../../../core/db/database.ts'
import type { Instant } from '../../../core/fact.ts'
import type { Log } from '../../../core/log.ts'
import type { Clock } from '../../../core/time.ts'

/** How often the server is asked whether it has replayed its log. */
const replayPollMs = 100

/**
 * Starts a server on a folder in which a backup lies, has it replay its log, and closes it cleanly, so that
 * the next start finds it whole.
 *
 * @param work looks at what is there; `point` is when the last transaction was committed, null if none was replayed
 * @throws OkiteError `DATABASE_START` and the others of `openDatabase`
 */
export async function replayed<T>(
  options: Readonly<{ dataDir: string; until: Instant | null; log: Log; clock: Clock }>,
  work: (pool: Pool, point: Date | null) => Promise<T>,
): Promise<T> {
  const { until, ...more } = options
  const database = await openDatabase({ ...more, create: false, recovery: { until } })
  try {
    for (;;) {
      const { rows } = await database.pool.query<{ isReplaying: boolean; point: Date | null }>(
        `select pg_is_in_recovery() as "isReplaying", pg_last_xact_replay_timestamp() as point`,
      )
      const [row] = rows
      if (row?.isReplaying === false) return await work(database.pool, row.point)
      await sleep(replayPollMs)
    }
  } finally {
    await database.close()
  }
}
