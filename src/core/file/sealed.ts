import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { OkiteError } from '../error.ts'
import type { Secrets } from '../ledger/secrets.ts'

/**
 * One file, encrypted under a key of its own: `magic ‖ wrapped key ‖ chunk…`, each chunk AES-256-GCM
 * of 64 KiB with its tag. The nonce of a chunk is its number and whether it is the last (the STREAM
 * construction of Hoang, Reyhanitabar, Rogaway and Vizár, as age has it), so that chunks can be neither
 * moved, repeated nor cut off. A key seals one file, so that no nonce comes twice under it, and to
 * destroy the 60 bytes of the wrapped key is to destroy the file.
 */
const magic = Buffer.from('okite-sealed-1\n')
const keyBytes = 32
/** Nonce, key and tag. */
const wrappedBytes = 12 + keyBytes + 16
const headBytes = magic.length + wrappedBytes
const tagBytes = 16
/** 64 KiB in memory at a time, whatever the size of the file. */
export const chunkBytes = 65_536
const sealedChunkBytes = chunkBytes + tagBytes

/** For whom the key of a file is wrapped: no other file's content can be put in its place. */
const nameOf = (sha256: string): string => `file ${sha256}`

/** Encrypts into an empty file. What is in it opens for nobody before `finish` has written the key. */
export class Sealer {
  private readonly key = randomBytes(keyBytes)
  private pending = Buffer.alloc(0)
  private count = 0
  private at = headBytes
  private readonly file: FileHandle

  constructor(file: FileHandle) {
    this.file = file
  }

  async push(bytes: Uint8Array): Promise<void> {
    this.pending = Buffer.concat([this.pending, bytes])
    // One chunk is held back: only at the end is it known which is the last.
    while (this.pending.length > chunkBytes) {
      await this.write(this.pending.subarray(0, chunkBytes), false)
      this.pending = this.pending.subarray(chunkBytes)
    }
  }

  async finish(sha256: string, secrets: Secrets): Promise<void> {
    await this.write(this.pending, true)
    const head = Buffer.concat([magic, secrets.wrapKey(nameOf(sha256), this.key)])
    await writeAll(this.file, head, 0)
    await this.file.sync()
  }

  private async write(plain: Uint8Array, isLast: boolean): Promise<void> {
    const cipher = createCipheriv('aes-256-gcm', this.key, nonceOf(this.count, isLast))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    await writeAll(this.file, sealed, this.at)
    this.at += sealed.length
    this.count += 1
  }
}

/** All of it, or an error: one `write` may take less than it was given, where a limit or the end of a disk is near. */
async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    // Nothing taken and no error: never asked for ever.
    if (bytesWritten === 0) throw new OkiteError('FILE_NOT_WRITTEN', { why: 'EIO' })
    done += bytesWritten
  }
}

/** Reads a sealed file, from its beginning or from anywhere. */
export class Sealed {
  readonly sizeBytes: number
  private readonly file: FileHandle
  private readonly key: Uint8Array
  private readonly chunkCount: number

  private constructor(file: FileHandle, key: Uint8Array, bodyBytes: number) {
    this.file = file
    this.key = key
    this.chunkCount = Math.ceil(bodyBytes / sealedChunkBytes)
    this.sizeBytes = bodyBytes - this.chunkCount * tagBytes
  }

  /** @throws OkiteError `FILE_ALTERED` when this is not the file that was sealed under the hash */
  static async open(file: FileHandle, sha256: string, secrets: Secrets): Promise<Sealed> {
    const { size } = await file.stat()
    const head = Buffer.alloc(headBytes)
    await file.read(head, 0, headBytes, 0)
    const bodyBytes = size - headBytes
    const isWhole = bodyBytes > tagBytes && head.subarray(0, magic.length).equals(magic)
    if (!isWhole) throw altered(sha256)
    try {
      const key = secrets.unwrapKey(nameOf(sha256), head.subarray(magic.length))
      return new Sealed(file, key, bodyBytes)
    } catch (cause) {
      throw altered(sha256, cause)
    }
  }

  /** The bytes in [from, to). @throws OkiteError `FILE_ALTERED` */
  async *read(sha256: string, from = 0, to = this.sizeBytes): AsyncGenerator<Buffer> {
    for (let nth = Math.floor(from / chunkBytes); nth * chunkBytes < to; nth++) {
      const plain = await this.chunk(nth, sha256)
      const begin = nth * chunkBytes
      yield plain.subarray(Math.max(0, from - begin), Math.min(plain.length, to - begin))
    }
  }

  /** The chunk that was read last: the directory of an archive is read a few bytes at a time. */
  private last: Readonly<{ nth: number; plain: Buffer }> | null = null

  private async chunk(nth: number, sha256: string): Promise<Buffer> {
    if (this.last?.nth === nth) return this.last.plain
    const plain = await this.open(nth, sha256)
    this.last = { nth, plain }
    return plain
  }

  private async open(nth: number, sha256: string): Promise<Buffer> {
    const sealed = Buffer.alloc(sealedChunkBytes)
    const at = headBytes + nth * sealedChunkBytes
    const { bytesRead } = await this.file.read(sealed, 0, sealedChunkBytes, at)
    if (bytesRead < tagBytes) throw altered(sha256)
    const isLast = nth === this.chunkCount - 1
    const options = { authTagLength: tagBytes }
    const decipher = createDecipheriv('aes-256-gcm', this.key, nonceOf(nth, isLast), options)
    try {
      decipher.setAuthTag(sealed.subarray(bytesRead - tagBytes, bytesRead))
      const plain = decipher.update(sealed.subarray(0, bytesRead - tagBytes))
      return Buffer.concat([plain, decipher.final()])
    } catch (cause) {
      throw altered(sha256, cause)
    }
  }
}

const altered = (sha256: string, cause?: unknown): OkiteError =>
  new OkiteError('FILE_ALTERED', { sha256 }, { cause })

function nonceOf(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  // 48 bits are 2^48 chunks; the limit of a file is far below.
  nonce.writeUIntBE(count, 5, 6)
  nonce[11] = isLast ? 1 : 0
  return nonce
}
