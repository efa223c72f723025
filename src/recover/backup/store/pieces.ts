import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import { OkiteError } from '../../../core/error.ts'
import type { BackupKey } from './envelope.ts'
import type { Repository } from './repository.ts'

/**
 * Data in pieces under names that follow from what is in them: what has not changed since the last backup,
 * or was sent before a backup was cut short, is there already.
 */

/** A page that changes costs one piece: a table's file grows and changes in place. */
export const pieceBytes = 1_048_576

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** A piece comes out in one, and is not put together from many. */
const chunkSize = pieceBytes

/** The least effort: a database page compresses well by any, and the time is the processor's. */
const level = { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: 1 } }

const [plainForm, zstdForm] = [Buffer.of(0), Buffer.of(1)]

/** Packs before it seals: afterwards nothing could be found alike. */
export async function sealPacked(
  key: BackupKey,
  context: string,
  plain: Uint8Array,
): Promise<Buffer> {
  const packed = await compress(plain, level)
  const isSmaller = packed.length < plain.length
  const body = isSmaller ? [zstdForm, packed] : [plainForm, plain]
  return key.seal(context, Buffer.concat(body))
}

/** @throws OkiteError `BACKUP_KEY_WRONG`, `BACKUP_OBJECT_ALTERED` */
export async function openPacked(
  key: BackupKey,
  context: string,
  sealed: Uint8Array,
  sizeBytesMax: number,
): Promise<Buffer> {
  const body = key.open(context, sealed)
  if (body[0] === plainForm[0]) return body.subarray(1)
  try {
    return await decompress(body.subarray(1), { maxOutputLength: sizeBytesMax, chunkSize })
  } catch (cause) {
    throw new OkiteError('BACKUP_OBJECT_ALTERED', { object: context }, { cause })
  }
}

export const objectOfPiece = (name: string): string => `pieces/${name.slice(0, 2)}/${name}`

/** Puts a piece where it is not yet, and answers its name and how many bytes were sent. */
export async function putPiece(
  repository: Repository,
  key: BackupKey,
  piece: Uint8Array,
): Promise<Readonly<{ name: string; sentBytes: number }>> {
  const name = key.nameOf(piece)
  const object = objectOfPiece(name)
  if (await repository.has(object)) return { name, sentBytes: 0 }
  const sealed = await sealPacked(key, object, piece)
  await repository.put(object, sealed)
  return { name, sentBytes: sealed.length }
}

/** @throws OkiteError `BACKUP_OBJECT_MISSING`, `BACKUP_OBJECT_ALTERED`, `BACKUP_KEY_WRONG` */
export async function getPiece(
  repository: Repository,
  key: BackupKey,
  name: string,
): Promise<Buffer> {
  const object = objectOfPiece(name)
  const piece = await openPacked(key, object, await repository.get(object), pieceBytes)
  if (key.nameOf(piece) !== name) throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
  return piece
}
