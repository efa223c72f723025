import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from './fault.ts'
import {
  type Acknowledged,
  folder,
  killedWriter,
  pause,
  type Surroundings,
  take,
  verify,
} from './program.ts'

/** What a program may be short of, and how one says so to it. */
const shortages: Readonly<Record<string, Surroundings>> = {
  '64 descriptors': { before: ['prlimit', '--nofile=64:64'] },
  '96 descriptors': { before: ['prlimit', '--nofile=96:96'] },
  '32 MB of heap': { options: ['--max-old-space-size=32'] },
  '64 MB of heap': { options: ['--max-old-space-size=64'] },
}

fault(
  {
    id: 'scarce',
    fault: 'the program has few descriptors, or little memory',
    holds: 'I1 I2 I3 I4 I7 I8 I10',
    quick: 1,
    full: 40,
  },
  async ({ count, random }) => {
    const dataDir = join(folder, 'scarce')
    const acknowledged = new Map<string, Acknowledged>()
    // The list is there before anything is short.
    take(acknowledged, (await killedWriter(dataDir, 'first', [], untilReady(300))).answers)
    const figures: Record<string, number> = {}
    const names = Object.keys(shortages)
    const first = random(names.length)
    for (let nth = 0; nth < count; nth += 1) {
      const name = names[(first + nth) % names.length]!
      const when = untilReady(300 + random(700))
      const ran = await killedWriter(dataDir, `short${nth}`, [], when, shortages[name])
      take(acknowledged, ran.answers)
      // What cannot be done is refused by code, or the process ends; it never goes on with half.
      const said = /"code":"([A-Z_]+)"/.exec(ran.trouble)?.[1]
      const end =
        ran.code === null
          ? ran.answers.length > 0
            ? 'worked'
            : 'ended'
          : (said ?? `ended with ${ran.code}`)
      figures[`${name}: ${end}`] = (figures[`${name}: ${end}`] ?? 0) + 1
    }
    assert.ok(acknowledged.size > 0)
    const verified = await verify(dataDir, acknowledged)
    return { done: count, figures: { ...figures, acknowledged: acknowledged.size, ...verified } }
  },
)

const untilReady = (moreMs: number) => async (ready: Promise<void>) => {
  await ready
  return moreMs
}

const minuteMs = 60_000
const sampleMs = 5_000

fault(
  {
    id: 'soak',
    fault: 'nothing but time and work: some 150 facts a second (minutes)',
    holds: 'I1 I2 I3 I4 I7 I8 I10',
    quick: 0,
    full: 20,
  },
  async ({ count }) => {
    const dataDir = join(folder, 'soak')
    const samples: { atMs: number; bytes: number }[] = []
    const whole = async (ready: Promise<void>, pid: number) => {
      await ready
      const beganMs = performance.now()
      while (performance.now() - beganMs < count * minuteMs) {
        await pause(sampleMs)
        samples.push({ atMs: performance.now() - beganMs, bytes: residentBytes(pid) })
      }
      return 0
    }
    const ran = await killedWriter(dataDir, 'soak', [], whole, { pauseMs: 100 })
    assert.equal(ran.code, null, ran.trouble)
    const acknowledged = new Map<string, Acknowledged>()
    take(acknowledged, ran.answers)
    const verified = await verify(dataDir, acknowledged)
    const half = samples.slice(samples.length / 2)
    const mb = (bytes: number) => Math.round(bytes / 1024 ** 2)
    return {
      done: count,
      figures: {
        acknowledged: acknowledged.size,
        ...verified,
        'resident MB, most': mb(Math.max(...samples.map(one => one.bytes))),
        'MB an hour, second half': mb(slope(half) * 60 * minuteMs),
      },
    }
  },
)

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/** Bytes a millisecond, by least squares. */
function slope(samples: readonly Readonly<{ atMs: number; bytes: number }>[]): number {
  const mean = (of: (one: (typeof samples)[number]) => number) =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length
  const [at, bytes] = [mean(one => one.atMs), mean(one => one.bytes)]
  const over = samples.reduce((sum, one) => sum + (one.atMs - at) * (one.bytes - bytes), 0)
  return over / samples.reduce((sum, one) => sum + (one.atMs - at) ** 2, 0)
}
