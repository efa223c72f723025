import { randomBytes } from 'node:crypto'
import { constants, promises as fs } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { OkiteError } from '../../../core/error.ts'
import { type Clock, toInstant } from '../../../core/time.ts'
import { allOf } from './all-of.ts'
import type { BackupKey } from './envelope.ts'
import { pieceBytes, putPiece } from './pieces.ts'
import type { Repository } from './repository.ts'
import type { Table } from './table.ts'

/**
 * A base backup by SQL (PostgreSQL, 25.3.3): between `pg_backup_start` and `pg_backup_stop` the files are read
 * while they change, and what the log says of that time makes them whole again. So a backup is none without
 * its segments of the log, and is on the repository's list only when those are there.
 */

/** In the data folder, what another installation makes itself or must not have. */
const own = new Set([
  'run',
  'published',
  'archive',
  'database.lock',
  'okite.lock',
  'database.pid',
  'okite.pid',
])

/** Of the cluster, what belongs to the running server or is made anew (PostgreSQL, 25.3.3). */
const emptyFolders = new Set([
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots'],
  ...['pg_stat_tmp', 'pg_subtrans'],
])
/** Also what somebody was writing at that moment: it has another name when it is whole. */
const leftOut =
  /^(postmaster\.(pid|opts)|backup_label|tablespace_map|.*\.(tmp|new)|pg_internal\.init.*|pgsql_tmp.*)$/

type Laid = { folders: Table['folders']; files: { path: string; mode: number }[] }

/** Files and folders below, in the order of their names. */
async function lay(root: string): Promise<Laid> {
  const found: Laid = { folders: [], files: [] }
  const visit = async (path: string): Promise<void> => {
    const entries = await fs.readdir(join(root, path), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`
      const inCluster = below.startsWith('pg/')
      if (path === '' && own.has(entry.name)) continue
      if (leftOut.test(entry.name)) continue
      // Gone between two looks: the log says so too.
      const stat = await fs.lstat(join(root, below)).catch(() => null)
      if (stat === null) continue
      if (stat.isSymbolicLink()) throw new OkiteError('BACKUP_LINK', { path: below })
      if (stat.isDirectory()) {
        found.folders.push({ path: below, mode: stat.mode & 0o777 })
        if (!(inCluster && path === 'pg' && emptyFolders.has(entry.name))) await visit(below)
      } else if (stat.isFile()) found.files.push({ path: below, mode: stat.mode & 0o777 })
    }
  }
  await visit('')
  return found
}

/** One file in pieces as long as it is now; null: it is gone. */
export async function putFile(
  repository: Repository,
  key: BackupKey,
  path: string,
  signal?: AbortSignal,
): Promise<Readonly<{ sizeBytes: number; pieces: string[]; sentBytes: number }> | null> {
  const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null)
  if (file === null) return null
  try {
    const told = { sizeBytes: 0, pieces: [] as string[], sentBytes: 0 }
    for (;;) {
      signal?.throwIfAborted()
      const piece = Buffer.allocUnsafe(pieceBytes)
      const { bytesRead } = await file.read(piece, 0, pieceBytes, told.sizeBytes)
      if (bytesRead === 0) return told
      const { name, sentBytes } = await putPiece(repository, key, piece.subarray(0, bytesRead))
      told.pieces.push(name)
      told.sizeBytes += bytesRead
      told.sentBytes += sentBytes
      if (bytesRead < pieceBytes) return told
    }
  } finally {
    await file.close()
  }
}

export type Taken = Readonly<{ table: Table; sentBytes: number }>

/**
 * Reads everything into the repository. The backup is listed by `putTable`, once the log up to `last` is there
 * too.
 *
 * @param client a connection of its own: the server ends the backup with it
 */
export async function takeBase(
  options: Readonly<{
    dataDir: string
    client: ClientBase
    repository: Repository
    key: BackupKey
    clock: Clock
    signal?: AbortSignal
    /** Files read at the same time. */
    atOnce?: number
  }>,
): Promise<Taken> {
  const { dataDir, client, repository, key, clock, signal, atOnce = 4 } = options
  const beganMs = clock.nowMs()
  const { rows } = await client.query<{ first: string; system: string; version: string }>(
    `select pg_walfile_name(pg_backup_start('okite', true)) as first,
       (select system_identifier::text from pg_control_system()) as system,
       current_setting('server_version') as version`,
  )
  const [begun] = rows
  const laid = await lay(dataDir)
  const files: Table['files'] = []
  let sentBytes = 0
  const rest = [...laid.files].reverse()
  const work = async (): Promise<void> => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
      const put = await putFile(repository, key, join(dataDir, one.path), signal)
      if (put === null) continue
      files.push({ ...one, sizeBytes: put.sizeBytes, pieces: put.pieces })
      sentBytes += put.sentBytes
    }
  }
  await allOf(Array.from({ length: atOnce }, work))
  const stopped = await client.query<{ label: string; last: string }>(
    // At the border of two segments it is the first of them that must be there.
    `select labelfile as label, pg_walfile_name(lsn - 1) as last from pg_backup_stop(false)`,
  )
  // The segment that holds the end is finished, and so comes into the archive.
  await client.query('select pg_switch_wal()')
  const [end] = stopped.rows
  if (begun === undefined || end === undefined) throw new OkiteError('BACKUP_DATABASE')
  const stamp = toInstant(beganMs).replaceAll(/[-:]|\.\d+/g, '')
  return {
    sentBytes,
    table: {
      form: 'okite-backup-table-1',
      id: `${stamp}-${randomBytes(4).toString('hex')}`,
      began: toInstant(beganMs),
      ended: toInstant(clock.nowMs()),
      database: { ...begun, last: end.last, label: end.label },
      folders: laid.folders,
      files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    },
  }
}
