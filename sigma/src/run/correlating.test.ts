import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../index.ts'
import { type Correlated, makeCorrelating } from './correlating.ts'
import { fedRules } from './fed.ts'
import type { Found } from './found.ts'

const detection = (name: string): string =>
  `title: ${name}\nid: ${name}\nname: ${name}\nlogsource: {category: x}\ndetection: {sel: {a: ${name}}, condition: sel}\n`
const engine = compile(
  [
    ...['one', 'two', 'three', 'four'].map(detection),
    `title: Some\ncorrelation: {type: event_count, rules: [one], group-by: [user], timespan: 1m, condition: {gte: 3}}\n`,
    // Nothing of its events is read, and its rule is told all the same.
    `title: Any\ncorrelation: {type: event_count, rules: [two], generate: true, timespan: 1m, condition: {gte: 9}}\n`,
    `title: Sum\ncorrelation: {type: value_sum, rules: [three], group-by: [who], aliases: {who: {three: name}}, timespan: 1m, condition: {field: size, gte: 9}}\n`,
  ],
  { engine: 'reference' },
)

function found(timeMs: number | null, user = 'bob'): Found {
  const fed = [{ rule: 'one', fields: { user } }]
  return { at: 0, record: null, timeMs, rules: [], fed, why: null }
}

describe('correlations of files', () => {
  it('read of each rule the fields that they need, whatever those are called there', () => {
    assert.deepEqual(
      [...fedRules(engine)],
      [
        ['one', ['user']],
        ['two', []],
        ['three', ['name', 'size']],
      ],
    )
    assert.deepEqual([...fedRules(compile(detection('one'), { engine: 'reference' }))], [])
  })

  it('take a match without a time at that of the one before it, or leave it out', () => {
    const alerts: Correlated[] = []
    const correlating = makeCorrelating(engine, alert => alerts.push(alert))
    correlating.add({ file: 'a', line: 0 }, found(null))
    correlating.add({ file: 'a', line: 1 }, found(50_000))
    correlating.add({ file: 'a', line: 2 }, found(null))
    correlating.add({ file: 'b', line: 0 }, found(null))
    correlating.add({ file: 'b', line: 1 }, found(1_000))
    correlating.finish()
    assert.equal(correlating.leftOut().timeless, 2)
    assert.deepEqual(
      alerts.map(({ places }) => places),
      [
        [
          { file: 'b', line: 1 },
          { file: 'a', line: 1 },
          { file: 'a', line: 2 },
        ],
      ],
    )
  })

  it('do not keep more matches than they may: what then comes too late is counted', () => {
    const alerts: Correlated[] = []
    const correlating = makeCorrelating(engine, alert => alerts.push(alert), 4)
    for (const timeMs of [5_000, 4_000, 3_000, 2_000, 100_000])
      correlating.add({ file: 'a:b', line: timeMs }, found(timeMs))
    assert.equal(alerts.length, 1, 'the earlier half is correlated')
    correlating.add({ file: 'a:b', line: 0 }, found(1_000))
    correlating.finish()
    assert.equal(correlating.leftOut().counters.late, 1)
    assert.deepEqual(
      alerts[0]?.places.map(({ file, line }) => [file, line]),
      [
        ['a:b', 2_000],
        ['a:b', 3_000],
        ['a:b', 4_000],
      ],
    )
  })
})
