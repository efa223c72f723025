import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OkiteError } from '../error.ts'
import type { Log } from '../log.ts'

/**
 * Ends the servers that a killed parent left in a cluster, and takes away a stale lock file.
 *
 * The caller holds the lock of the data folder, so no living Okite owns such a server. It is
 * stopped cleanly and a new one started rather than adopted: then there is one way in which a
 * server runs, as our child, and the recovery after a crash is the start of every day.
 *
 * A process is ours only when its program is `postgres` and its working directory the cluster;
 * another process that was given the old number is never touched.
 *
 * @param folder the private directory with its socket
 * @throws OkiteError `DATABASE_ORPHAN` when one does not end
 */
export async function endOrphans(cluster: string, folder: string, log: Log): Promise<void> {
  const real = fs.realpathSync(cluster)
  const lock = join(cluster, 'postmaster.pid')
  let alive = findServers(real, readPid(lock))
  if (alive.length > 0) log.warn('database.orphan.found', { processes: alive.length })
  for (const [signal, waitMs] of steps) {
    if (alive.length === 0) break
    const postmaster = readPid(lock)
    for (const pid of alive.includes(postmaster) ? [postmaster] : alive) send(pid, signal)
    const deadline = performance.now() + waitMs
    while (alive.length > 0 && performance.now() < deadline) {
      await sleep(pollMs)
      alive = findServers(real, readPid(lock))
    }
  }
  if (alive.length > 0) throw new OkiteError('DATABASE_ORPHAN', { pid: alive[0] ?? 0 })
  if (fs.existsSync(lock)) {
    log.info('database.lock.stale')
    fs.rmSync(lock, { force: true })
  }
  for (const name of socketNames) fs.rmSync(join(folder, name), { force: true })
}

/** The socket of a killed server and its lock file, which names a pid that may be another's now. */
const socketNames = ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']

/** SIGINT is PostgreSQL's fast shutdown with a checkpoint, SIGQUIT the one that needs recovery. */
const steps: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 20_000], // a checkpoint of 1 GB of WAL on a slow disk
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
]

const pollMs = 20

/** Processes of the machine that run in this cluster; where `/proc` is absent, the named one. */
function findServers(cluster: string, named: number): number[] {
  if (!fs.existsSync('/proc/self/exe')) return named > 0 && isServer(named, cluster) ? [named] : []
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const program = fs.readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')
        return basename(program) === 'postgres' && fs.readlinkSync(`/proc/${pid}/cwd`) === cluster
      } catch {
        return false // it ended meanwhile, or it is somebody else's
      }
    })
}

/** macOS: `ps` shows the program and its `-D`. Not tried. */
function isServer(pid: number, cluster: string): boolean {
  try {
    const shown = execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
    return shown.includes('postgres') && shown.includes(cluster)
  } catch {
    return false
  }
}

function readPid(path: string): number {
  try {
    return Number.parseInt(fs.readFileSync(path, 'utf8').split('\n', 1)[0] ?? '', 10) || 0
  } catch {
    return 0
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 1) process.kill(pid, signal)
  } catch {
    // it ended meanwhile
  }
}
