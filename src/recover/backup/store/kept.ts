import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import { putFile } from './base.ts'
import type { BackupKey } from './envelope.ts'
import { openPacked, sealPacked } from './pieces.ts'
import { objectBytesMax, type Repository } from './repository.ts'
import type { Table } from './table.ts'

/**
 * Files of evidence that were kept since the last backup: they never change, and what the log tells of them
 * is brought away each minute.
 */
const folder = 'evidence'
const fileName = /^[0-9a-f]{64}$/

const keptSchema = z.strictObject({
  sizeBytes: z.int(),
  pieces: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
})

const objectOf = (name: string): string => `kept/${name.slice(0, 2)}/${name}`

/** Brings what is new into the repository. @param known names that it has; those that are brought are added */
export async function shipKept(
  options: Readonly<{ dataDir: string; repository: Repository; key: BackupKey }>,
  known: Set<string>,
): Promise<void> {
  const { dataDir, repository, key } = options
  for (const part of await list(join(dataDir, folder))) {
    for (const name of await list(join(dataDir, folder, part))) {
      if (!fileName.test(name) || known.has(name)) continue
      const put = await putFile(repository, key, join(dataDir, folder, part, name))
      if (put === null) continue
      const { sizeBytes, pieces } = put
      const text = Buffer.from(JSON.stringify({ sizeBytes, pieces }))
      await repository.put(objectOf(name), await sealPacked(key, objectOf(name), text))
      known.add(name)
    }
  }
}

const list = (path: string): Promise<string[]> =>
  fs.readdir(path).catch(error => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })

export async function listKept(repository: Repository): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of repository.list('kept/')) names.push(name.split('/').at(-1)!)
  return names
}

async function readKept(
  repository: Repository,
  key: BackupKey,
  name: string,
): Promise<z.infer<typeof keptSchema>> {
  const object = objectOf(name)
  const text = await openPacked(key, object, await repository.get(object), objectBytesMax)
  const found = keptSchema.safeParse(JSON.parse(text.toString()))
  if (!found.success) throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
  return found.data
}

/** Pieces that kept files are made of. */
export async function listKeptPieces(repository: Repository, key: BackupKey): Promise<string[]> {
  const names: string[] = []
  for (const name of await listKept(repository)) {
    names.push(...(await readKept(repository, key, name)).pieces)
  }
  return names
}

/** The entries of a backup's table for files that were kept after it. */
export async function keptSince(
  repository: Repository,
  key: BackupKey,
  table: Table,
): Promise<Table['files']> {
  const there = new Set(table.files.map(({ path }) => path))
  const files: Table['files'] = []
  for (const name of await listKept(repository)) {
    const path = `${folder}/${name.slice(0, 2)}/${name}`
    if (there.has(path)) continue
    files.push({ path, mode: 0o600, ...(await readKept(repository, key, name)) })
  }
  return files
}
