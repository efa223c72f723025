import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { OkiteError } from '../error.ts'

/**
 * Reads a file that only we may read, and makes it if it does not exist yet.
 *
 * @param content called once, when the file is made
 * @throws OkiteError `LEDGER_KEY_RIGHTS` when anyone else could read or write it
 */
export function openPrivateFile(path: string, content: () => string): string {
  try {
    return readPrivateFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const temporary = `${path}.${randomUUID()}`
  const file = openSync(temporary, 'wx', 0o600)
  try {
    try {
      writeFileSync(file, content())
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    // link() refuses an existing name: two processes that start at once end with one file, and
    // nobody ever reads half of it.
    linkSync(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(temporary)
    syncFolder(dirname(path))
  }
  return readPrivateFile(path)
}

/** A new name survives a power cut only once its folder is written too. */
export function syncFolder(folder: string): void {
  // Windows cannot open a folder; there the file system orders names itself.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** @throws what the system says, and OkiteError `LEDGER_KEY_RIGHTS`, `LEDGER_KEY_FORM` */
export function readPrivateFile(path: string): string {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ELOOP') throw new OkiteError('LEDGER_KEY_RIGHTS', { why: 'link' }, { cause })
    throw cause
  }
  try {
    const status = fstatSync(file)
    if (!status.isFile()) throw new OkiteError('LEDGER_KEY_RIGHTS', { why: 'not a file' })
    // Windows has no such bits; its files are guarded by the rights of the folder.
    if (process.platform !== 'win32') {
      if ((status.mode & 0o077) !== 0) throw new OkiteError('LEDGER_KEY_RIGHTS', { why: 'mode' })
      if (status.uid !== process.getuid?.()) {
        throw new OkiteError('LEDGER_KEY_RIGHTS', { why: 'owner' })
      }
    }
    if (status.size > sizeBytesMax) throw new OkiteError('LEDGER_KEY_FORM')
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/** A few keys; anything longer is not what we wrote. */
const sizeBytesMax = 4096
