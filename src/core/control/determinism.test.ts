import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Fact } from '../fact.ts'
import { verdictChanged } from '../facts.ts'
import { plusMs } from './match.ts'
import { state } from './state.ts'
import { type Bench, createBench } from './testing.ts'
import {
  assetRemoved,
  at,
  fleet,
  fleetListed,
  fleetSize,
  inventoryRead,
  says,
} from './testing-facts.ts'
import { type Act, controls, history, ids, open, perform } from './testing-history.ts'
import { countsOf, noTally, retally } from './verdict.ts'

/** What a run concludes, without positions: those shift with every `time.reached`. */
const conclusions = (bench: Bench): unknown[] =>
  bench.list
    .filter(f => Array.isArray(f.because) && f.because.length > 0 && f.source !== 'test.both')
    .map(({ type, occurred, body }) => {
      const { policy: _, params: _params, previous: _previous, of: _of, ...rest } = body as any
      return { type, occurred, ...rest }
    })

const hourMs = 3_600_000
const measured = (afterMs: number, asset: string, flag: boolean): Act => ({
  ...{ afterMs, what: 'measure', asset, flag },
})

/**
 * A control turns twice while nobody acts, and a roll-up hears of that at the next fact. It is not more
 * restless than one that heard of each turn in its time (V28).
 */
const heardLate: readonly Act[] = [
  measured(424 * hourMs, 'a', false),
  measured(72 * hourMs, 'c', false),
  { afterMs: 60 * hourMs, what: 'exceptAll', asset: 'a', flag: false },
  measured(12 * hourMs, 'c', true),
  measured(72 * hourMs, 'a', true),
  measured(0, 'a', false),
  measured(0, 'a', true),
  { afterMs: 12 * hourMs, what: 'call', asset: 'c', flag: true },
]

test('V2 a run with and without time.reached concludes the same at the next fact', () => {
  fc.assert(
    fc.property(history, ({ acts, bare }) => {
      const still = createBench(controls)
      const moved = createBench(controls)
      let now = at('01')
      for (const bench of [still, moved]) open(bench, bare, now)
      for (const one of acts) {
        now = plusMs(now, one.afterMs)
        moved.advance(now)
        for (const bench of [still, moved]) perform(bench, one, now)
        for (const id of ids) assert.equal(says(still, id), says(moved, id), `${id} at ${now}`)
        assert.equal(still.nextWake(), moved.nextWake())
      }
      assert.deepEqual(conclusions(still), conclusions(moved))
    }),
    { numRuns: 60, endOnFailure: true, examples: [[{ acts: heardLate, bare: false }]] },
  )
})

test('V44 counts that were kept by difference are those counted from scratch', () => {
  fc.assert(
    fc.property(history, ({ acts, bare }) => {
      const bench = createBench(controls)
      let now = at('01')
      open(bench, bare, now)
      for (const one of acts) {
        now = plusMs(now, one.afterMs)
        perform(bench, one, now)
        const whole = bench.state('test.disk', '')
        const shares = bench
          .keys('test.disk')
          .slice(1)
          .map(key => ({
            key,
            was: undefined,
            now: bench.state('test.disk', key).share ?? undefined,
          }))
        const tally = retally(noTally, shares)
        assert.deepEqual(whole.tally, tally)
        assert.equal(whole.waiting.count, shares.filter(s => s.now?.waits != null).length)
        const counts = countsOf(tally)
        const { kept, broken, due, unknown, excepted } = whole.live.population
        assert.deepEqual({ kept, broken, due, unknown, excepted }, counts)
      }
    }),
    { numRuns: 60, endOnFailure: true },
  )
})

