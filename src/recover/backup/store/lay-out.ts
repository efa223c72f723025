import { promises as fs } from 'node:fs'
import { dirname, join } from 'node:path'
import { OkiteError } from '../../../core/error.ts'
import { allOf } from './all-of.ts'
import type { BackupKey } from './envelope.ts'
import { keptSince } from './kept.ts'
import { getPiece } from './pieces.ts'
import type { Repository } from './repository.ts'
import { getSegment, listSegments } from './segments.ts'
import type { Table } from './table.ts'

/**
 * Lays a backup out in a folder that is not there yet, with the log from its beginning on, so that a server
 * that is started on it replays it. What is missing or altered ends it, and nothing is left.
 *
 * @throws OkiteError `RESTORE_TARGET`, `RESTORE_LOG_GAP`, `BACKUP_OBJECT_MISSING`, `BACKUP_OBJECT_ALTERED`,
 *   `BACKUP_KEY_WRONG`
 */
export async function layOut(
  options: Readonly<{
    repository: Repository
    key: BackupKey
    table: Table
    target: string
    signal?: AbortSignal
  }>,
): Promise<Readonly<{ files: number; sizeBytes: number; segments: readonly string[] }>> {
  const { repository, key, table, target, signal } = options
  const { database } = table
  const files = [...table.files, ...(await keptSince(repository, key, table))]
  const segments = await listSegments(repository, database.system, database.first)
  checkWhole(segments, database)
  await fs.mkdir(target, { mode: 0o700 }).catch(error => {
    throw new OkiteError('RESTORE_TARGET', { path: target, why: error.code ?? 'unknown' })
  })
  try {
    for (const { path, mode } of table.folders) {
      await fs.mkdir(join(target, path), { mode: mode | 0o700 })
    }
    let sizeBytes = 0
    const rest = files.toReversed()
    const work = async (): Promise<void> => {
      for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
        // Of files that were kept later, the folder is new.
        await fs.mkdir(dirname(join(target, one.path)), { recursive: true, mode: 0o700 })
        const file = await fs.open(join(target, one.path), 'wx', one.mode)
        try {
          let at = 0
          for (const name of one.pieces) {
            signal?.throwIfAborted()
            const piece = await getPiece(repository, key, name)
            await file.write(piece, 0, piece.length, at)
            at += piece.length
          }
          if (at !== one.sizeBytes)
            throw new OkiteError('BACKUP_OBJECT_ALTERED', { object: one.path })
          sizeBytes += at
        } finally {
          await file.close()
        }
      }
    }
    await allOf(Array.from({ length: filesAtOnce }, work))
    for (const name of segments) {
      const bytes = await getSegment(repository, key, database.system, name)
      await fs.writeFile(join(target, 'pg/pg_wal', name), bytes, { mode: 0o600 })
    }
    await fs.writeFile(join(target, 'pg/backup_label'), database.label, { mode: 0o600 })
    await fs.writeFile(join(target, 'pg/recovery.signal'), '', { mode: 0o600 })
    await syncBelow(target)
    return { files: files.length, sizeBytes, segments }
  } catch (error) {
    await fs.rm(target, { recursive: true, force: true })
    throw error
  }
}

const filesAtOnce = 4

/**
 * What was laid out survives a power cut, with its names. When everything is written: the file system then
 * writes its journal a few times and not once for each of a thousand small files.
 */
async function syncBelow(target: string): Promise<void> {
  const entries = await fs.readdir(target, { recursive: true, withFileTypes: true })
  const rest = [target, ...entries.map(entry => join(entry.parentPath, entry.name))]
  const work = async (): Promise<void> => {
    for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
      const file = await fs.open(path, 'r')
      try {
        await file.sync()
      } finally {
        await file.close()
      }
    }
  }
  await allOf(Array.from({ length: filesAtOnce }, work))
}

/** Every segment from the beginning of the backup to its end is there: else it is no backup. */
export function checkWhole(segments: readonly string[], { first, last }: Table['database']): void {
  const there = new Set(segments)
  for (let at = first; ; at = nextSegment(at)) {
    if (!there.has(at)) throw new OkiteError('RESTORE_LOG_GAP', { segment: at })
    if (at >= last) return
  }
}

/** The name after, in the same timeline: with segments of 16 MiB the lower number ends at FF. */
export function nextSegment(name: string): string {
  const number = BigInt(`0x${name.slice(8, 16)}`) * 256n + BigInt(`0x${name.slice(16)}`) + 1n
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, '0')
  return name.slice(0, 8) + hex(number / 256n) + hex(number % 256n)
}
