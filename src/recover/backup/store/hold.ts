import { codeOf } from '../../../core/error.ts'
import type { Instant } from '../../../core/fact.ts'
import { msOf, toInstant } from '../../../core/time.ts'
import { allOf } from './all-of.ts'
import type { BackupKey } from './envelope.ts'
import { listKeptPieces } from './kept.ts'
import { objectOfPiece } from './pieces.ts'
import type { Lock, Repository } from './repository.ts'
import { listSegments } from './segments.ts'
import { newestTable } from './table.ts'

export type Held = Readonly<{
  objects: number
  extended: number
  /** Not held, or not for longer. */
  loose: number
  /** When the first of those that are held is free. */
  until: Instant | null
  /** Of the first that could not be held for longer. */
  fault: string | null
}>

const dayMs = 86_400_000
/** Questions that are open at the same time. */
const asksAtOnce = 8

/**
 * Everything that the newest backup needs is held for at least half of the time that new objects are held; what
 * is not is held from now on for the whole of it. It is asked of each: a piece that did not change for a year
 * was put a year ago, and a lock that was set up later than an object does not hold it.
 *
 * @throws OkiteError `BACKUP_REPOSITORY_AWAY`: then nothing is known; and those of `newestTable`
 */
export async function extendHeld(
  options: Readonly<{
    repository: Repository
    key: BackupKey
    system: string
    nowMs: number
    signal?: AbortSignal
  }>,
): Promise<Held> {
  const { repository, nowMs, signal } = options
  const lock = repository.lock!
  const rest = await neededIn(options)
  const told = { objects: rest.length, extended: 0, loose: 0 }
  let until: Instant | null = null
  let fault: string | null = null
  const work = async (): Promise<void> => {
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      signal?.throwIfAborted()
      try {
        const held = await holdOne(lock, name, nowMs)
        if (held.isExtended) told.extended += 1
        if (until === null || held.until < until) until = held.until
      } catch (error) {
        if (codeOf(error) === 'BACKUP_REPOSITORY_AWAY') throw error
        told.loose += 1
        fault ??= codeOf(error)
      }
    }
  }
  await allOf(Array.from({ length: asksAtOnce }, work))
  return { ...told, until, fault }
}

async function holdOne(
  lock: Lock,
  name: string,
  nowMs: number,
): Promise<Readonly<{ until: Instant; isExtended: boolean }>> {
  const held = await lock.until(name)
  const leastMs = nowMs + (lock.days * dayMs) / 2
  if (held !== null && msOf(held) >= leastMs) return { until: held, isExtended: false }
  const until = toInstant(nowMs + lock.days * dayMs)
  await lock.extend(name, until)
  return { until, isExtended: true }
}

/** Names of all objects without which the newest backup does not come back. */
async function neededIn({
  repository,
  key,
  system,
}: Readonly<{ repository: Repository; key: BackupKey; system: string }>): Promise<string[]> {
  const table = await newestTable(repository, key)
  if (table === null) return []
  const pieces = table.files.flatMap(file => file.pieces)
  const kept: string[] = []
  for await (const { name } of repository.list('kept/')) kept.push(name)
  const segments = await listSegments(repository, system, table.database.first)
  return [
    ...['repository', `backups/${table.id}`, ...kept],
    ...new Set([...pieces, ...(await listKeptPieces(repository, key))].map(objectOfPiece)),
    ...segments.map(name => `log/${system}/${name}`),
  ]
}
