import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Point } from './faults.ts'
import type { Seeds, Sum } from './sim.ts'

/** What a thread tells: of a seed under which a promise does not hold, and in the end of all. */
export type Told = Readonly<{ failed: number; error: unknown } | { sum: Sum }>

/** Seeds in a row, a share of them on each core. @param failed is told of a seed that does not hold */
export async function simulateOnAllCores(
  { first, count, days }: Seeds,
  failed: (seed: number, error: unknown) => void,
): Promise<Sum> {
  const share = Math.ceil(count / availableParallelism())
  const shares: Seeds[] = []
  for (let at = 0; at < count; at += share)
    shares.push({ first: first + at, count: Math.min(share, count - at), days })
  const sums = await Promise.all(shares.map(seeds => inThread(seeds, failed)))
  const struck = new Map<Point, number>()
  for (const sum of sums)
    for (const [point, times] of sum.struck) struck.set(point, (struck.get(point) ?? 0) + times)
  const total = (of: 'facts' | 'conclusions' | 'starts') =>
    sums.reduce((all, sum) => all + sum[of], 0)
  return {
    ...{ facts: total('facts'), conclusions: total('conclusions'), starts: total('starts') },
    struck: new Map([...struck].toSorted()),
  }
}

function inThread(seeds: Seeds, failed: (seed: number, error: unknown) => void): Promise<Sum> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: seeds })
  return new Promise((resolve, reject) => {
    let sum: Sum | null = null
    worker.on('message', (told: Told) => {
      if ('sum' in told) sum = told.sum
      else failed(told.failed, told.error)
    })
    worker.on('error', reject)
    worker.on('exit', code => {
      if (sum !== null) resolve(sum)
      else reject(new Error(`a thread of the simulation ended: ${code}`))
    })
  })
}
