import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from '../db/lock.ts'
import { OkiteError } from '../error.ts'
import { syncFolder } from '../ledger/private-file.ts'

/**
 * The organisation's own packs: one folder each, below the data folder. Trust: whoever may write there
 * decides what a version that is adopted next will say; what has been adopted is in the database.
 */
export const ownFolder = (dataDir: string): string => join(dataDir, 'policies')

/**
 * Lets one process at a time change own packs, from what it reads until what it writes: two that began
 * with the same state would each undo the other's. The lock is of the kernel, so no dead writer holds it.
 *
 * @throws OkiteError `POLICY_BUSY`, and what the work throws
 */
export async function asWriter<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const lock = lockWriting(dataDir)
  try {
    sweep(ownFolder(dataDir))
    return await work()
  } finally {
    lock.release()
  }
}

function lockWriting(dataDir: string): ReturnType<typeof lockFolder> {
  try {
    return lockFolder(dataDir, 'policies')
  } catch (error) {
    if (!(error instanceof OkiteError) || error.code !== 'OKITE_RUNNING') throw error
    throw new OkiteError('POLICY_BUSY', error.data)
  }
}

/**
 * Where the own pack of this name lies, or null. Between the two renames of a writer – and after one
 * that died there – it is the pack as it was before. Whoever reads changes nothing.
 */
export function findOwn(dataDir: string, name: string): string | null {
  const own = ownFolder(dataDir)
  const folder = join(own, name)
  // Looked for twice: a writer may end between the first look and the second.
  return [folder, join(own, setAside(name)), folder].find(path => existsSync(path)) ?? null
}

/**
 * What `read` makes of a folder as it stood at one moment: when a writer has replaced the folder or a
 * file of it meanwhile, it is read again.
 *
 * @throws OkiteError `POLICY_BUSY` when it never stands still, and what `read` throws
 */
export function readSteady<T>(find: () => string, read: (folder: string) => T): T {
  for (let tries = 0; tries < triesMax; tries++) {
    const folder = find()
    const before = stampOf(folder)
    try {
      const value = read(folder)
      if (stampOf(folder) === before) return value
    } catch (error) {
      if (stampOf(folder) === before) throw error
    }
  }
  throw new OkiteError('POLICY_BUSY')
}

/** A writer needs a second for each change, a reader some milliseconds. */
const triesMax = 5

/** Another as soon as another folder has this name, or another file has a name in this folder. */
function stampOf(folder: string): string {
  const stat = lstatSync(folder, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? '' : `${stat.ino} ${stat.mtimeNs}`
}

/**
 * Puts a whole pack in place: written beside, looked at by `check`, and only then under its name. Of a
 * pack that is refused nothing is left. Only within `asWriter`.
 *
 * @param check throws where the folder holds no sound pack
 * @throws OkiteError `POLICY_EXISTS` unless `replace`, and what `check` throws
 */
export function writePack<T>(
  dataDir: string,
  name: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  options: Readonly<{ replace: boolean; check: (folder: string) => T }>,
): T {
  const own = ownFolder(dataDir)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const folder = join(own, name)
  if (existsSync(folder) && !options.replace) throw new OkiteError('POLICY_EXISTS', { name })
  // Under its name already, because complaints name the pack.
  const aside = join(own, `.${randomUUID()}`)
  const made = join(aside, name)
  mkdirSync(made, { recursive: true, mode: 0o700 })
  try {
    for (const [file, text] of files) writeWhole(join(made, file), text)
    if (existsSync(join(folder, readme)))
      copyFileSync(join(folder, readme), join(made, readme), constants.COPYFILE_EXCL)
    syncFolder(made)
    const checked = options.check(made)
    const before = join(own, setAside(name))
    if (existsSync(folder)) renameSync(folder, before)
    // The point of no return: from here on the next adoption takes this one. A process that dies
    // between the two renames leaves the one before, which `findOwn` finds and `sweep` puts back.
    renameSync(made, folder)
    syncFolder(own)
    // Moved before it is removed: under its name it is always whole.
    if (existsSync(before)) renameSync(before, join(aside, setAside(name)))
    return checked
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** What people write beside the files of a pack, for people. */
const readme = 'README.md'

/**
 * Replaces files of an own pack, all of them or none. Only within `asWriter`.
 *
 * @param all the files of the pack as they will be, the changed ones among them
 */
export function replaceFiles(
  dataDir: string,
  name: string,
  { changed, all }: Readonly<Record<'changed' | 'all', ReadonlyMap<string, Uint8Array>>>,
): void {
  const [one, ...more] = changed
  // A single rename is enough for a single file; two of them could be told apart by a reader.
  if (one !== undefined && more.length === 0) replaceFile(dataDir, name, ...one)
  else if (one !== undefined) writePack(dataDir, name, all, { replace: true, check: () => null })
}

/**
 * Replaces one file of an own pack; a reader sees the one before or this one, and never a part. Only
 * within `asWriter`.
 */
export function replaceFile(
  dataDir: string,
  name: string,
  file: string,
  text: string | Uint8Array,
): void {
  const folder = join(ownFolder(dataDir), name)
  // Beside the folder: within it a file of another name would be a fault of the pack.
  const made = join(ownFolder(dataDir), `.${name}.${randomUUID()}`)
  try {
    writeWhole(made, text)
    // The point of no return.
    renameSync(made, join(folder, file))
    syncFolder(folder)
  } finally {
    rmSync(made, { force: true })
  }
}

/** Puts back what a writer that died had set aside, and removes what it had begun. */
function sweep(own: string): void {
  if (!existsSync(own)) return
  for (const entry of readdirSync(own).filter(one => one.startsWith('.'))) {
    const name = /^\.(.+)\.before$/.exec(entry)?.[1]
    const isNeeded = name !== undefined && !existsSync(join(own, name))
    if (isNeeded) renameSync(join(own, entry), join(own, name))
    else rmSync(join(own, entry), { recursive: true, force: true })
  }
}

// A name of a pack has no dot, so nobody's pack is called so.
const setAside = (name: string): string => `.${name}.before`

function writeWhole(path: string, text: string | Uint8Array): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    // A single write may take less than it is given; this one goes on until all is written.
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
