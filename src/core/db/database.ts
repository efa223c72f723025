import * as fs from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Closing } from '../closing.ts'
import { OkiteError } from '../error.ts'
import type { Instant } from '../fact.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../time.ts'
import { type Account, chooseAccount } from './account.ts'
import { findBinaries, layLibraries, removeLibraries } from './binaries.ts'
import { databaseName, prepareCluster, userName } from './cluster.ts'
import { parseUrl, requireDurable } from './external.ts'
import { openDataFolder, openPrivateFolder } from './folder.ts'
import { lockFolder } from './lock.ts'
import { startServer, type Trouble } from './server.ts'
import { Unanswered } from './unanswered.ts'
import { watchDatabase } from './watch.ts'

/**
 * The database of an installation: one embedded in the program and supervised by it, or a server
 * of the organisation's own.
 *
 * Trust: what PostgreSQL acknowledged it keeps through any crash of processes and of the machine;
 * who can write its files can change anything, which the signed heads of the ledger then show.
 */
export type Database = Readonly<{
  pool: pg.Pool
  /** Connections for reads alone, each of one statement (see `readingOf`). */
  reading: pg.Pool
  kind: 'embedded' | 'external'
  /** Of the server, e.g. `18.4`. */
  version: string
  /** Of the embedded postmaster; null when it is down or not ours. Changes when it is restarted. */
  readonly pid: number | null
  /** Ends the connections and stops the embedded server cleanly. Queries under way are cut off after a while. */
  close(): Promise<void>
  /**
   * Called when the database went away or its trouble changed. Reconnecting needs nothing from the
   * listener; after `DATABASE_GIVEN_UP` it will not come back, and the program ends.
   */
  onLost(listener: (trouble: Trouble) => void): void
  onBack(listener: () => void): void
}>

/**
 * @param options `url` is `OKITE_DATABASE_URL`; without it, the embedded server is used. With
 *   `create: false` an absent data folder is refused and nothing is made.
 * @throws OkiteError the codes of `errors.md` in this folder
 */
export async function openDatabase(options: {
  dataDir: string
  url?: string | undefined
  create?: boolean
  /** Finished segments of the write-ahead log are laid into this folder, until somebody takes them away. */
  archive?: string | null
  /** A backup lies in the folder: how far its log is to be replayed. */
  recovery?: Recovery
  log: Log
  clock: Clock
}): Promise<Database> {
  const { url, dataDir, create = true, archive = null, recovery, log } = options
  if (url) return openExternal(url, log)
  const also = {
    ...(archive !== null && archiving(archive)),
    ...(recovery && recovering(recovery)),
  }
  return openEmbedded(dataDir, create, { also, archive }, log)
}

/** `until`: the last instant that is wanted; null: everything that the log holds. */
export type Recovery = Readonly<{ until: Instant | null }>

/** The server writes into it under its own account. */
function openArchive(path: string, account: Account): void {
  fs.mkdirSync(path, { recursive: true, mode: 0o700 })
  if (account.kind === 'service') fs.chownSync(path, account.uid, account.gid)
}

/**
 * By the library that comes with PostgreSQL, which copies and syncs: no command, and no shell. Whoever takes
 * the segments away has them finished before they are full.
 */
const archiving = (folder: string): Record<string, string> => ({
  archive_mode: 'on',
  archive_library: 'basic_archive',
  'basic_archive.archive_directory': folder,
})

/**
 * The segments lie in the cluster's own folder of the log, where the server looks when the command, which
 * only fails, brings none. It goes on by itself once it is there: a new timeline begins.
 */
const recovering = ({ until }: Recovery): Record<string, string> => ({
  restore_command: '/bin/false',
  recovery_target_action: 'promote',
  recovery_target_timeline: 'latest',
  // Settings are read before time zones have names.
  ...(until !== null && { recovery_target_time: until.replace('Z', '+00') }),
})

/**
 * The data folder as the program will use it, made when it is absent and `create` says so.
 *
 * @throws OkiteError `DATA_FOLDER_…`, `DATABASE_ROOT`, `DATABASE_ACCOUNT`
 */
export function prepareDataFolder(
  path: string,
  create: boolean,
): { dataDir: string; account: Account } {
  const before = lookAt(path)
  const account = chooseAccount(before?.uid ?? null)
  const us = process.getuid?.() ?? 0
  const owner = account.kind === 'service' ? account.uid : us
  const dataDir = openDataFolder(path, { create, owners: before ? [owner] : [us] })
  if (!before && account.kind === 'service') fs.chownSync(dataDir, account.uid, account.gid)
  return { dataDir, account }
}

/** Null when it is absent or out of reach; whoever opens it then says what is wrong. */
function lookAt(path: string): fs.Stats | null {
  try {
    return fs.statSync(path)
  } catch {
    return null
  }
}

