import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Alert, type BaseMatch, type CorrelateOptions, compile } from '../index.ts'

const bases = ['r0', 'r1', 'r2']
const baseRules = bases.map(id => ({
  id,
  title: id,
  logsource: { category: 'test' },
  detection: { s: { A: 1 }, condition: 's' },
}))

const bound = fc.tuple(
  fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'neq'),
  fc.constantFrom(0, 1, 2, 3, 4, 2.5),
)
const bounds = fc.array(bound, { minLength: 1, maxLength: 2 }).map(Object.fromEntries)
const kinds = fc.constantFrom(
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
)
const joins = ['X and Y', 'X or Y', 'X and not Y', 'not X', 'all of them', 'X and (Y or not X)']

/** A correlation that may name the base rules and those correlations before it. */
const correlation = (at: number) => {
  const known = [...bases, ...Array.from({ length: at }, (_, i) => `c${i}`)]
  return fc
    .record({
      type: kinds,
      rules: fc.uniqueArray(fc.constantFrom(...known), { minLength: 1, maxLength: 3 }),
      span: fc.constantFrom(1, 2, 3, 5),
      groupBy: fc.constantFrom([], ['u'], ['u'], ['u', 'v'], ['x']),
      bounds,
      percentile: fc.constantFrom(0, 25, 50, 90, 99.9, 100),
      shape: fc.constantFrom('bounds', 'none', 'joined'),
      join: fc.constantFrom(...joins),
      generate: fc.boolean(),
    })
    .map(({ type, rules, span, groupBy, shape, join, generate, ...limit }) => {
      const isTemporal = type.startsWith('temporal')
      const joined = join
        .replaceAll('X', rules[0] as string)
        .replaceAll('Y', rules.at(-1) as string)
      // An order of alternatives is refused.
      const isJoined = shape === 'joined' && (type === 'temporal' || !/or|^not/.test(join))
      const field = type === 'value_count' ? ['n', 'v'] : 'n'
      const numbers = isTemporal || type === 'event_count' ? {} : { field }
      const rank = type === 'value_percentile' ? { percentile: limit.percentile } : {}
      const counted = { ...limit.bounds, ...numbers, ...rank }
      const open = isJoined ? joined : shape === 'none' ? undefined : limit.bounds
      return {
        id: `c${at}`,
        title: `c${at}`,
        correlation: {
          type,
          rules,
          timespan: `${span}s`,
          'group-by': groupBy,
          aliases: { x: { r0: 'u', r1: 'v' } },
          condition: isTemporal ? open : counted,
          generate,
        },
      }
    })
}

const match = fc.record({
  rules: fc.uniqueArray(fc.constantFrom(...bases), { minLength: 1, maxLength: 3 }),
  step: fc.constantFrom(0, 0, 1, 400, 500, 1000, 3000, 9000),
  delay: fc.constantFrom(0, 0, 0, 300, 1000, 2000),
  source: fc.constantFrom('', '', 'other'),
  fields: fc.record({
    u: fc.constantFrom('a', 'a', 'b', null),
    v: fc.constantFrom('1', '2'),
    n: fc.constantFrom('1', '2', '-1.5', '10', 'x', '0.000000000000000001', null),
  }),
})

type Sent = BaseMatch & { arrivesMs: number }

/** Events step by step in time, and each arrives after its delay. */
const stream = fc.array(match, { minLength: 1, maxLength: 40 }).map(matches => {
  let timeMs = 0
  const sent = matches.map(({ rules, step, delay, source, fields }, at): Sent => {
    timeMs += step
    const field = (name: string) => (fields as Record<string, string | null>)[name] ?? null
    return { rules, timeMs, id: `e${at}`, source, field, arrivesMs: timeMs + delay }
  })
  return sent.toSorted((a, b) => a.arrivesMs - b.arrivesMs)
})

const options = fc.record({
  latenessMs: fc.constantFrom(0, 500, 2000, 5000),
  idleMs: fc.constantFrom(1500, 600_000),
  refire: fc.constantFrom('window' as const, 'each' as const),
  sources: fc.constantFrom([], ['other']),
})

const rules = fc
  .integer({ min: 1, max: 4 })
  .chain(count => fc.tuple(...Array.from({ length: count }, (_, at) => correlation(at))))
  .map(correlations => [...baseRules, ...correlations].map(rule => JSON.stringify(rule)))

const engineOf = (texts: readonly string[]) => {
  const engine = compile(texts.join('\n---\n'))
  for (const { refusal } of engine.rules) assert.equal(refusal, null)
  return engine
}

/** Through the correlator, which is saved and made anew before the matches named. */
function live(
  texts: readonly string[],
  matches: readonly BaseMatch[],
  { given, cuts }: { given: Partial<CorrelateOptions>; cuts: ReadonlySet<number> },
): Alert[] {
  const engine = engineOf(texts)
  let correlator = engine.correlate(given)
  const alerts: Alert[] = []
  matches.forEach((match, at) => {
    if (cuts.has(at)) {
      const state = JSON.parse(JSON.stringify(correlator.save()))
      correlator = engine.correlate(given)
      correlator.restore(state)
    }
    alerts.push(...correlator.add(match))
  })
  return [...alerts, ...correlator.flush()]
}

const runs = { numRuns: Number(process.env.SIGMA_RUNS ?? 1_500) }

describe('correlations at random', () => {
  it('M60 M61 M63 M65 M66 M67 M68 M69 the correlator says what the reference says', () => {
    let alerts = 0
    const cuts = fc.uniqueArray(fc.nat(40), { maxLength: 4 })
    const property = fc.property(rules, stream, options, cuts, (texts, matches, given, cuts) => {
      const found = live(texts, matches, { given, cuts: new Set(cuts) })
      alerts += found.length
      assert.deepEqual(found, engineOf(texts).replay(matches, given))
      // With hardly any room all of it comes and goes.
      const spilling = { ...given, groupsMax: 1 + (matches.length % 2), spill: new Map() }
      assert.deepEqual(live(texts, matches, { given: spilling, cuts: new Set(cuts) }), found)
    })
    fc.assert(property, runs)
    assert.ok(alerts > runs.numRuns, `${alerts} alerts`)
  })

  it('M69 the order of arrival within the lateness changes nothing', () => {
    const property = fc.property(rules, stream, (texts, matches) => {
      const given = { latenessMs: 2000, idleMs: 600_000, sources: ['', 'other'] }
      const inOrder = matches.toSorted(
        (a, b) => a.timeMs - b.timeMs || matches.indexOf(a) - matches.indexOf(b),
      )
      const cuts = new Set<number>()
      assert.deepEqual(live(texts, matches, { given, cuts }), live(texts, inOrder, { given, cuts }))
    })
    fc.assert(property, runs)
  })
})
