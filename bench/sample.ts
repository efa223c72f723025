/**
 * From `./okite start --sample` to `ready`, on an empty folder: a year is told, judged and shown.
 * `./okite run bench/sample.ts`
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { printFigure, printMachine } from './machine.ts'

const secondsMax = 60
const launcher = join(import.meta.dirname, '..', 'okite')
const folder = mkdtempSync(join(tmpdir(), 'okite-bench-sample-'))

printMachine('./okite run bench/sample.ts')
const began = performance.now()
const child = spawn(
  launcher,
  ['start', '--sample', '--data', join(folder, 'data'), '--port', '0', '--seed', '7'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
try {
  await ready(child)
  const seconds = (performance.now() - began) / 1_000
  printFigure('start of the sample organisation to ready', seconds, 's', secondsMax, 'atMost')
} finally {
  if (child.exitCode === null) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

async function ready({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error('it says nothing')
  for await (const line of createInterface({ input: stdout })) {
    if (line.startsWith('ready ')) return
  }
  throw new Error('it was not ready')
}
