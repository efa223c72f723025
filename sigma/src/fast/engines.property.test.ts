import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { compile, SigmaError } from '../index.ts'
import { randomEvent, randomRules } from '../testing/pairs.ts'
import { randomOf } from '../testing/random.ts'

const pairs = Number(process.env.SIGMA_RUNS ?? 40_000)
const seed = Number(process.env.SIGMA_SEED ?? Date.now() % 1_000_000)
const rulesAtOnce = 20
const eventsPerSet = 25
/** What is asked again and again is answered in another way in the end. */
const timesOver = 17
const anywhere = { products: ['p'], services: [], categories: ['test'] }

describe('two engines, one meaning', () => {
  it(`${pairs} random pairs of a rule and an event find no difference (seed ${seed})`, () => {
    let matched = 0
    for (let done = 0, set = 0; done < pairs; done += rulesAtOnce * eventsPerSet, set++) {
      const random = randomOf(seed + set)
      const rules = randomRules(random, rulesAtOnce)
      const plain = compile(rules, { engine: 'reference' })
      const fast = compile(rules)
      const lines: Uint8Array[] = []
      const expected: string[][] = []
      for (let index = 0; index < eventsPerSet; index++) {
        const line = randomEvent(random)
        const given = random.chance(0.8) ? anywhere : undefined
        const wanted = outcome(() => plain.match(line, given))
        const found = outcome(() => fast.match(line, given))
        if (!isDeepStrictEqual(found, wanted)) {
          const differing = rules.filter(
            (_, at) => found.includes(`source-${at}#0`) !== wanted.includes(`source-${at}#0`),
          )
          const where = `seed ${seed + set}, event ${index}: ${JSON.stringify(text(line))}`
          assert.deepEqual(found, wanted, [where, ...differing].join('\n'))
        }
        if (Array.isArray(wanted)) matched += wanted.length
        // Lines are events only if there is something in them.
        if (line.includes(0x0a) || text(line).trim() === '') continue
        lines.push(line)
        expected.push(
          ...[outcome(() => plain.match(line, anywhere))].map(ids =>
            Array.isArray(ids) ? ids : [],
          ),
        )
      }
      const byLine: string[][] = lines.map(() => [])
      const chunk = Buffer.concat(lines.flatMap(line => [line, Buffer.from('\n')]))
      for (let time = 0; time < timesOver; time++) {
        fast.matchLines(chunk, {
          source: anywhere,
          onMatch: ({ ruleId, line }) => time === timesOver - 1 && byLine[line]?.push(ruleId),
        })
      }
      assert.deepEqual(byLine, expected, `lines of seed ${seed + set}`)
    }
    assert.ok(matched > pairs / 100, `only ${matched} matches: such pairs prove little`)
  })
})

/** The ids that matched, or the code of what was refused. */
function outcome(ask: () => string[]): string[] | string {
  try {
    return ask()
  } catch (error) {
    if (error instanceof SigmaError) return error.refusal.code
    throw error
  }
}

const text = (line: Uint8Array): string => Buffer.from(line).toString()