test('V27 two verdicts in a row differ in what makes a verdict, and each names the one before', () => {
  fc.assert(
    fc.property(history, ({ acts, bare }) => {
      const bench = createBench(controls)
      let now = at('01')
      open(bench, bare, now)
      for (const one of acts) {
        now = plusMs(now, one.afterMs)
        perform(bench, one, now)
      }
      for (const id of ids) {
        const verdicts = bench.facts(verdictChanged).filter(f => f.body.control === id)
        for (const [index, { body }] of verdicts.entries()) {
          const before = verdicts[index - 1]
          assert.equal(body.previous, before?.pos ?? null)
          if (before === undefined) continue
          const told = (b: typeof body) => [b.status, b.reason.code, b.policy, b.version]
          assert.notDeepEqual(told(body), told(before.body))
          if (body.status === before.body.status) assert.equal(body.since, before.body.since)
          else assert.ok(body.since >= before.body.since)
        }
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
})

test('V28 findings open and close in turn, and an open one stands under the verdict', () => {
  fc.assert(
    fc.property(history, ({ acts, bare }) => {
      const bench = createBench(controls)
      let now = at('01')
      open(bench, bare, now)
      const opened = new Set<string>()
      for (const one of acts) {
        now = plusMs(now, one.afterMs)
        perform(bench, one, now)
      }
      for (const fact of bench.list as readonly Fact<any>[]) {
        const id = `${fact.body.control} ${fact.body.subject}`
        if (fact.type === 'control.finding.opened') {
          assert.ok(!opened.has(id))
          opened.add(id)
        } else if (fact.type === 'control.finding.closed') assert.ok(opened.delete(id))
      }
      for (const key of bench.keys('test.disk').slice(1)) {
        const { finding, share } = bench.state('test.disk', key)
        assert.equal(finding.open, opened.has(`test.disk ${key}`))
        assert.equal(finding.open, share?.status === 'broken')
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
})

test('M9 without facts every control is unknown, before a policy and after', () => {
  const bench = createBench(controls)
  for (const id of ids) assert.match(says(bench, id), /^unknown \/ not\.adopted/)
  bench.adopt({ at: at('01') })
  for (const id of ids) assert.match(says(bench, id), /^unknown \/ /)
  bench.advance(at('03-01'))
  for (const id of ids) assert.match(says(bench, id), /^unknown \/ /)
})

const many = 100_000

/** A fleet whose every member turns stale at the same instant. */
const fleetControl = state({
  id: 'test.fleet',
  version: 1,
  owner: 'x',
  population: {
    id: 'fleet',
    enter: { type: fleetListed, key: fleet },
    leave: { type: assetRemoved, key: f => f.body.asset },
    complete: { type: inventoryRead },
    fresh: 'P90D',
  },
  slots: { listed: { type: fleetListed, key: fleet, fresh: 'P10D' } },
  holds: () => true,
})

test('V9 V44 §10 of 100,000 subjects one change steps O(1) rows, and all stale is one verdict', () => {
  const bench = createBench([fleetControl], { checked: false })
  bench.adopt({ at: at('01') })
  for (let first = 0; first < many; first += fleetSize) {
    bench.fact(fleetListed, { first }, { at: at('01 01:00') })
  }
  bench.fact(inventoryRead, {}, { at: at('01 02:00') })
  assert.equal(says(bench, 'test.fleet'), `kept / holds ${many} of ${many}`)
  const before = bench.steps.length
  bench.fact(assetRemoved, { asset: 'a77' }, { at: at('01 03:00') })
  assert.deepEqual(bench.steps.slice(before), ['test.fleet/a77', 'test.fleet/'])
  bench.advance(at('11'))
  const facts = bench.list.length
  bench.advance(at('11 01:00'))
  assert.equal(says(bench, 'test.fleet'), `unknown / evidence.stale 0 of ${many - 1}`)
  assert.deepEqual(
    bench.list.slice(facts).map(f => f.type),
    ['time.reached', 'control.finding.opened', 'control.verdict.changed'],
  )
  assert.equal((bench.list[facts + 1]!.body as any).subject, '*')
})
