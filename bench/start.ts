/**
 * From `./okite start` to `ready`, on a fresh and on a warm data folder, and what all its processes
 * hold in memory (PSS, PostgreSQL included) when it has been idle. Linux only, as the memory of a
 * process is read from /proc. `./okite run bench/start.ts`
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printFigure, printMachine } from './machine.ts'

const idleMs = 10_000
/** A start that takes longer than this has failed. */
const readyMsMax = 120_000

const launcher = join(import.meta.dirname, '..', 'okite')
const folder = mkdtempSync(join(tmpdir(), 'okite-bench-'))

printMachine('./okite run bench/start.ts')
try {
  await measure('fresh', 5)
  await measure('warm', 2)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(name: string, secondsMax: number): Promise<void> {
  const started = performance.now()
  const child = spawn(launcher, ['start', '--data', join(folder, 'data'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    await ready(child)
    const seconds = (performance.now() - started) / 1_000
    printFigure(`start to ready, ${name} data folder`, seconds, 's', secondsMax, 'atMost')
    await new Promise(resolve => setTimeout(resolve, idleMs))
    printMemory(child.pid as number, name)
  } finally {
    await stopped(child)
  }
}

/** Resolves at the line `ready URL`. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    let errors = ''
    const late = setTimeout(() => reject(new Error(`not ready: ${errors}`)), readyMsMax)
    child.stderr?.on('data', text => {
      errors = (errors + String(text)).slice(-2_000)
    })
    child.stdout?.on('data', text => {
      said += String(text)
      if (!/^ready /m.test(said)) return
      clearTimeout(late)
      resolve()
    })
    child.once('exit', code => {
      clearTimeout(late)
      reject(new Error(`ended with ${code}: ${errors}`))
    })
  })
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

function printMemory(pid: number, name: string): void {
  const processes = treeOf(pid).map(one => ({ ...one, kib: pssOf(one.pid) }))
  const kib = processes.reduce((sum, one) => sum + one.kib, 0)
  const mib = (value: number) => Math.round(value / 1_024)
  const count = processes.length
  printFigure(`memory idle, ${name}: PSS of ${count} processes`, kib / 1_024, 'MiB', 350, 'atMost')
  const sorted = processes.sort((a, b) => b.kib - a.kib)
  console.log(`  ${sorted.map(one => `${one.name} ${mib(one.kib)}`).join(', ')}`)
}

type Process = Readonly<{ pid: number; parent: number; name: string }>

/** A process and whatever it started, down to the last. */
function treeOf(root: number): readonly Process[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => readProcess(Number(name)))
  const tree = all.filter(one => one.pid === root)
  for (const known of tree) tree.push(...all.filter(one => one.parent === known.pid))
  return tree
}

function readProcess(pid: number): readonly Process[] {
  try {
    // The name stands in brackets and may hold anything, a bracket too.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = text.lastIndexOf(')')
    const parent = Number(text.slice(end + 2).split(' ')[1])
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? ''
    const short = text.slice(text.indexOf('(') + 1, end)
    return [{ pid, parent, name: title.startsWith('postgres: ') ? title.slice(10, 40) : short }]
  } catch {
    // It ended while we looked.
    return []
  }
}

function pssOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0)
  } catch {
    return 0
  }
}
