import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path/posix'
import type { FileEntryWithStats, Stats } from 'ssh2'
import { OkiteError } from '../../../core/error.ts'
import { allOf } from './all-of.ts'
import { tryByName } from './attempts.ts'
import { isObjectName, type Listed, objectBytesMax, type Repository } from './repository.ts'
import { type Ask, connectionTo, type Host, statusOf } from './sftp/connection.ts'

export type SftpOptions = Host & Readonly<{ folder: string }>

/** What every server takes in one question, and how many are asked before the first is answered. */
const chunkBytes = 32_768
const chunksAtOnce = 32

const [noFile, refused, failure] = [2, 3, 4]

/**
 * A folder of another host (SFTP version 3 with the extensions of OpenSSH). An object is written aside, synced
 * where the host offers it, and renamed. A new name cannot be synced by SFTP: after a power cut there the last
 * ones may be missing, and are put again.
 */
export function openSftp(options: SftpOptions): Repository {
  const { name, folder } = options
  const connected = connectionTo(options)
  const pathOf = (object: string): string => {
    if (!isObjectName(object)) throw new OkiteError('BACKUP_OBJECT_NAME', { repository: name })
    return `${folder}/${object}`
  }
  /** @param object null: the folder itself */
  const on = <T>(object: string | null, work: (ask: Ask) => Promise<T>): Promise<T> =>
    connected(work).catch(error => {
      throw failed(name, object, error)
    })

  const put = async (object: string, bytes: Uint8Array): Promise<void> => {
    const path = pathOf(object)
    return on(null, async ask => {
      const aside = `${folder}/.new-${randomUUID()}`
      try {
        await writeFile(ask, aside, bytes)
        await makeFolders(ask, folder, dirname(object))
        // Point of no return: the object has its name.
        await rename(ask, aside, path)
      } catch (error) {
        await ask<void>((sftp, answer) => sftp.unlink(aside, answer as never)).catch(() => null)
        if (statusOf(error) === failure && (await isFull(ask, folder, bytes.length))) {
          throw new OkiteError('BACKUP_REPOSITORY_FULL', { repository: name, why: 'statvfs' })
        }
        throw error
      }
    })
  }

  const get = async (object: string): Promise<Buffer> => {
    const path = pathOf(object)
    return on(object, async ask => {
      const handle = await ask<Buffer>((sftp, answer) => sftp.open(path, 'r', answer))
      try {
        const { size } = await ask<Stats>((sftp, answer) => sftp.fstat(handle, answer))
        if (size > objectBytesMax) throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
        const bytes = Buffer.alloc(size)
        await inChunks(size, async (at, length) => {
          for (let done = 0; done < length; ) {
            const read = await ask<number>((sftp, answer) =>
              sftp.read(handle, bytes, at + done, length - done, at + done, answer),
            )
            if (read === 0) throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
            done += read
          }
        })
        return bytes
      } finally {
        await closed(ask, handle)
      }
    })
  }

  const remove = async (object: string): Promise<boolean> => {
    const path = pathOf(object)
    return on(null, async ask => {
      await ask<void>((sftp, answer) => sftp.unlink(path, answer as never)).catch(error => {
        if (statusOf(error) !== noFile) throw error
      })
      return true
    })
  }

  return {
    ...{ name, lock: null, put, get, remove },
    async has(object) {
      const path = pathOf(object)
      return on(null, async ask => {
        try {
          return (await ask<Stats>((sftp, answer) => sftp.lstat(path, answer))).isFile()
        } catch (error) {
          if (statusOf(error) === noFile) return false
          throw error
        }
      })
    },
    async *list(prefix) {
      const stack = [prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/')) : '']
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        const found = await on(null, ask => listFolder(ask, folder, at!))
        for (const { name: object, isFolder, ...rest } of found) {
          if (isFolder) stack.push(object)
          else if (object.startsWith(prefix)) yield { name: object, ...rest }
        }
      }
    },
    tryDeletion: (...asked) => tryByName({ name, put, get, remove }, ...asked),
  }
}

function failed(repository: string, object: string | null, error: unknown): OkiteError {
  if (error instanceof OkiteError) return error
  const status = statusOf(error)
  if (status === noFile && object !== null) {
    return new OkiteError('BACKUP_OBJECT_MISSING', { repository, object })
  }
  const code = status === refused ? 'BACKUP_REPOSITORY_DENIED' : 'BACKUP_REPOSITORY_AWAY'
  return new OkiteError(code, { repository, why: `SFTP ${status ?? 'unknown'}` })
}

