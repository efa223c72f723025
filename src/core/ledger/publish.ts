import { join } from 'node:path'
import type { Pool } from 'pg'
import { OkiteError } from '../error.ts'
import { sameBytes } from './bytes.ts'
import { type Checkpoint, openCheckpoint, type TrustedLog } from './checkpoint.ts'
import { type Disk, systemDisk } from './disk.ts'
import { hashRanges, type Queryable } from './read.ts'
import { encodeBundle, type Tile, tilePath, tilesBetween, tileWidth } from './tile.ts'
import { nodeVerifier } from './verify-node.ts'

/**
 * Writes the list as files of c2sp.org/tlog-tiles. Not trusted: they are derived, can be lost and
 * written again. The checkpoint comes last, so whoever reads it finds every tile it needs. After a
 * crash it simply goes on from the published checkpoint, on the same path as always.
 *
 * @returns the size that is published now
 */
export async function publish(
  pool: Pool,
  folder: string,
  log: TrustedLog,
  disk: Disk = systemDisk,
): Promise<number> {
  const { rows } = await pool.query<{ size: string; note: string }>(
    'select size, note from ledger.checkpoint order by size desc limit 1',
  )
  const newest = rows[0]
  if (newest === undefined) return 0
  const size = Number(newest.size)
  await assertNotRolledBack(pool, folder, log, disk)
  const sizeOld = (await readPublished(folder, log, disk))?.size ?? 0
  for (const tile of tilesBetween(sizeOld, size)) {
    const path = join(folder, tilePath(tile))
    const content = await contentOf(pool, tile)
    // A tile that is under a checkpoint never changes. One that a crash left beyond it was promised
    // to nobody, and may be of a list that a restored backup has forgotten.
    const there = await disk.read(path)
    if (there === null || !sameBytes(there, content)) await disk.write(path, content, modeOf(tile))
    if (tile.width === tileWidth) await disk.remove(`${path}.p`)
  }
  // Point of no return: from here on outsiders may hold us to this size and root.
  if (size > sizeOld) await disk.write(join(folder, 'checkpoint'), newest.note, publicMode)
  return size
}

/**
 * A restored backup would go on from an older size and fork the list. The published checkpoint
 * remembers.
 *
 * @throws OkiteError `LEDGER_ROLLED_BACK` or `LEDGER_FORKED`
 */
export async function assertNotRolledBack(
  q: Queryable,
  folder: string,
  log: TrustedLog,
  disk: Disk = systemDisk,
): Promise<void> {
  const published = await readPublished(folder, log, disk)
  if (published !== null) await assertHolds(q, published)
}

/**
 * Whether the list has all that a checkpoint of it says.
 *
 * @throws OkiteError `LEDGER_ROLLED_BACK` or `LEDGER_FORKED`
 */
export async function assertHolds(
  q: Queryable,
  published: Pick<Checkpoint, 'size' | 'root'>,
): Promise<void> {
  if (published.size === 0) return
  const { rows } = await q.query<{ size: string }>('select size from ledger.head')
  const size = Number(rows[0]?.size ?? 0)
  if (size < published.size) {
    throw new OkiteError('LEDGER_ROLLED_BACK', { size, published: published.size })
  }
  const [root] = await hashRanges(q, [[0, published.size]])
  if (root === undefined || !sameBytes(root, published.root)) {
    throw new OkiteError('LEDGER_FORKED', { published: published.size })
  }
}

/**
 * The newest checkpoint once more, in a folder that is no part of what a backup brings back: a data folder
 * that is replaced whole by an older one has its `published` of that time too.
 */
export async function remember(
  folder: string,
  memory: string,
  disk: Disk = systemDisk,
): Promise<void> {
  const note = await disk.read(join(folder, 'checkpoint'))
  const path = join(memory, 'checkpoint')
  const there = await disk.read(path)
  if (note === null || (there !== null && sameBytes(there, note))) return
  await disk.write(path, note, 0o600)
}

async function readPublished(
  folder: string,
  log: TrustedLog,
  disk: Disk,
): Promise<Checkpoint | null> {
  const note = await disk.read(join(folder, 'checkpoint'))
  return note === null ? null : openCheckpoint(note, log, nodeVerifier)
}

/** Hashes of salted leaves tell nothing; the leaves themselves are for who may read the list. */
const modeOf = (tile: Tile): number => (tile.level === 'entries' ? 0o600 : publicMode)
const publicMode = 0o644

async function contentOf(pool: Pool, { level, index, width }: Tile): Promise<Uint8Array> {
  const first = index * tileWidth
  const [column, from] =
    level === 'entries'
      ? ['leaf', 'entry where true']
      : level === 0
        ? ['leaf_hash', 'entry where true']
        : ['hash', `node where level = ${level}`]
  const { rows } = await pool.query<{ bytes: Buffer }>(
    `select ${column} as bytes from ledger.${from} and idx >= $1 and idx < $2 order by idx`,
    [first, first + width],
  )
  if (rows.length !== width) throw new OkiteError('LEDGER_NODE_MISSING', { level })
  const parts = rows.map(row => row.bytes)
  return level === 'entries' ? encodeBundle(parts) : Buffer.concat(parts)
}
