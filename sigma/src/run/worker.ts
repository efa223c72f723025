import { parentPort, workerData } from 'node:worker_threads'
import { makeEngine } from './engine.ts'
import type { Order, Report, Setup } from './found.ts'
import { runLimits } from './limits.ts'
import { makeScanner } from './scan.ts'

/** A thread that reads files and asks the rules; `crew.ts` deals out to it. */

const port = parentPort
if (port === null) throw new Error('this runs in a thread')
const setup = workerData as Setup
const started = performance.now()
const engine = makeEngine(setup.rules)

/** Batches that were sent and not yet taken: told matches wait for those of earlier files. */
let waiting = 0
let wake: (() => void) | null = null

const scan = makeScanner(engine, setup, {
  post(report) {
    if (report.kind === 'batch') waiting++
    port.postMessage(report)
  },
  room() {
    if (waiting < runLimits.batchesWaitingMax) return null
    return new Promise(resolve => void (wake = resolve))
  },
})

port.on('message', (order: Order) => {
  // What it throws is a bug, and ends the thread.
  if ('job' in order) void scan(order.job)
  else if ('asks' in order) {
    const costs = engine.costs().filter(({ evaluations, steps }) => evaluations + steps > 0)
    port.postMessage({ kind: 'costs', costs } satisfies Report)
  } else {
    waiting -= order.taken
    wake?.()
    wake = null
  }
})

const ready: Report = {
  kind: 'ready',
  rules: setup.tells ? { states: engine.rules, loadMs: performance.now() - started } : null,
}
port.postMessage(ready)
