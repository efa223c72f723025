import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, OkiteError } from '../error.ts'
import type { Log } from '../log.ts'
import { asAccount } from './account.ts'
import { childEnvironment, clusterPath, type Surroundings } from './cluster.ts'
import { endOrphans } from './orphan.ts'

/** A postmaster that is our child and is started again when it dies. */
export type Server = Readonly<{
  /** Null while it is down. */
  pid(): number | null
  /** Why it is down, as an error code, or null. */
  trouble(): Trouble | null
  stop(): Promise<void>
}>

export type Trouble = 'DATABASE_LOST' | 'DATABASE_DISK_FULL' | 'DATABASE_GIVEN_UP'

/**
 * Starts PostgreSQL and keeps it running.
 *
 * - It dies: it is started again at once, then at growing distances.
 * - It cannot be started `failuresMax` times in a row: given up, and said.
 * - The disk is full: it waits, for however long, until there is room again.
 *
 * @throws OkiteError `DATABASE_START`, `DATABASE_DISK_FULL`, `DATABASE_ORPHAN`
 */
export async function startServer(
  around: Surroundings,
  folder: string,
  log: Log,
  onTrouble: (trouble: Trouble) => void,
): Promise<Server> {
  const cluster = clusterPath(around.dataDir)
  /** Owned by this function: `run` and `recover` alone set them. */
  let running: Running | null = null
  let trouble: Trouble | null = null
  let stopping = false
  let recovering: Promise<void> = Promise.resolve()

  const run = async () => {
    await endOrphans(cluster, folder, log)
    const next = await startOnce(around, folder, log)
    running = next
    trouble = null
    next.ended
      .then(failure => {
        running = null
        if (!stopping) recovering = recover(failure)
      })
      .catch(() => {})
  }

  const fail = (next: Trouble, failure: Failure) => {
    if (trouble !== next) {
      log.error('database.lost', { code: next, sqlstate: failure.sqlstate, said: failure.said })
    }
    trouble = next
    onTrouble(next)
  }

  const recover = async (first: Failure) => {
    let failure = first
    for (let failures = 0; !stopping; ) {
      if (failure.diskFull) {
        fail('DATABASE_DISK_FULL', failure)
        while (!stopping && !hasRoom(around.dataDir)) await sleep(roomPollMs)
      } else if (failures >= failuresMax) {
        return fail('DATABASE_GIVEN_UP', failure)
      } else {
        fail('DATABASE_LOST', failure)
        await sleep(failures === 0 ? 0 : Math.min(firstWaitMs * 2 ** failures, waitMsMax))
      }
      if (stopping) return
      try {
        await run()
        return log.info('database.restarted', { failures })
      } catch (error) {
        failure = toFailure(error)
        if (!failure.diskFull) failures += 1
      }
    }
  }

  const halt = () => {
    stopping = true
    running?.child.kill('SIGINT')
  }
  const forget = haltAtExit(halt)
  try {
    await run()
  } catch (error) {
    forget()
    throw error
  }
  return {
    pid: () => running?.child.pid ?? null,
    trouble: () => trouble,
    async stop() {
      stopping = true
      await recovering
      if (running !== null) await stopRunning(running, log)
      forget()
    },
  }
}

/** 100 ms, 200 ms … at most 5 s: a start takes 34 ms, a recovery about a second. */
const firstWaitMs = 100
const waitMsMax = 5_000

/** Six failed starts in a row, some ten seconds: what is wrong then needs a person. */
const failuresMax = 6

/** How often a full disk is looked at. */
const roomPollMs = 1_000

/** Three WAL segments of 16 MiB: recovery ends with a checkpoint and opens the next segment. */
const roomBytesMin = 48 * 1024 * 1024

type Failure = Readonly<{ sqlstate: string; said: string; diskFull: boolean }>
type Running = Readonly<{ child: ChildProcess; ended: Promise<Failure> }>

/**
 * The settings that make what is acknowledged durable, and those that keep an idle server small.
 * On the command line they are above every configuration file and ALTER SYSTEM.
 */
