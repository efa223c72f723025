import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import type { BackupKey } from './envelope.ts'
import { objectOfPiece, openPacked, sealPacked } from './pieces.ts'
import { objectBytesMax, type Repository } from './repository.ts'

const pieceName = z.string().regex(/^[0-9a-f]{64}$/)
const path = z
  .string()
  .max(1_000)
  .refine(text => text.split('/').every(part => part !== '' && part !== '.' && part !== '..'))
const segment = z.string().regex(/^[0-9A-F]{24}$/)
const instant = z.iso.datetime({ precision: 3 })

const tableSchema = z.strictObject({
  form: z.literal('okite-backup-table-1'),
  /** Sorts by the time at which it began. */
  id: z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
  began: instant,
  ended: instant,
  /** Of the database: what it is called, and where its log has to be replayed from and to at least. */
  database: z.strictObject({
    system: z.string().regex(/^\d{1,20}$/),
    version: z.string().max(40),
    first: segment,
    last: segment,
    label: z.string().max(10_000),
  }),
  /** Relative to the data folder. */
  folders: z.array(z.strictObject({ path, mode: z.int() })),
  files: z.array(
    z.strictObject({ path, mode: z.int(), sizeBytes: z.int(), pieces: z.array(pieceName) }),
  ),
})

/** What a backup holds: enough to lay the folder out again, by whoever has the key. */
export type Table = z.infer<typeof tableSchema>

const objectOf = (id: string): string => `backups/${id}`

export async function putTable(
  repository: Repository,
  key: BackupKey,
  table: Table,
): Promise<number> {
  const object = objectOf(table.id)
  const sealed = await sealPacked(key, object, Buffer.from(JSON.stringify(table)))
  await repository.put(object, sealed)
  return sealed.length
}

/** @throws OkiteError `BACKUP_OBJECT_MISSING`, `BACKUP_OBJECT_ALTERED`, `BACKUP_KEY_WRONG` */
export async function getTable(repository: Repository, key: BackupKey, id: string): Promise<Table> {
  const object = objectOf(id)
  const text = await openPacked(key, object, await repository.get(object), objectBytesMax)
  const found = tableSchema.safeParse(JSON.parse(text.toString()))
  if (!found.success) throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
  return found.data
}

/** null: there is none. @throws OkiteError as `getTable` */
export async function newestTable(repository: Repository, key: BackupKey): Promise<Table | null> {
  const [newest] = (await listBackups(repository)).slice(-1)
  return newest === undefined ? null : getTable(repository, key, newest)
}

/** Backups of a repository by id, the oldest first. */
export async function listBackups(repository: Repository): Promise<string[]> {
  const ids: string[] = []
  for await (const { name } of repository.list('backups/')) ids.push(name.slice('backups/'.length))
  return ids.sort()
}

/**
 * Whether the place lists all that a backup is made of. That it can be read only a reading shows; but what is
 * not even on the list need not be waited for.
 *
 * @throws OkiteError `BACKUP_OBJECT_MISSING`
 */
export async function checkListed(repository: Repository, table: Table): Promise<void> {
  const missing = new Set(table.files.flatMap(({ pieces }) => pieces.map(objectOfPiece)))
  for await (const { name, sizeBytes } of repository.list('pieces/')) {
    if (sizeBytes > 0) missing.delete(name)
  }
  const [object] = missing
  if (object === undefined) return
  throw new OkiteError('BACKUP_OBJECT_MISSING', { repository: repository.name, object })
}
