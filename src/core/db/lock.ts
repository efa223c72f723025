import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OkiteError } from '../error.ts'

/** A lock on a data folder. The kernel gives it back when the process ends, however it ends. */
export type FolderLock = Readonly<{ release(): void }>

/**
 * Takes the lock `<name>.lock` of a data folder, or refuses at once.
 *
 * Node has no file lock of its own; SQLite's is a lock of the kernel on every platform, so there
 * is nothing stale to recognise after a crash. The file stays empty: nothing is ever written.
 *
 * Trust: whoever can write the data folder can remove the file and defeat the lock; PostgreSQL's
 * own interlock on its shared memory then still keeps two servers from one cluster.
 *
 * @throws OkiteError `OKITE_RUNNING` with the pid of the holder, `DATA_FOLDER_DENIED`
 */
export function lockFolder(dataDir: string, name: string): FolderLock {
  const path = join(dataDir, `${name}.lock`)
  const pidPath = join(dataDir, `${name}.pid`)
  createEmpty(path)
  const lock = take(path, pidPath)
  try {
    writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 })
  } catch {
    // A full disk: the lock holds all the same, only the message to a second start lacks the pid.
  }
  return {
    release() {
      // The pid goes first: after the lock is open it may already be somebody else's.
      rmSync(pidPath, { force: true })
      lock.close()
    },
  }
}

/** The pid of the process that holds the lock, or null when nobody does. Creates nothing. */
export function lockHolder(dataDir: string, name: string): number | null {
  let probe: DatabaseSync | undefined
  try {
    probe = new DatabaseSync(join(dataDir, `${name}.lock`), { timeout: 0, readOnly: true })
    probe.exec('SELECT count(*) FROM sqlite_schema') // a shared lock for a moment
    return null
  } catch (error) {
    // Anything else – no such file, none that we may read – is nobody that we could speak to.
    return isBusy(error) ? readPid(join(dataDir, `${name}.pid`)) : null
  } finally {
    probe?.close()
  }
}

/**
 * The file is made only when it is absent: opening and closing a file that this process has
 * locked would give the lock away (POSIX, fcntl(2)).
 */
function createEmpty(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (code === 'EEXIST') return
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new OkiteError('DATABASE_DISK_FULL', { path })
    throw new OkiteError('DATA_FOLDER_DENIED', { path, reason: code })
  }
}

function take(path: string, pidPath: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(path, { timeout: probeMsMax })
    // The journal of a transaction that never writes: in memory, so that a full disk is no matter.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    if (isBusy(error)) throw new OkiteError('OKITE_RUNNING', { pid: readPid(pidPath) })
    if ((error as { errcode?: number }).errcode === sqliteFull) {
      throw new OkiteError('DATABASE_DISK_FULL', { path })
    }
    const reason = `lock ${(error as { errcode?: number }).errcode ?? 'unknown'}`
    throw new OkiteError('DATA_FOLDER_DENIED', { path, reason })
  }
}

/** SQLITE_FULL */
const sqliteFull = 13

/** Whoever only asks who holds the lock has it shared for less than a millisecond. */
const probeMsMax = 200

/** SQLITE_BUSY: another process, or another part of this one, holds the lock. */
const isBusy = (error: unknown) => (error as { errcode?: number }).errcode === 5

function readPid(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || 0
  } catch {
    return 0
  }
}