function settings(folder: string): Record<string, string> {
  return {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    wal_level: 'replica', // a base backup and the archive need it
    listen_addresses: '',
    unix_socket_directories: `"${folder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    port: '5432', // only the name of the socket
    password_encryption: 'scram-sha-256',
    ssl: 'off', // the library brought along is old; nothing of ours goes over it
    shared_buffers: '32MB',
    // A page that changes first after a checkpoint is logged whole: under load, half as many are made.
    max_wal_size: '2GB',
    max_connections: '40', // the pool, the watcher, the jobs and a person with a question
    max_wal_senders: '0',
    max_worker_processes: '2',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    autovacuum_max_workers: '2',
    autovacuum_naptime: '30s', // under load, new pages are marked while they are still in the log
    autovacuum_worker_slots: '2',
    io_method: 'sync', // no workers of its own; our reads are small
    jit: 'off',
    huge_pages: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '%e|', // the SQLSTATE, by which a full disk is recognised
    // Values stand in errors, details and statements: none of them is logged, only what the
    // server says of itself (LOG, FATAL, PANIC).
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    log_checkpoints: 'off',
    log_autovacuum_min_duration: '-1',
  }
}

async function startOnce(around: Surroundings, folder: string, log: Log): Promise<Running> {
  const cluster = clusterPath(around.dataDir)
  const args = ['-D', cluster]
  const asked = { ...settings(folder), ...around.also }
  for (const [name, value] of Object.entries(asked)) args.push('-c', `${name}=${value}`)
  const command = asAccount(around.account, around.binaries.postgres, args)
  const child = spawn(command.program, command.args, {
    ...command.identity,
    cwd: cluster,
    env: childEnvironment(around),
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in the terminal comes to us alone, and we stop it when drained.
    detached: true,
  })
  const said = listen(child, log)
  const ended = new Promise<Failure>(resolve => {
    child.on('error', error => resolve({ ...said.last(), said: codeOf(error) }))
    // Its last words may still be in the pipe, which children of a killed postmaster hold open.
    child.on('close', () => resolve(said.last()))
    child.on('exit', () => setTimeout(() => resolve(said.last()), lastWordsMs).unref())
  })
  const failure = await Promise.race([said.ready, ended])
  if (failure !== undefined) throw toError(failure, around.dataDir)
  return { child, ended }
}

/** Follows what the server says; `ready` resolves when it takes connections. */
function listen(child: ChildProcess, log: Log) {
  let last: Failure = { sqlstate: '', said: '', diskFull: false }
  let rest = ''
  let isReady = () => {}
  const ready = new Promise<undefined>(resolve => {
    isReady = () => resolve(undefined)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(-lineCharactersMax)
    for (const line of lines) {
      const [, sqlstate = '', level = '', words = ''] =
        /^(?:([0-9A-Z]{5})\|)?(?:([A-Z]+):\s+)?(.*)$/.exec(line.slice(0, lineCharactersMax)) ?? []
      if (words.includes('ready to accept connections')) isReady()
      const grave = level === 'FATAL' || level === 'PANIC' || level === ''
      if (!grave) continue
      const diskFull = sqlstate === '53100' || /No space left|Disk quota exceeded/.test(words)
      // Once full it stays the reason: what follows a panic are only its consequences.
      if (!last.diskFull || diskFull) last = { sqlstate, said: words.slice(0, 300), diskFull }
      if (level === 'PANIC' || diskFull) log.error('database.said', { sqlstate, said: words })
    }
  })
  return { ready, last: () => last }
}

/** The last lines are in the pipe when the process ends; reading them takes a turn of the loop. */
const lastWordsMs = 100

/** A line of the server is cut here; its own messages are far shorter. */
const lineCharactersMax = 1_000

async function stopRunning(running: Running, log: Log): Promise<void> {
  let over = false
  const ended = running.ended.then(() => {
    over = true
  })
  for (const [signal, waitMs] of stopSteps) {
    running.child.kill(signal)
    await Promise.race([ended, sleep(waitMs, undefined, { ref: false })])
    if (over) return
    log.warn('database.stop.slow', { signal })
  }
}

/** Fast shutdown; then the one that leaves recovery to the next start; then the kernel's. */
const stopSteps: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
]

/** The servers of this process; owned by `haltAtExit`. */
const halts = new Set<() => void>()

/**
 * A program that leaves without closing us – `process.exit`, an exception nobody caught, a signal
 * it does not handle – still takes the server along.
 */
function haltAtExit(halt: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  if (halts.size === 0) {
    process.on('exit', haltAll)
    for (const signal of signals) process.on(signal, leave)
  }
  halts.add(halt)
  return () => {
    halts.delete(halt)
    if (halts.size > 0) return
    process.off('exit', haltAll)
    for (const signal of signals) process.off(signal, leave)
  }
}

function haltAll(): void {
  for (const halt of halts) halt()
}

/** Runs at a signal; the program's own handler, where it has one, decides instead of us. */
function leave(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal])
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = fs.statfsSync(path)
    return bavail * bsize >= roomBytesMin
  } catch {
    return false
  }
}

function toError(failure: Failure, dataDir: string): OkiteError {
  if (failure.diskFull) return new OkiteError('DATABASE_DISK_FULL', { path: dataDir })
  return new OkiteError('DATABASE_START', { sqlstate: failure.sqlstate, reason: failure.said })
}

function toFailure(error: unknown): Failure {
  const code = codeOf(error)
  const reason = error instanceof OkiteError ? error.data['reason'] : null
  const said = typeof reason === 'string' && reason !== '' ? reason : code
  return { sqlstate: '', said, diskFull: code === 'DATABASE_DISK_FULL' }
}
