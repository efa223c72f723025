import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OkiteError } from '../error.ts'
import { syncFolder } from './private-file.ts'

/** Where published files lie. The simulation has one of its own. */
export type Disk = Readonly<{
  /** null: there is none. */
  read(path: string): Promise<Uint8Array | null>
  /**
   * Under its name a file is always whole. When it resolves the file would survive a power cut; when it is
   * rejected nobody knows whether it is there.
   */
  write(path: string, content: Uint8Array | string, mode: number): Promise<void>
  /** A file, or a folder with all that is in it. */
  remove(path: string): Promise<void>
}>

export const systemDisk: Disk = {
  async read(path) {
    try {
      return await readFile(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  },
  write: writeFileSafely,
  remove: path => rm(path, { recursive: true, force: true }),
}

/** Temporary file, fsync, rename, fsync of the folder: under its name a file is always whole. */
async function writeFileSafely(
  path: string,
  content: Uint8Array | string,
  mode: number,
): Promise<void> {
  const folder = dirname(path)
  const made = await mkdir(folder, { recursive: true })
  const temporary = join(folder, `.${randomUUID()}`)
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw new OkiteError('LEDGER_DISK_FULL', {}, { cause: error })
    throw error
  }
  syncFolder(folder)
  // New folders are names too, in the folders above them.
  if (made === undefined) return
  for (let above = dirname(folder); above.length >= dirname(made).length; above = dirname(above)) {
    syncFolder(above)
    if (above === dirname(above)) return
  }
}
