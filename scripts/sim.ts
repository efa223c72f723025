import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { simulate, startSimServer } from '../test/sim/sim.ts'

/**
 * Simulated organisations, one after another: `npm run sim -- [--seed N] [--seeds COUNT] [--days DAYS]`.
 * A seed under which a promise does not hold becomes a file of `test/sim/seeds`, which the tests run.
 */

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: `${(Date.now() % 1_000_000) + 1}` },
    seeds: { type: 'string', default: '100' },
    days: { type: 'string', default: '30' },
  },
})
const [first, count, days] = [values.seed, values.seeds, values.days].map(Number) as [
  number,
  number,
  number,
]

const server = await startSimServer()
const struck = new Map<string, number>()
let [facts, conclusions, starts, next] = [0, 0, 0, first]
const beganMs = performance.now()

/** Several organisations at once: each waits for the database most of its time. */
const lanes = 4

async function lane(): Promise<void> {
  for (let seed = next++; seed < first + count; seed = next++) {
    try {
      const found = await simulate(server, seed, days)
      facts += found.facts
      conclusions += found.conclusions
      starts += found.starts
      for (const [point, times] of found.struck) struck.set(point, (struck.get(point) ?? 0) + times)
    } catch (error) {
      keep(seed, error)
    }
  }
}

/** The tests run it from now on. */
function keep(seed: number, error: unknown): void {
  const folder = join(import.meta.dirname, '..', 'test', 'sim', 'seeds')
  mkdirSync(folder, { recursive: true })
  const what = `${(error as Error).message.split('\n')[0]}`.slice(0, 200)
  writeFileSync(join(folder, `${seed}.json`), `${JSON.stringify({ seed, days, what })}\n`)
  console.error(`seed ${seed}:`, error)
  process.exitCode = 1
}

await Promise.all(Array.from({ length: lanes }, lane)).finally(() => server.stop())
const minutes = (performance.now() - beganMs) / 60_000
console.log(
  `seeds ${first} to ${first + count - 1}, ${days} days each, ${process.exitCode === 1 ? 'NOT all of them' : 'all'} hold`,
)
console.log(
  `${count * days} days in ${minutes.toFixed(1)} min: ${Math.round((count * days) / minutes)} days a minute`,
)
console.log(`${facts} facts, ${conclusions} of them conclusions, ${starts} starts of the program`)
for (const [point, times] of [...struck].toSorted()) console.log(`  ${point.padEnd(28)} ${times}`)
