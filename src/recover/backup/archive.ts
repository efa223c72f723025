import type { OwnData } from '../../core/module.ts'
import { nextSegment } from './store/lay-out.ts'
import type { Repository } from './store/repository.ts'
import { listSegments } from './store/segments.ts'
import type { Table } from './store/table.ts'

/** The archive of the database's log: how far it has come, and whether it leads from a backup to now. */

const archiveMsMax = 20_000
const archivePollMs = 200

/** Whether the archiver has come so far. It stands still without a word where it cannot write. */
export async function isArchived(
  own: OwnData,
  segment: string,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + archiveMsMax
  for (;;) {
    const last = await own.connected(async client => {
      const { rows } = await client.query<{ last: string | null }>(
        'select last_archived_wal as last from pg_stat_archiver',
      )
      return rows[0]?.last ?? null
    })
    if (last !== null && last.slice(0, 24) >= segment) return true
    if (signal.aborted || performance.now() > deadline) return false
    await new Promise(resolve => setTimeout(resolve, archivePollMs))
  }
}

/** Whether its log goes on: a database that was brought back has left it for another timeline. */
export async function leadsToNow(
  own: OwnData,
  repository: Repository,
  table: Table,
): Promise<boolean> {
  const timeline = await own.connected(async client => {
    const { rows } = await client.query<{ timeline: number }>(
      'select timeline_id as timeline from pg_control_checkpoint()',
    )
    return rows[0]?.timeline
  })
  const isSame = Number.parseInt(table.database.first.slice(0, 8), 16) === timeline
  return isSame && (await isGapless(repository, table))
}

/** Whether the log leads from the beginning of a backup to now. Where archiving was off for a while, it does not. */
export async function isGapless(repository: Repository, { database }: Table): Promise<boolean> {
  const names = await listSegments(repository, database.system, database.first)
  const segments = names.filter(
    name => name.startsWith(database.first.slice(0, 8)) && name.length === 24,
  )
  return segments.every((name, nth) => nth === 0 || name === nextSegment(segments[nth - 1]!))
}
