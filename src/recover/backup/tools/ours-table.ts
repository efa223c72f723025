import { createHash } from 'node:crypto'
import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import type { BackupKey } from '../store/envelope.ts'
import {
  getPiece,
  objectOfPiece,
  openPacked,
  pieceBytes,
  putPiece,
  sealPacked,
} from '../store/pieces.ts'
import { objectBytesMax, type Repository } from '../store/repository.ts'

/** What a backup of a set of the organisation holds, sealed in its repository beside the pieces that it names. */

const path = z
  .string()
  .max(4_000)
  .refine(text => text.split('/').every(part => part !== '' && part !== '.' && part !== '..'))
const instant = z.iso.datetime({ precision: 3 })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const tableSchema = z.strictObject({
  form: z.literal('okite-set-1'),
  /** Sorts by the time at which it began. */
  id: z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
  set: z.string().min(1).max(80),
  began: instant,
  ended: instant,
  sentBytes: z.int(),
  folders: z.array(z.strictObject({ path, mode: z.int() })),
  links: z.array(z.strictObject({ path, target: z.string().max(4_096) })),
  files: z.array(
    z.strictObject({ path, mode: z.int(), sizeBytes: z.int(), sha256, pieces: z.array(sha256) }),
  ),
  /** Of a database: what its tables held at the instant of the dump. */
  rows: z.array(z.strictObject({ table: z.string(), rows: z.string(), digest: z.string() })),
})

export type SetTable = z.infer<typeof tableSchema>
type SetFile = SetTable['files'][number]

const objectOf = (id: string): string => `sets/${id}`

export async function putSetTable(
  repository: Repository,
  key: BackupKey,
  table: SetTable,
): Promise<void> {
  const object = objectOf(table.id)
  const text = Buffer.from(JSON.stringify(table))
  if (text.length > objectBytesMax)
    throw new OkiteError('BACKUP_SOURCE', { set: table.set, path: '', why: 'too many files' })
  // Point of no return: with its table it is a backup.
  await repository.put(object, await sealPacked(key, object, text))
}

/** @throws OkiteError `BACKUP_OBJECT_MISSING`, `BACKUP_OBJECT_ALTERED`, `BACKUP_KEY_WRONG` */
export async function getSetTable(
  repository: Repository,
  key: BackupKey,
  id: string,
): Promise<SetTable> {
  const object = objectOf(id)
  const text = await openPacked(key, object, await repository.get(object), objectBytesMax)
  const found = tableSchema.safeParse(JSON.parse(text.toString()))
  if (!found.success) throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
  return found.data
}

/** By id, the oldest first. */
export async function listSetTables(repository: Repository): Promise<string[]> {
  const ids: string[] = []
  for await (const { name } of repository.list('sets/')) ids.push(name.slice('sets/'.length))
  return ids.sort()
}

/** Whatever comes, as pieces of one length, and what it was. */
export class PieceWriter {
  private readonly pieces: string[] = []
  private readonly digest = createHash('sha256')
  private rest: Buffer[] = []
  private restBytes = 0
  private sizeBytes = 0
  sentBytes = 0
  private readonly repository: Repository
  private readonly key: BackupKey

  constructor(repository: Repository, key: BackupKey) {
    this.repository = repository
    this.key = key
  }

  async add(bytes: Buffer): Promise<void> {
    this.digest.update(bytes)
    this.sizeBytes += bytes.length
    this.rest.push(bytes)
    this.restBytes += bytes.length
    while (this.restBytes >= pieceBytes) await this.put(pieceBytes)
  }

  async end(): Promise<Pick<SetFile, 'pieces' | 'sizeBytes' | 'sha256'>> {
    if (this.restBytes > 0) await this.put(this.restBytes)
    const { pieces, sizeBytes } = this
    return { pieces, sizeBytes, sha256: this.digest.digest('hex') }
  }

  private async put(length: number): Promise<void> {
    const all = Buffer.concat(this.rest)
    const { name, sentBytes } = await putPiece(this.repository, this.key, all.subarray(0, length))
    this.pieces.push(name)
    this.sentBytes += sentBytes
    this.rest = [all.subarray(length)]
    this.restBytes -= length
  }
}

/** The pieces of a file, in order. @throws OkiteError as `getPiece` */
export async function* piecesOf(
  repository: Repository,
  key: BackupKey,
  file: Pick<SetFile, 'pieces'>,
): AsyncIterable<Buffer> {
  for (const name of file.pieces) yield await getPiece(repository, key, name)
}

/** What is put now may not be named by anything yet. */
const restMs = 24 * 60 * 60_000

/**
 * Takes away backups that ended before an instant but for the newest, then pieces that none needs. A table that
 * cannot be read ends it before anything is removed. No backup may be made meanwhile.
 *
 * @returns how many backups went
 */
export async function pruneSet(
  repository: Repository,
  key: BackupKey,
  options: Readonly<{ before: string; countMin: number; nowMs: number }>,
): Promise<number> {
  const { before, countMin, nowMs } = options
  const tables: SetTable[] = []
  for (const id of await listSetTables(repository))
    tables.push(await getSetTable(repository, key, id))
  const old = tables
    .slice(0, Math.max(0, tables.length - countMin))
    .filter(one => one.ended < before)
  if (old.length === 0) return 0
  const left = tables.filter(one => !old.includes(one))
  const pieces = left.flatMap(({ files }) => files.flatMap(file => file.pieces))
  const wanted = new Set(pieces.map(objectOfPiece))
  // Point of no return: a backup is none once its table is gone.
  for (const { id } of old) await repository.remove(objectOf(id))
  for await (const { name, putAtMs } of repository.list('pieces/'))
    if (!wanted.has(name) && putAtMs <= nowMs - restMs) await repository.remove(name)
  return old.length
}
