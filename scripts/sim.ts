import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { simulateOnAllCores } from '../test/sim/all-cores.ts'

/**
 * Simulated organisations, on all cores: `npm run sim -- [--seed N] [--seeds COUNT] [--days DAYS]`.
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

/** The tests run it from now on. */
function keep(seed: number, error: unknown): void {
  const path = join(import.meta.dirname, '..', 'test', 'sim', 'seeds', `${seed}.json`)
  const what = `${(error as Error).message.split('\n')[0]}`.slice(0, 200)
  writeFileSync(path, `${JSON.stringify({ seed, days, what })}\n`)
  console.error(`seed ${seed}:`, error)
  process.exitCode = 1
}

const beganMs = performance.now()
const { struck, ...sum } = await simulateOnAllCores({ first, count, days }, keep)
const minutes = (performance.now() - beganMs) / 60_000
const held = process.exitCode === 1 ? 'NOT all of them' : 'all'
console.log(`seeds ${first} to ${first + count - 1}, ${days} days each, ${held} hold`)
console.log(
  `${count * days} days in ${minutes.toFixed(1)} min: ${Math.round((count * days) / minutes)} days a minute`,
)
console.log(
  `${sum.facts} facts, ${sum.conclusions} of them conclusions, ${sum.starts} starts of the program`,
)
for (const [point, times] of struck) console.log(`  ${point.padEnd(28)} ${times}`)
