import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { OkiteError } from '../error.ts'
import { type Account, asAccount, systemPath } from './account.ts'
import { type Binaries, libraryEnvironment } from './binaries.ts'

/** What the programs of PostgreSQL are started with. */
export type Surroundings = Readonly<{
  dataDir: string
  binaries: Binaries
  account: Account
  /** Value for the loader, or null. */
  libraries: string | null
  /** Settings above our own: of an archive, or of a recovery. */
  also?: Readonly<Record<string, string>>
}>

/** The user and the database of the embedded server; it serves nobody else. */
export const userName = 'okite'
export const databaseName = 'postgres'

export const clusterPath = (dataDir: string) => join(dataDir, 'pg')

/**
 * Makes the database cluster when there is none, and answers the password of its one user.
 *
 * Trust: whoever reads `database-password` and reaches the private socket directory can read and
 * write everything. Both belong to one account and are closed to all others.
 *
 * @throws OkiteError `DATABASE_VERSION`, `DATABASE_CORRUPT`, `DATABASE_DISK_FULL`,
 *   `DATABASE_INIT`, `DATABASE_PASSWORD_LOST`
 */
export async function prepareCluster(around: Surroundings): Promise<string> {
  const passwordPath = join(around.dataDir, 'database-password')
  const cluster = clusterPath(around.dataDir)
  if (fs.existsSync(cluster)) {
    checkVersion(cluster, around.binaries.major)
    return readPassword(passwordPath)
  }
  // What an interrupted first start left: it never got its name, so nothing can be in it.
  const unfinished = `${cluster}.new`
  try {
    fs.rmSync(unfinished, { recursive: true, force: true })
    const password = writePassword(passwordPath, around.account)
    await initialize(around, unfinished, passwordPath)
    // Point of no return: from here on the folder has a database. initdb has synced its files.
    fs.renameSync(unfinished, cluster)
    syncFolder(around.dataDir)
    return password
  } catch (error) {
    fs.rmSync(unfinished, { recursive: true, force: true })
    throw isDiskFull(error) ? new OkiteError('DATABASE_DISK_FULL', { path: around.dataDir }) : error
  }
}

/** The environment of PostgreSQL's programs: nothing of ours goes in, above all no secret. */
export const childEnvironment = (around: Surroundings): Record<string, string> => ({
  PATH: systemPath,
  LC_ALL: 'C',
  TZ: 'UTC',
  ...libraryEnvironment(around.libraries),
})

/**
 * Reads the password without preparing anything.
 *
 * @throws OkiteError `DATABASE_PASSWORD_LOST`
 */
export function readPassword(path: string): string {
  let text = ''
  try {
    text = fs.readFileSync(path, 'utf8').trim()
  } catch {
    // said below
  }
  if (!/^[\w-]{43}$/.test(text)) throw new OkiteError('DATABASE_PASSWORD_LOST', { path })
  return text
}

/** 32 bytes, base64url: 256 bits, and no character that a password file would have to escape. */
const passwordSizeBytes = 32

function writePassword(path: string, account: Account): string {
  // A password without a cluster is the rest of an interrupted first start.
  fs.rmSync(path, { force: true })
  const password = randomBytes(passwordSizeBytes).toString('base64url')
  const file = fs.openSync(path, 'wx', 0o600)
  try {
    fs.writeSync(file, `${password}\n`)
    if (account.kind === 'service') fs.fchownSync(file, account.uid, account.gid)
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
  return password
}

function checkVersion(cluster: string, wanted: string): void {
  let found: string
  try {
    found = fs.readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  } catch {
    throw new OkiteError('DATABASE_CORRUPT', { path: cluster, reason: 'PG_VERSION is missing' })
  }
  if (found !== wanted) {
    throw new OkiteError('DATABASE_VERSION', { found: found.slice(0, 20), wanted, path: cluster })
  }
}

async function initialize(around: Surroundings, target: string, passwordPath: string) {
  const args = [
    `--pgdata=${target}`,
    `--username=${userName}`,
    `--pwfile=${passwordPath}`,
    '--auth=scram-sha-256',
    '--data-checksums',
    '--encoding=UTF8',
    // The built-in C.UTF-8 sorts by code point on every machine and for ever, so an index never
    // breaks because a library of the system was updated.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]
  const command = asAccount(around.account, around.binaries.initdb, args)
  const child = spawn(command.program, command.args, {
    ...command.identity,
    cwd: around.dataDir,
    env: childEnvironment(around),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidCharactersMax)
  })
  const ended = await new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code === 0 ? '' : (signal ?? `exit ${code}`)))
  }).catch((error: NodeJS.ErrnoException) => error.code ?? 'cannot be run')
  if (ended === '') return
  if (/No space left on device|Disk quota exceeded/.test(said)) {
    throw new OkiteError('DATABASE_DISK_FULL', { path: around.dataDir })
  }
  throw new OkiteError('DATABASE_INIT', { reason: `${ended}: ${lastLine(said)}` })
}

/** Enough for the last message; what initdb says is otherwise of no use. */
const saidCharactersMax = 4_000

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''

function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOSPC' || code === 'EDQUOT'
}

function syncFolder(path: string): void {
  const folder = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(folder)
  } finally {
    fs.closeSync(folder)
  }
}
