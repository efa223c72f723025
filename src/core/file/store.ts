import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import {
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OkiteError } from '../error.ts'
import { syncFolder } from '../ledger/private-file.ts'
import type { Secrets } from '../ledger/secrets.ts'
import { endingOf, mediaTypeOf } from './media-type.ts'
import { chunkBytes, Sealed, Sealer } from './sealed.ts'
import { Sniffer } from './sniff.ts'

/** A file as the list knows it. Its name is a person's words and stands in no leaf. */
export type KeptFile = Readonly<{
  sha256: string
  sizeBytes: number
  mediaType: string
  name: string
}>

/** A file that was taken in and is not kept yet. */
export type HeldFile = Readonly<{
  file: KeptFile
  keep(): Promise<void>
  discard(): Promise<void>
}>

/**
 * Files under the SHA-256 of what is in them, encrypted. Trusted for confidentiality as far as the
 * secrets are, and for nothing else: what is read is hashed again, and the list says what there must
 * be. The hash of a file is no secret: who has the file can tell that it is here.
 */
export class FileStore {
  private readonly folder: string
  private readonly secrets: Secrets

  constructor(folder: string, secrets: Secrets) {
    this.folder = folder
    this.secrets = secrets
  }

  /**
   * Looks at a file and keeps it, in memory that its size does not change. The same content is stored
   * once; where it is damaged it is stored again.
   *
   * @throws OkiteError `FILE_MISSING`, `FILE_EMPTY`, `FILE_TOO_LARGE`, `FILE_TYPE_REFUSED`,
   *   `FILE_TYPE_CONTRADICTS`, `FILE_ENCODING`, `FILE_LOCKED`, `FILE_ARCHIVE_REFUSED`, `FILE_DISK_FULL`,
   *   `FILE_NOT_WRITTEN`
   */
  async keep(
    path: string,
    { sizeBytesMax, dry }: Readonly<{ sizeBytesMax: number; dry: boolean }>,
  ): Promise<KeptFile> {
    const source = await openSource(path, sizeBytesMax)
    try {
      const held = await this.receive(basename(path), chunksOf(source), { sizeBytesMax })
      try {
        if (!dry) await held.keep()
        return held.file
      } finally {
        await held.discard()
      }
    } catch (error) {
      throw refusalOf(error)
    } finally {
      await source.close()
    }
  }

