import { randomUUID } from 'node:crypto'
import { constants, promises as fs } from 'node:fs'
import { dirname, join } from 'node:path'
import { OkiteError } from '../../../core/error.ts'
import { tryByName } from './attempts.ts'
import { isObjectName, objectBytesMax, type Repository } from './repository.ts'

/** A folder, on a disk or a share of its own. Each object is written aside, synced, and renamed. */
export function openLocal(name: string, folder: string): Repository {
  const pathOf = (object: string): string => {
    if (!isObjectName(object)) throw new OkiteError('BACKUP_OBJECT_NAME', { repository: name })
    return join(folder, object)
  }
  const failed = (error: unknown): OkiteError => {
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return new OkiteError(codes[why] ?? 'BACKUP_REPOSITORY_AWAY', { repository: name, why })
  }
  const byName: Pick<Repository, 'put' | 'get' | 'remove'> = {
    async put(object, bytes) {
      const path = pathOf(object)
      const aside = join(folder, `.new-${randomUUID()}`)
      try {
        // The folder itself is made by who sets it up: a share that is not mounted is no place.
        await fs.access(folder)
        const made = await fs.mkdir(dirname(path), { recursive: true, mode: 0o700 })
        const file = await fs.open(aside, 'wx', 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        // Point of no return: the object has its name.
        await fs.rename(aside, path)
        await syncFolder(dirname(path))
        if (made !== undefined) await syncFolder(dirname(made))
      } catch (error) {
        await fs.rm(aside, { force: true }).catch(() => undefined)
        throw failed(error)
      }
    },
    async get(object) {
      const path = pathOf(object)
      try {
        const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
        try {
          if ((await file.stat()).size > objectBytesMax) {
            throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
          }
          return await file.readFile()
        } finally {
          await file.close()
        }
      } catch (error) {
        if (error instanceof OkiteError) throw error
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
          throw new OkiteError('BACKUP_OBJECT_MISSING', { repository: name, object })
        }
        throw failed(error)
      }
    },
    async remove(object) {
      await fs.rm(pathOf(object), { force: true }).catch(error => {
        throw failed(error)
      })
      return true
    },
  }
  return {
    name,
    ...byName,
    lock: null,
    tryDeletion: (...asked) => tryByName({ name, ...byName }, ...asked),
    async has(object) {
      const found = await fs.stat(pathOf(object)).catch(() => null)
      return found?.isFile() ?? false
    },
    async *list(prefix) {
      const below = prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/')) : ''
      const stack = [below]
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        const entries = await fs.readdir(join(folder, at), { withFileTypes: true }).catch(error => {
          if (error.code === 'ENOENT' && at !== '') return []
          throw failed(error)
        })
        for (const entry of entries) {
          if (entry.name.startsWith('.')) continue
          const object = at === '' ? entry.name : `${at}/${entry.name}`
          if (entry.isDirectory()) stack.push(object)
          else if (entry.isFile() && object.startsWith(prefix)) {
            const { size, mtimeMs } = await fs.stat(join(folder, object))
            yield { name: object, sizeBytes: size, putAtMs: mtimeMs }
          }
        }
      }
    },
  }
}

const codes: Readonly<Record<string, string>> = {
  ENOSPC: 'BACKUP_REPOSITORY_FULL',
  EDQUOT: 'BACKUP_REPOSITORY_FULL',
  // Also what the medium itself refuses: a file that cannot be changed, a file system without writes.
  EACCES: 'BACKUP_REPOSITORY_DENIED',
  EPERM: 'BACKUP_REPOSITORY_DENIED',
  EROFS: 'BACKUP_REPOSITORY_DENIED',
}

async function syncFolder(path: string): Promise<void> {
  const folder = await fs.open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