async function openEmbedded(
  path: string,
  create: boolean,
  { also, archive }: Readonly<{ also: Readonly<Record<string, string>>; archive: string | null }>,
  log: Log,
): Promise<Database> {
  const { dataDir, account } = prepareDataFolder(path, create)
  if (!create && !fs.existsSync(join(dataDir, 'pg'))) {
    throw new OkiteError('DATA_FOLDER_ABSENT', { path })
  }
  /** What was opened, to be closed in reverse order. */
  const undo = new Closing()
  try {
    const lock = lockFolder(dataDir, 'database')
    undo.push(() => lock.release())
    if (archive !== null) openArchive(archive, account)
    const binaries = findBinaries()
    const folder = openPrivateFolder(dataDir)
    undo.push(() => folder.remove())
    const libraries = layLibraries(binaries, folder.path)
    undo.push(() => removeLibraries(folder.path))
    const around = { dataDir, binaries, account, libraries, also }
    const password = await prepareCluster(around)
    const tell = createTelling(log)
    const server = await startServer(around, folder.path, log, tell.lost)
    undo.push(() => server.stop())
    const connection = { host: folder.path, user: userName, database: databaseName, password }
    const opened = await connect(
      connection,
      log,
      () => tell.lost(server.trouble() ?? 'DATABASE_LOST'),
      tell.back,
    )
    undo.push(() => opened.close())
    if (account.kind !== 'self') log.info('database.account', { kind: account.kind })
    log.info('database.started', { version: opened.version, pid: server.pid() })
    return {
      pool: opened.pool,
      reading: opened.reading,
      kind: 'embedded',
      version: opened.version,
      get pid() {
        return server.pid()
      },
      close: () => undo.close(),
      onLost: listener => void tell.lostListeners.add(listener),
      onBack: listener => void tell.backListeners.add(listener),
    }
  } catch (error) {
    return undo.closeAfter(error)
  }
}

async function openExternal(url: string, log: Log): Promise<Database> {
  const place = parseUrl(url)
  const tell = createTelling(log)
  const opened = await connect(
    { connectionString: url, keepAlive: true },
    log,
    () => tell.lost('DATABASE_LOST'),
    tell.back,
  ).catch((error: unknown) => {
    if (error instanceof OkiteError) throw error
    const reason = (error as { code?: string }).code ?? 'no answer'
    // Without its cause: an error of the driver may carry what it was configured with.
    throw new OkiteError('DATABASE_UNREACHABLE', { ...place, reason })
  })
  log.info('database.connected', { version: opened.version, host: place.host, port: place.port })
  return {
    pool: opened.pool,
    reading: opened.reading,
    kind: 'external',
    version: opened.version,
    pid: null,
    close: opened.close,
    onLost: listener => void tell.lostListeners.add(listener),
    onBack: listener => void tell.backListeners.add(listener),
  }
}

/** Tells each change of the trouble once. */
function createTelling(log: Log) {
  const lostListeners = new Set<(trouble: Trouble) => void>()
  const backListeners = new Set<() => void>()
  let current: Trouble | null = null
  return {
    lostListeners,
    backListeners,
    lost(trouble: Trouble) {
      if (trouble === current || current === 'DATABASE_GIVEN_UP') return
      current = trouble
      log.warn('database.away', { code: trouble })
      for (const listener of lostListeners) listener(trouble)
    },
    back() {
      if (current === null) return
      current = null
      log.info('database.back')
      for (const listener of backListeners) listener()
    },
  }
}

/** The pool and the watching connection, after the server has shown that it is durable. */
async function connect(
  connection: pg.ClientConfig,
  log: Log,
  onLost: () => void,
  onBack: () => void,
) {
  const config = {
    ...connection,
    application_name: 'okite',
    options: '-c TimeZone=UTC',
    connectionTimeoutMillis: connectMsMax,
  }
  const version = await firstAnswer(config, log)
  const pool = openPool({ ...config, max: poolSize, idleTimeoutMillis: idleMs })
  const reading = openPool(readingOf({ ...config, max: readingSize, idleTimeoutMillis: idleMs }))
  const unanswered = new Unanswered()
  unanswered.add(pool)
  unanswered.add(reading)
  const watching = () => new pg.Client({ ...config, query_timeout: connectMsMax })
  const watch = watchDatabase(watching, unanswered, { onLost, onBack })
  return {
    pool,
    reading,
    version,
    async close() {
      await watch.stop()
      const ended = Promise.all([pool.end(), reading.end()])
      await Promise.race([ended, sleep(drainMsMax, undefined, { ref: false })])
    },
  }
}

function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config)
  // An idle client whose connection breaks is replaced by the pool; the watch tells of it.
  pool.on('error', () => {})
  // One in use rejects its next query; without a listener the event itself would end the process.
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

/**
 * Connections that read show tables and write nothing. The sessions say so from their beginning: a
 * transaction around each read would ask the server three times for one answer.
 */
export const readingOf = (config: pg.PoolConfig): pg.PoolConfig => ({
  ...config,
  options: `${config.options ?? ''} ${readingOptions}`.trim(),
})

/** A read that takes longer would hold up everybody else: it is a table's job. */
const readMsMax = 30_000

const readingOptions = [
  'default_transaction_read_only=on',
  'search_path=show,pg_catalog',
  `statement_timeout=${readMsMax}`,
]
  .map(setting => `-c ${setting}`)
  .join(' ')

/** A server that is starting up (57P03) is waited for; any other failure is said at once. */
async function firstAnswer(config: pg.ClientConfig, log: Log): Promise<string> {
  const deadline = performance.now() + startingMsMax
  for (;;) {
    const client = new pg.Client(config)
    client.on('error', () => {}) // a loss while we ask rejects the query as well
    try {
      await client.connect()
      return await requireDurable(client)
    } catch (error) {
      if ((error as { code?: string }).code !== '57P03' || performance.now() > deadline) throw error
      log.info('database.starting')
      await sleep(startingPollMs)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

/** 16 connections made 17,000 durable commits a second; more only wait for each other. */
const poolSize = 16

/** Reads wait for a processor and not for a disk: a few more than most machines have. */
const readingSize = 8

/** A backend costs some 3 MB; ten idle seconds later it is not needed. */
const idleMs = 10_000

/** A server on the same continent answers in well under a second. */
const connectMsMax = 10_000

/** A server in recovery after a crash; longer than that is a matter for its operator. */
const startingMsMax = 60_000
const startingPollMs = 500

/** How long `close` waits for queries under way. */
const drainMsMax = 5_000
