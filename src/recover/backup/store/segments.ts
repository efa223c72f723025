import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import type { BackupKey } from './envelope.ts'
import { openPacked } from './pieces.ts'
import type { Repository } from './repository.ts'
import { SealingThread } from './seal-apart.ts'

/** Segments of the write-ahead log, histories of timelines, and marks of backups, as PostgreSQL names them. */
const segmentName = /^[0-9A-F]{24}$/
const historyName = /^[0-9A-F]{8}\.history$/
const markName = /^[0-9A-F]{24}\.[0-9A-F]{8}\.backup$/

/** 16 MiB, unless a cluster was made otherwise; PostgreSQL allows up to a gigabyte. */
const segmentBytesMax = 64 * 1024 * 1024

const objectOf = (system: string, name: string): string => `log/${system}/${name}`

export type Shipped = Readonly<{ name: string; sentBytes: number }>

/**
 * Brings finished segments from the archive's folder into the repository, the oldest first; who has them in
 * all repositories takes them away. A segment that is there already is compared by its name alone: it is
 * finished, and the same for ever.
 */
export async function shipSegments(
  options: Readonly<{ archive: string; system: string; repository: Repository; key: BackupKey }>,
): Promise<readonly Shipped[]> {
  const { archive, system, repository, key } = options
  const names = (await fs.readdir(archive))
    .filter(name => segmentName.test(name) || historyName.test(name) || markName.test(name))
    .sort()
  const shipped: Shipped[] = []
  const thread = new SealingThread(key)
  try {
    for (const name of names) {
      const object = objectOf(system, name)
      if (await repository.has(object)) {
        shipped.push({ name, sentBytes: 0 })
        continue
      }
      const sealed = await thread.seal({ object, path: join(archive, name) })
      await repository.put(object, sealed)
      shipped.push({ name, sentBytes: sealed.length })
    }
  } finally {
    await thread.end()
  }
  return shipped
}

/** Segments from one on, whatever their timeline, and every history. */
export async function listSegments(
  repository: Repository,
  system: string,
  first: string,
): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of repository.list(`log/${system}/`)) {
    const file = name.slice(`log/${system}/`.length)
    const isWanted = segmentName.test(file) && file.slice(8) >= first.slice(8)
    if (isWanted || historyName.test(file)) names.push(file)
  }
  return names.sort()
}

/** @throws OkiteError `BACKUP_OBJECT_MISSING`, `BACKUP_OBJECT_ALTERED`, `BACKUP_KEY_WRONG` */
export async function getSegment(
  repository: Repository,
  key: BackupKey,
  system: string,
  name: string,
): Promise<Buffer> {
  const object = objectOf(system, name)
  return openPacked(key, object, await repository.get(object), segmentBytesMax)
}
