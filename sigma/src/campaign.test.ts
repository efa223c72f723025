import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CompileOptions } from './index.ts'
import { ruleOf } from './testing/ask.ts'
import { runCase, runSeed } from './testing/campaign.ts'
import { giants } from './testing/giants.ts'

/** All that must say the same. Each engine that is added is added here. */
const engines: readonly NonNullable<CompileOptions['engine']>[] = ['reference', 'fast']

/** A million for the long search; a case that fails comes again with SIGMA_SEED and SIGMA_RUNS=1. */
const runs = Number(process.env.SIGMA_RUNS ?? 1_500)
const firstSeed = Number(process.env.SIGMA_SEED ?? 1)

/** Beside the program itself, what a campaign may leave behind. */
const leftBytesMax = 64 * 2 ** 20
/** The largest case is an event of 8 MB, which is there as bytes, as text and folded. */
const residentBytesMax = 1.5 * 2 ** 30

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

describe(`bad input, ${engines.join(' and ')}`, () => {
  it('M6 rules and events at random are refused with a code or matched, alike by all engines', () => {
    const before = heapBytes()
    const seen = new Set<string>()
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      const { rules, events } = runSeed(seed, engines)
      for (const [, code] of rules.matchAll(/"code":"(\w+)"/g)) seen.add(code as string)
      for (const event of events) seen.add(event.replace(/;.*/s, ''))
    }
    assert.ok(heapBytes() - before < leftBytesMax, `${heapBytes() - before} bytes left`)
    // What the generator is worth: all these must come up.
    if (runs < 1_000) return
    const wanted = [
      ...['matched a', 'matched ', 'EVENT_SYNTAX', 'EVENT_TOO_DEEP', 'EVENT_SHAPE', 'EVENT_TIME'],
      ...['YAML_SYNTAX', 'VALUE_TYPE', 'REGEX_SYNTAX', 'REGEX_TOO_LARGE', 'CONDITION_SYNTAX'],
      ...['CONDITION_TOO_DEEP', 'CORRELATION_SHAPE', 'PLACEHOLDER_UNKNOWN', 'MODIFIER_UNKNOWN'],
    ]
    assert.deepEqual(
      wanted.filter(code => !seen.has(code)),
      [],
    )
  })

  it('M6 rules and events that are large on purpose are refused or matched, in bounded memory', () => {
    const before = heapBytes()
    for (const { name, make } of giants) {
      const { rules } = runCase(name, engines, make())
      assert.notEqual(rules, '')
      assert.ok(
        process.memoryUsage().rss < residentBytesMax,
        `${name}: ${process.memoryUsage().rss}`,
      )
    }
    assert.ok(heapBytes() - before < leftBytesMax, `${heapBytes() - before} bytes left`)
  })

  it('M6 an event beyond the size that is allowed is refused before it is looked at', () => {
    const line = new Uint8Array(100 * 2 ** 20).fill(0x7b)
    const before = process.memoryUsage()
    const source = ruleOf({ s: ['{'], condition: 's' })
    const { events } = runCase('100 MB', engines, { source, events: [line] })
    const after = process.memoryUsage()
    assert.deepEqual(events, ['EVENT_TOO_LARGE'])
    assert.ok(after.heapUsed + after.external - before.heapUsed - before.external < 2 ** 28)
  })
})
