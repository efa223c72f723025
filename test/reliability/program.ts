import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { createLog } from '../../src/core/log.ts'
import { compose } from '../../src/core/run/compose.ts'
import { makeModule } from '../../src/core/run/module-new.ts'
import { systemClock } from '../../src/core/time.ts'
import { copyTree } from '../tree-copy.ts'

/** The whole program with one more module, as a process that others end. */

const tree = copyTree()
makeModule(tree.source, 'identify/example-items')
export const folder = mkdtempSync(join(tmpdir(), 'okite-crash-'))
after(() => {
  tree.remove()
  rmSync(folder, { recursive: true, force: true })
})

export type Acknowledged = Readonly<{ type: string; pos: number }>

/** What a writer runs in. */
export type Surroundings = Readonly<{
  /** A program that limits it, with its arguments. */
  before?: readonly string[]
  /** Of Node. */
  options?: readonly string[]
  environment?: Readonly<Record<string, string>>
  /** Between two deliveries of one of its 16 sources. */
  pauseMs?: number
}>

export type Written = Readonly<{
  answers: readonly [string, string, number][]
  /** null: it was killed. */
  code: number | null
  trouble: string
}>

/** Takes in what a writer was told; no delivery may have two positions. */
export function take(acknowledged: Map<string, Acknowledged>, answers: Written['answers']): void {
  for (const [identity, type, pos] of answers) {
    const before = acknowledged.get(identity)?.pos ?? pos
    assert.equal(before, pos, `${identity} has two positions (I4)`)
    acknowledged.set(identity, { type, pos })
  }
}

/** Starts a writer, lets `when` choose the moment, kills it, and answers what it had acknowledged. */
export async function killedWriter(
  dataDir: string,
  name: string,
  again: readonly (string | undefined)[],
  when: (ready: Promise<void>, pid: number) => Promise<number>,
  { before = [], options = [], pauseMs = 0, environment = {} }: Surroundings = {},
): Promise<Written> {
  const [program = '', ...args] = [
    ...[...before, process.execPath, ...options, join(import.meta.dirname, 'writer.ts')],
    ...[tree.source, dataDir, name, JSON.stringify(again), `${pauseMs}`],
  ]
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled'), ...environment },
  })
  let out = ''
  let trouble = ''
  const ready = new Promise<void>(resolve => {
    child.stdout.on('data', chunk => {
      out += String(chunk)
      if (out.startsWith('"ready"')) resolve()
    })
    child.on('exit', () => resolve())
  })
  child.stderr.on('data', chunk => (trouble += String(chunk)))
  const exited = new Promise<number | null>(resolve => child.on('close', code => resolve(code)))
  await pause(await when(ready, child.pid ?? 0))
  child.kill('SIGKILL')
  const code = await exited
  // It is killed, or it ended by itself because its database was killed under it; never with a bug.
  if (code !== null) assert.doesNotMatch(trouble, /AssertionError|TypeError|ReferenceError/)
  const answers = out
    .split('\n')
    .slice(0, -1)
    .filter(line => line.startsWith('['))
    .map(line => JSON.parse(line) as [string, string, number])
  return { answers, code, trouble }
}

export async function verify(
  dataDir: string,
  acknowledged: ReadonlyMap<string, Acknowledged>,
): Promise<Readonly<{ entries: number; conclusions: number }>> {
  const log = createLog({ clock: systemClock, write: () => {}, level: 'warn' })
  const composed = (await import(join(tree.source, 'core/run/compose.ts'))) as {
    compose: typeof compose
  }
  const okite = await composed.compose({
    source: tree.source,
    project: tree.project,
    dataDir,
    create: true,
    flags: {},
    environment: {},
    clock: systemClock,
    log,
  })
  try {
    await okite.settled((await okite.ledger.size()) - 1)
    const { rows } = await okite.database.pool.query<{ idx: string; dedup: Buffer }>(
      'select idx, dedup from ledger.entry order by idx',
    )
    assert.equal(
      new Set(rows.map(row => row.dedup.toString('hex'))).size,
      rows.length,
      'no delivery twice',
    )
    for (const [index, { idx }] of rows.entries()) assert.equal(Number(idx), index, 'I1')
    for (const [identity, { type, pos }] of acknowledged) {
      const found = rows[pos]?.dedup.toString('hex')
      assert.equal(
        found,
        dedupOf(type, identity),
        `${identity} is at ${pos}, and nothing else (I3)`,
      )
    }
    const integrity = await okite.integrity()
    assert.deepEqual(integrity.list.faults, [])
    assert.equal(integrity.judges.why, null)
    assert.deepEqual(integrity.rows.differing, [])
    assert.deepEqual(integrity.tables.differing, [])
    assert.ok(integrity.ok)
    return { entries: rows.length, conclusions: integrity.judges.derived }
  } finally {
    await okite.close()
  }
}

/** Under what the ledger knows a delivery again; written down a second time, so that neither can drift. */
function dedupOf(type: string, identity: string): string {
  const parts = ['okite/dedup/world/v1', 'identify.example-items', 'writer', type, identity]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Kills the postmaster of this data folder and all its children at once. Answers how many. */
export function killPostgres(dataDir: string): number {
  let postmaster: number
  try {
    postmaster = Number(readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return 0
  }
  const pids = [postmaster, ...childrenOf(postmaster)]
  let killed = 0
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
      killed += 1
    } catch {
      // Gone already.
    }
  }
  return killed
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
      } catch {
        return false
      }
    })
    .map(Number)
}

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
