import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type BaseMatch, type CorrelatorState, compile, SigmaError } from '../index.ts'
import { ruleOf } from '../testing/ask.ts'
import { type Random, randomOf } from '../testing/random.ts'

const base = (id: string) => ruleOf({ s: { A: 1 }, condition: 's' }, { id, name: id })
const correlation = (title: string, more: object) =>
  JSON.stringify({
    title,
    name: title,
    correlation: { rules: ['a'], timespan: '10s', 'group-by': ['u'], ...more },
  })
const counted = { field: 'n', gte: 3 }
const engine = compile([
  ...['a', 'b'].map(base),
  correlation('count', { type: 'event_count', condition: { gte: 2 } }),
  correlation('values', { type: 'value_count', condition: counted, 'group-by': ['u', 'v'] }),
  correlation('both', { type: 'temporal', rules: ['a', 'b'] }),
  correlation('order', { type: 'temporal_ordered', rules: ['a', 'b', 'a'] }),
  correlation('sum', { type: 'value_sum', condition: counted }),
  correlation('rank', { type: 'value_median', condition: counted }),
  correlation('few', { type: 'event_count', condition: { lt: 2 }, 'group-by': [] }),
  correlation('chain', { type: 'event_count', rules: ['count', 'both'], condition: { gte: 2 } }),
])
const options = { latenessMs: 2_000, groupsMax: 50, groupEventsMax: 20, pendingMax: 30 }

const matchOf = (random: Random, at: number): BaseMatch => {
  const fields = {
    u: random.pick(['x', 'y', '__proto__', null]),
    v: random.pick(['1', '']),
    n: random.pick(['1', '2.5', '-7', 'x']),
  }
  const delay = random.below(1_500)
  return {
    rules: random.pick([['a'], ['b'], ['a', 'b']]),
    timeMs: at * 700 - delay,
    id: `e${at}`,
    source: random.pick(['', 's']),
    field: name => fields[name as 'u'] ?? null,
  }
}

function correlatorAfter(random: Random, matches: number) {
  const correlator = engine.correlate(options)
  for (let at = 0; at < matches; at++) correlator.add(matchOf(random, at))
  return correlator
}

const hostile: readonly unknown[] = [
  ...[null, undefined, true, 0, -1, 1, 1.5, 1e300, 2 ** 53, '', 'x', '1', '__proto__', {}, []],
  ...[[null], [[]], [1], ['x'], [0, 0], { length: 3 }],
  Object.assign([], { length: 1_000_000 }),
  Array.from({ length: 99 }, () => ({})),
]

type Parent = Record<string, unknown>

/** All places in a tree, as an object or list and the key in it. */
function placesIn(tree: unknown): [Parent, string][] {
  if (typeof tree !== 'object' || tree === null) return []
  return Object.keys(tree).flatMap(key => [
    [tree as Parent, key],
    ...placesIn((tree as Parent)[key]),
  ])
}

/** One thing in it is another, gone, there twice, or elsewhere. */
function mutate(state: unknown, random: Random): void {
  const [parent, key] = random.pick(placesIn(state))
  const value = parent[key]
  const others = Object.keys(parent)
  switch (random.below(7)) {
    case 0:
      delete parent[key]
      return
    case 1:
      if (Array.isArray(value)) value.push(...value.slice(0, 3))
      else parent[`${key}2`] = value
      return
    case 2:
      if (Array.isArray(value)) value.reverse()
      else parent[key] = parent[random.pick(others)]
      return
    case 3:
      Object.defineProperty(parent, '__proto__', {
        value: { polluted: 1 },
        enumerable: true,
        configurable: true,
        writable: true,
      })
      return
    case 4:
      if (typeof value === 'number') parent[key] = value + random.pick([-1, 1, 1e6, -1e6, 0.5])
      else if (typeof value === 'string') parent[key] = `${value}x`
      return
    default:
      parent[key] = structuredClone(random.pick(hostile))
  }
}

const runs = Number(process.env.SIGMA_RUNS ?? 2_000)

describe('the state of a correlator', () => {
  it('M69 any change of a state is taken or refused whole, and what is taken can be gone on with', () => {
    let refused = 0
    for (let seed = 1; seed <= runs; seed++) {
      const random = randomOf(seed)
      const state = structuredClone(correlatorAfter(random, random.below(40)).save())
      for (let left = 1 + random.below(3); left > 0; left--) mutate(state, random)
      const correlator = correlatorAfter(random, 5)
      const before = JSON.stringify(correlator.save())
      try {
        correlator.restore(state)
      } catch (error) {
        assert.ok(error instanceof SigmaError, `seed ${seed}: ${error}`)
        assert.match(error.refusal.code, /^STATE_/, `seed ${seed}`)
        assert.equal(JSON.stringify(correlator.save()), before, `seed ${seed}`)
        refused++
        continue
      }
      for (let at = 0; at < 60; at++) correlator.add(matchOf(random, at))
      correlator.flush()
      assert.deepEqual(Object.keys(correlator.counters).length, 7, `seed ${seed}`)
    }
    assert.equal(({} as { polluted?: number }).polluted, undefined)
    assert.ok(refused > runs / 2, `${refused} of ${runs} refused`)
  })

  it('M69 what is no state at all is refused', () => {
    const correlator = correlatorAfter(randomOf(1), 20)
    const before = JSON.stringify(correlator.save())
    for (const state of hostile) {
      const code = (error: SigmaError) => error.refusal.code.startsWith('STATE_')
      assert.throws(() => correlator.restore(state as CorrelatorState), code)
    }
    assert.equal(JSON.stringify(correlator.save()), before)
  })

  it('M69 a state of larger bounds is refused by its size', () => {
    const large = correlatorAfter(randomOf(1), 40).save()
    const small = engine.correlate({ ...options, pendingMax: 1 })
    assert.throws(() => small.restore(large), { message: /STATE_TOO_LARGE: pending/ })
  })
})
