import { strict as assert } from 'node:assert'
import { parentPort, workerData } from 'node:worker_threads'
import type { Told } from './all-cores.ts'
import { type Seeds, simulateAll, startSimServer } from './sim.ts'

/** A thread that simulates some of the seeds, on a database of its own. */

assert(parentPort !== null, 'this runs in a thread')
const port = parentPort
const tell = (told: Told) => port.postMessage(told)

const server = await startSimServer()
try {
  const sum = await simulateAll(server, workerData as Seeds, (seed, error) =>
    tell({ failed: seed, error }),
  )
  tell({ sum })
} finally {
  await server.stop()
}