  /**
   * Takes in a file that comes in pieces, from wherever: it lies sealed beside those that are kept until
   * it is kept itself or discarded. What nobody discarded goes with a later sweep.
   *
   * @throws OkiteError as `keep`, but `FILE_MISSING`
   */
  async receive(
    name: string,
    chunks: AsyncIterable<Uint8Array>,
    { sizeBytesMax }: Readonly<{ sizeBytesMax: number }>,
  ): Promise<HeldFile> {
    const ending = endingOf(name)
    const temporary = join(this.folder, `.${randomUUID()}`)
    // The answer is about the file: a leftover goes with a later sweep.
    const discard = () => rm(temporary, { force: true }).catch(() => undefined)
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 })
      const { sha256, sizeBytes, sniffed } = await this.seal(chunks, temporary, sizeBytesMax)
      // What was stored is looked at, not what lies at a path now.
      const mediaType = await this.reading(temporary, sha256, sealed =>
        mediaTypeOf(ending, sniffed, {
          sizeBytes,
          read: (from, to) => sealed.read(sha256, from, to),
        }),
      )
      const keep = async () => {
        if (await this.isSound(sha256)) return
        // What goes under the hash has that hash, read back from its first byte to its last.
        await this.reading(temporary, sha256, sealed => readThrough(sealed, sha256))
        await this.place(temporary, sha256)
      }
      return {
        file: { sha256, sizeBytes, mediaType, name },
        keep: () => keep().catch(error => Promise.reject(refusalOf(error))),
        discard,
      }
    } catch (error) {
      await discard()
      throw refusalOf(error)
    }
  }

  /**
   * Writes what is kept to a file that does not exist yet. It has its name only when its hash was
   * found right.
   *
   * @throws OkiteError `FILE_UNKNOWN`, `FILE_ALTERED`, `FILE_OUT_EXISTS`, `FILE_OUT_REFUSED`
   */
  async writeTo(sha256: string, path: string): Promise<void> {
    const temporary = join(dirname(path), `.${randomUUID()}`)
    try {
      const out = await open(temporary, 'wx', 0o600)
      try {
        await this.reading(this.pathOf(sha256), sha256, async sealed => {
          for await (const chunk of verified(sealed, sha256)) await out.writeFile(chunk)
        })
        await out.sync()
      } finally {
        await out.close()
      }
      await name(temporary, path)
    } catch (error) {
      if (error instanceof OkiteError) throw error
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') throw new OkiteError('FILE_OUT_EXISTS', { path })
      throw new OkiteError('FILE_OUT_REFUSED', { path, why: code }, { cause: error })
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined)
    }
  }

  /**
   * What is kept, piece by piece. Whoever passes it on before its end passes on what is not checked yet,
   * but each piece is authentic; a wrong hash ends it with an error.
   *
   * @throws OkiteError `FILE_UNKNOWN`, `FILE_ALTERED`
   */
  async *read(sha256: string): AsyncGenerator<Uint8Array> {
    const file = await open(this.pathOf(sha256), 'r').catch((cause: unknown) => {
      throw new OkiteError('FILE_UNKNOWN', { sha256 }, { cause })
    })
    try {
      yield* verified(await Sealed.open(file, sha256, this.secrets), sha256)
    } finally {
      await file.close()
    }
  }

  /** Reads the whole file. null: as it was. */
  async fault(sha256: string): Promise<'missing' | 'altered' | null> {
    try {
      await this.reading(this.pathOf(sha256), sha256, sealed => readThrough(sealed, sha256))
      return null
    } catch (error) {
      if (!(error instanceof OkiteError)) throw error
      return error.code === 'FILE_UNKNOWN' ? 'missing' : 'altered'
    }
  }

  private async isSound(sha256: string): Promise<boolean> {
    return (await this.fault(sha256)) === null
  }

  private async seal(chunks: AsyncIterable<Uint8Array>, temporary: string, sizeBytesMax: number) {
    const hash = createHash('sha256')
    const sniffer = new Sniffer()
    let sizeBytes = 0
    const out = await open(temporary, 'wx', 0o600)
    try {
      const sealer = new Sealer(out)
      for await (const bytes of chunks) {
        sizeBytes += bytes.length
        // It may have grown since it was measured.
        if (sizeBytes > sizeBytesMax)
          throw new OkiteError('FILE_TOO_LARGE', { limit: sizeBytesMax })
        hash.update(bytes)
        sniffer.push(bytes)
        await sealer.push(bytes)
      }
      if (sizeBytes === 0) throw new OkiteError('FILE_EMPTY')
      const sha256 = hash.digest('hex')
      await sealer.finish(sha256, this.secrets)
      return { sha256, sizeBytes, sniffed: sniffer.finish() }
    } finally {
      await out.close()
    }
  }

  private async place(temporary: string, sha256: string): Promise<void> {
    await this.sweep()
    const path = this.pathOf(sha256)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await rename(temporary, path)
    // Point of no return: with the folders on the disk the file is kept, and facts may name it.
    syncFolder(dirname(path))
    syncFolder(this.folder)
    syncFolder(dirname(this.folder))
  }

  /** What a crash left half written: its key was never on the disk, so nobody can read it. */
  private async sweep(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (!name.startsWith('.')) continue
      const path = join(this.folder, name)
      const made = await stat(path).catch(() => null)
      if (made !== null && Date.now() - made.mtimeMs > leftoverMs) await rm(path, { force: true })
    }
  }

  private async reading<T>(
    path: string,
    sha256: string,
    work: (sealed: Sealed) => Promise<T>,
  ): Promise<T> {
    let file: FileHandle
    try {
      file = await open(path, 'r')
    } catch (cause) {
      throw new OkiteError('FILE_UNKNOWN', { sha256 }, { cause })
    }
    try {
      return await work(await Sealed.open(file, sha256, this.secrets))
    } finally {
      await file.close()
    }
  }

  /** 256 folders: what a file system lists quickly, up to some hundred thousand files. */
  private pathOf(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new OkiteError('FILE_HASH', { sha256: sha256.slice(0, 80) })
    return join(this.folder, sha256.slice(0, 2), sha256)
  }
}

/** Gives a finished file its name, and refuses one that is taken: nothing of anybody's is overwritten. */
async function name(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // What an auditor carries away on has no links (exFAT).
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw error
    await copyFile(temporary, path, constants.COPYFILE_EXCL)
  }
}

/** Longer than the slowest upload. */
const leftoverMs = 86_400_000

/** A file of this machine, in memory that its size does not change. */
async function* chunksOf(source: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(chunkBytes)
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, chunkBytes, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

/** Bytes whose hash is right, or an error at their end. @throws OkiteError `FILE_ALTERED` */
async function* verified(sealed: Sealed, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of sealed.read(sha256)) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== sha256) throw new OkiteError('FILE_ALTERED', { sha256 })
}

/** @throws OkiteError `FILE_ALTERED` */
async function readThrough(sealed: Sealed, sha256: string): Promise<void> {
  for await (const _ of verified(sealed, sha256));
}

/** The data folder has no room: none at all, none for this account, none in one file. */
const fullCodes = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** What the operating system refused, for those who look after the machine. */
function refusalOf(error: unknown): unknown {
  if (error instanceof OkiteError) return error
  const { code, errno } = error as NodeJS.ErrnoException
  // Without a number of the system's it is a bug of ours.
  if (code === undefined || errno === undefined) return error
  return fullCodes.includes(code)
    ? new OkiteError('FILE_DISK_FULL', { why: code }, { cause: error })
    : new OkiteError('FILE_NOT_WRITTEN', { why: code }, { cause: error })
}

async function openSource(path: string, sizeBytesMax: number): Promise<FileHandle> {
  let file: FileHandle
  try {
    // Without O_NONBLOCK a pipe would hold us until somebody writes into it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw new OkiteError('FILE_MISSING', { path }, { cause })
  }
  const found = await file.stat()
  const refused = !found.isFile()
    ? new OkiteError('FILE_MISSING', { path })
    : found.size > sizeBytesMax
      ? new OkiteError('FILE_TOO_LARGE', { limit: sizeBytesMax })
      : null
  if (refused === null) return file
  await file.close()
  throw refused
}