async function writeFile(ask: Ask, path: string, bytes: Uint8Array): Promise<void> {
  const handle = await ask<Buffer>((sftp, answer) => sftp.open(path, 'wx', { mode: 0o600 }, answer))
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    await inChunks(bytes.length, (at, length) =>
      ask<void>((sftp, answer) => sftp.write(handle, buffer, at, length, at, answer as never)),
    )
    await ask<void>((sftp, answer) => sftp.ext_openssh_fsync(handle, answer as never)).catch(
      error => {
        // Not offered: the client says so without asking.
        if (statusOf(error) !== null || !/not support/.test((error as Error).message)) throw error
      },
    )
    const { size } = await ask<Stats>((sftp, answer) => sftp.fstat(handle, answer))
    if (size !== bytes.length) throw new OkiteError('BACKUP_OBJECT_ALTERED', { object: path })
  } finally {
    await closed(ask, handle)
  }
}

/** Over what is there; a host that cannot do it in one step does it in two. */
async function rename(ask: Ask, from: string, to: string): Promise<void> {
  try {
    await ask<void>((sftp, answer) => sftp.ext_openssh_rename(from, to, answer as never))
  } catch (error) {
    if (statusOf(error) !== null || !/not support/.test((error as Error).message)) throw error
    await ask<void>((sftp, answer) => sftp.unlink(to, answer as never)).catch(reason => {
      if (statusOf(reason) !== noFile) throw reason
    })
    await ask<void>((sftp, answer) => sftp.rename(from, to, answer as never))
  }
}

/** Below the folder, which is made by who sets it up. */
async function makeFolders(ask: Ask, folder: string, below: string): Promise<void> {
  if (below === '.') return
  const path = `${folder}/${below}`
  const isMade = await ask<Stats>((sftp, answer) => sftp.stat(path, answer)).then(
    stats => stats.isDirectory(),
    error => {
      if (statusOf(error) === noFile) return false
      throw error
    },
  )
  if (isMade) return
  await makeFolders(ask, folder, dirname(below))
  await ask<void>((sftp, answer) => sftp.mkdir(path, { mode: 0o700 }, answer as never)).catch(
    error => {
      // Somebody else has made it meanwhile; if not, the next step says so.
      if (statusOf(error) !== failure) throw error
    },
  )
}

type Found = Listed & Readonly<{ isFolder: boolean }>

async function listFolder(ask: Ask, folder: string, below: string): Promise<Found[]> {
  const path = below === '' ? folder : `${folder}/${below}`
  const entries = await ask<FileEntryWithStats[]>((sftp, answer) =>
    sftp.readdir(path, answer),
  ).catch(error => {
    if (statusOf(error) === noFile && below !== '') return []
    throw error
  })
  return entries
    .filter(({ filename, attrs }) => {
      const isOurs = !filename.startsWith('.') && !filename.includes('/')
      return isOurs && (attrs.isFile() || attrs.isDirectory())
    })
    .map(({ filename, attrs }) => ({
      name: below === '' ? filename : `${below}/${filename}`,
      isFolder: attrs.isDirectory(),
      ...{ sizeBytes: attrs.size, putAtMs: attrs.mtime * 1_000 },
    }))
}

/** Whether less is left there than was to be written. A host that does not tell is not called full. */
async function isFull(ask: Ask, folder: string, bytes: number): Promise<boolean> {
  type Space = { f_frsize?: unknown; f_bavail?: unknown }
  const space = await ask<Space>((sftp, answer) => sftp.ext_openssh_statvfs(folder, answer)).catch(
    () => ({}) as Space,
  )
  const { f_frsize: size, f_bavail: blocks } = space
  return Number(size) * Number(blocks) < bytes + chunkBytes
}

const closed = (ask: Ask, handle: Buffer): Promise<unknown> =>
  ask<void>((sftp, answer) => sftp.close(handle, answer as never)).catch(() => null)

/** Does work for each chunk, several at once; the first that fails ends it once all have ended. */
async function inChunks(
  size: number,
  work: (at: number, length: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const go = async (): Promise<void> => {
    while (next < size) {
      const at = next
      next += chunkBytes
      await work(at, Math.min(chunkBytes, size - at))
    }
  }
  await allOf(Array.from({ length: chunksAtOnce }, go))
}
