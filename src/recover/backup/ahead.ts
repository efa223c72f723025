import { existsSync, promises as fs, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { OkiteError } from '../../core/error.ts'
import type { Instant } from '../../core/fact.ts'
import { type Checkpoint, openCheckpoint } from '../../core/ledger/checkpoint.ts'
import { readVkey } from '../../core/ledger/note.ts'
import { syncFolder } from '../../core/ledger/private-file.ts'
import { assertHolds } from '../../core/ledger/publish.ts'
import { nodeVerifier } from '../../core/ledger/verify-node.ts'
import { keysBeside } from '../../core/module.ts'
import { markRestored, type Restored } from '../../core/run/restored.ts'
import { type Clock, toInstant } from '../../core/time.ts'
import { headOf } from './own-list.ts'

/** Signed checkpoints that are ahead of a list that went back. */

/**
 * The checkpoint that is furthest ahead of what came back, of those that are known here; null: none is ahead.
 * What one of them says and the list does not is another history, and refuses.
 *
 * @throws OkiteError `RESTORE_CHECKPOINT`, `LEDGER_FORKED`
 */
export async function furthest(pool: Pool, paths: readonly string[]): Promise<Restored['ahead']> {
  let found: Restored['ahead'] = null
  for (const path of paths) {
    const { rows } = await pool.query<{ origin: string; vkey: string; size: string }>(
      'select origin, vkey, size from ledger.head',
    )
    const { origin = '', vkey = '', size = '0' } = rows[0] ?? {}
    let checkpoint: Checkpoint
    let seenAt: Instant
    try {
      const trusted = { origin, keys: [await readVkey(vkey, nodeVerifier)] }
      checkpoint = await openCheckpoint(await fs.readFile(path), trusted, nodeVerifier)
      seenAt = toInstant(Math.floor((await fs.stat(path)).mtimeMs))
    } catch (cause) {
      throw new OkiteError('RESTORE_CHECKPOINT', { path }, { cause })
    }
    if (checkpoint.size <= Number(size)) await assertHolds(pool, checkpoint)
    else if (checkpoint.size > (found?.size ?? 0))
      found = { size: checkpoint.size, root: toHex(checkpoint.root), seenAt }
  }
  return found
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/**
 * Marks a folder that was put back by other means as what it is. What was published from the list that is lost
 * stays beside it under another name, for whoever compares.
 *
 * @throws OkiteError `RESTORE_NOT_BEHIND`, `RESTORE_CHECKPOINT`, `LEDGER_FORKED`
 */
export async function markAsItIs(pool: Pool, dataDir: string, clock: Clock): Promise<Restored> {
  const published = join(dataDir, 'published')
  const known = [published, keysBeside(dataDir)].map(folder => join(folder, 'checkpoint'))
  const ahead = await furthest(pool, known.filter(existsSync))
  // Nothing is known that it lacks: it starts, and nothing is to be said.
  if (ahead === null) throw new OkiteError('RESTORE_NOT_BEHIND')
  const { size, sealedMs } = await headOf(pool)
  const [restoredAt, point] = [clock.nowMs(), sealedMs].map(toInstant) as [Instant, Instant]
  const restored = { backup: 'as it is', restoredAt, until: null, point, size, ahead }
  const marked = { repository: dataDir, ...restored }
  markRestored(dataDir, marked)
  if (existsSync(published)) {
    renameSync(published, `${published}-lost-${ahead.size}`)
    syncFolder(dataDir)
  }
  return marked
}
