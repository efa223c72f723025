import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { OkiteError } from '../error.ts'

/**
 * The data folder, with symbolic links resolved, so that two names of one folder are one
 * installation.
 *
 * Trust: the folder holds the database and its password. Whoever can write it owns the
 * installation; the seals of the ledger then show what was changed, and nothing more.
 *
 * @throws OkiteError `DATA_FOLDER_ABSENT`, `DATA_FOLDER_DENIED`, `DATA_FOLDER_FILE`, `DATA_FOLDER_OPEN`,
 *   `DATA_FOLDER_OWNER`
 */
export function openDataFolder(
  path: string,
  options: { create: boolean; owners: number[] },
): string {
  const asked = resolve(path)
  if (options.create) createFolder(asked)
  const folder = resolveFolder(asked)
  const found = fs.statSync(folder)
  if (!found.isDirectory()) throw new OkiteError('DATA_FOLDER_FILE', { path })
  if (process.getuid === undefined) return folder // Windows: its rights are not ours to judge
  if (!options.owners.includes(found.uid)) {
    throw new OkiteError('DATA_FOLDER_OWNER', { path, owner: found.uid, you: process.getuid() })
  }
  if (found.mode & 0o022) throw new OkiteError('DATA_FOLDER_OPEN', { path })
  return folder
}

/** Makes the folder and those above it, one at a time: `recursive` never ends below `/proc` (Node 26). */
function createFolder(path: string): void {
  const missing: string[] = []
  let at = path
  for (; !isThere(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at)
  if (!fs.statSync(at, { throwIfNoEntry: false })?.isDirectory()) {
    throw new OkiteError('DATA_FOLDER_FILE', { path: at })
  }
  for (const folder of missing) {
    try {
      fs.mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
      // Another program made it at this moment; what it is, is looked at next.
      if (reason === 'EEXIST') continue
      if (reason === 'ENOSPC' || reason === 'EDQUOT') {
        throw new OkiteError('DATABASE_DISK_FULL', { path: folder })
      }
      throw new OkiteError('DATA_FOLDER_DENIED', { path: folder, reason })
    }
  }
}

/** Whatever it is, a link that leads nowhere too. */
function isThere(path: string): boolean {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
    // Below something that is no folder: that will be found further up.
    if (reason === 'ENOTDIR') return false
    throw new OkiteError('DATA_FOLDER_DENIED', { path, reason })
  }
}

function resolveFolder(path: string): string {
  try {
    return fs.realpathSync(path)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (reason === 'ENOENT') throw new OkiteError('DATA_FOLDER_ABSENT', { path })
    throw new OkiteError('DATA_FOLDER_DENIED', { path, reason })
  }
}

/** A short private directory for sockets. `run` in the data folder points to it. */
export type PrivateFolder = Readonly<{ path: string; remove(): void }>

/**
 * Sockets need a short path: `sun_path` holds 108 bytes with its end on Linux and 104 on macOS,
 * while a data folder may lie anywhere. So they live in a private directory of their own below
 * `$XDG_RUNTIME_DIR` or `/tmp`, and `run` in the data folder says which one, to every process that
 * looks, whatever its environment.
 *
 * Trust: another user of the machine may put something in the way in `/tmp`. What is not a
 * directory of ours with mode 0700 is not used; then one with a random name is.
 * It belongs to the owner of the data folder, under whom PostgreSQL runs.
 *
 * @throws OkiteError `RUN_FOLDER_NONE`
 */
export function openPrivateFolder(dataDir: string): PrivateFolder {
  const uid = fs.statSync(dataDir).uid
  const link = join(dataDir, 'run')
  const named = findPrivateFolder(dataDir)
  if (named !== null) return { path: named, remove: () => removeFolder(named, link) }
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, hashDigits)
  const tried: string[] = []
  for (const base of bases(dataDir, uid)) {
    for (const suffix of ['', `-${randomBytes(6).toString('hex')}`]) {
      const path = join(base, `okite-${uid}-${hash}${suffix}`)
      tried.push(path)
      if (!fitsSocket(path) || !makePrivate(path, uid)) continue
      fs.rmSync(link, { force: true, recursive: false })
      fs.symlinkSync(path, link)
      return { path, remove: () => removeFolder(path, link) }
    }
  }
  throw new OkiteError('RUN_FOLDER_NONE', { tried })
}

/** The private directory that the data folder names, or null. Creates nothing. */
export function findPrivateFolder(dataDir: string): string | null {
  try {
    const path = fs.readlinkSync(join(dataDir, 'run'))
    const uid = fs.statSync(dataDir).uid
    return isAbsolute(path) && fitsSocket(path) && isPrivate(path, uid) ? path : null
  } catch {
    return null
  }
}

/** 12 digits, 48 bits: two data folders of one user never meet by chance. */
const hashDigits = 12

/** The longest name we put into the directory: PostgreSQL's socket and its lock file. */
const longestName = '/.s.PGSQL.5432.lock'

/** sun_path less its final NUL: 107 bytes on Linux, 103 on macOS and the BSDs. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103

const fitsSocket = (path: string) => Buffer.byteLength(path + longestName) <= socketPathBytesMax

function* bases(dataDir: string, uid: number): Iterable<string> {
  const runtime = process.env['XDG_RUNTIME_DIR']
  if (runtime && isAbsolute(runtime) && isPrivate(runtime, uid)) yield runtime
  yield '/tmp'
  yield dataDir // a machine without a writable /tmp; works when the data folder's own path is short
}

function makePrivate(path: string, uid: number): boolean {
  try {
    fs.mkdirSync(path, { mode: 0o700 })
    if (process.getuid?.() === 0 && uid !== 0) fs.chownSync(path, uid, uid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
  }
  return isPrivate(path, uid)
}

/** A real directory, ours, and closed to everybody else. `lstat`: a symbolic link is not followed. */
function isPrivate(path: string, uid: number): boolean {
  try {
    const found = fs.lstatSync(path)
    if (!found.isDirectory()) return false
    if (process.getuid === undefined) return true // Windows: its rights are not ours to judge
    return found.uid === uid && (found.mode & 0o077) === 0
  } catch {
    return false
  }
}

function removeFolder(path: string, link: string): void {
  try {
    fs.rmdirSync(path) // fails while another part of the program still has its socket there
    fs.rmSync(link, { force: true })
  } catch {
    // somebody still uses it, and removes it when it is the last
  }
}
