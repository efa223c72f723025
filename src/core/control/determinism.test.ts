import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { defineFact, type Fact, type Instant } from '../fact.ts'
import { timeReached, verdictChanged, watermarkAdvanced } from '../facts.ts'
import { capability } from './capability.ts'
import { plusMs } from './match.ts'
import { rollup } from './rollup.ts'
import { state } from './state.ts'
import { type Bench, createBench } from './testing.ts'
import {
  assets,
  at,
  diskMeasured,
  does,
  encrypted,
  fleet,
  fleetListed,
  fleetSize,
  inventoryRead,
  says,
  sighted,
} from './testing-facts.ts'
import { countsOf, noTally, retally } from './verdict.ts'

const called = defineFact('test.call.made', {
  module: 'test',
  schema: z.strictObject({ answered: z.boolean() }),
})

const disk = encrypted(
  {
    population: { ...assets, fresh: 'P20D', compare: { with: sighted, fresh: 'P12D' } },
    alive: [{ type: watermarkAdvanced }],
  },
  { fresh: 'P5D', repair: 'P1D', steady: 'PT12H' },
)
const call = capability({
  id: 'test.call',
  version: 1,
  owner: 'x',
  canary: { type: called },
  passed: fact => (fact.body as { answered: boolean }).answered,
  every: 'P3D',
  confirm: 2,
})
const both = rollup({
  id: 'test.both',
  version: 1,
  owner: 'x',
  of: ['test.disk', 'test.call'],
  worst: true,
})
const controls = [disk, call, both]
const ids = ['test.disk', 'test.call', 'test.both']

type Act = Readonly<{ afterMs: number; what: string; asset: string; flag: boolean }>

const act: fc.Arbitrary<Act> = fc.record({
  afterMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 3_600_000 }),
    fc.integer({ min: 1, max: 12 * 3_600_000 }),
    fc.integer({ min: 1, max: 3 * 86_400_000 }),
  ),
  what: fc.constantFrom(
    ...['measure', 'measure', 'measure', 'measure', 'measure', 'measure', 'measure', 'measure'],
    ...['list', 'remove', 'sight', 'complete', 'hear', 'hear', 'hear', 'call', 'call', 'adopt'],
    ...['except', 'exceptAll', 'end', 'endAll'],
  ),
  asset: fc.constantFrom('a', 'b', 'c'),
  flag: fc.boolean(),
})

function perform(bench: Bench, one: Act, when: Instant): void {
  const { list, remove, sight, complete, good, bad, except, end, adopt } = does(bench)
  const acts: Record<string, (when: Instant) => unknown> = {
    measure: one.flag ? good(one.asset) : bad(one.asset),
    list: list(one.asset),
    remove: remove(one.asset),
    sight: sight(one.asset),
    complete,
    except: except(one.asset, one.flag ? '02-01' : '01-20'),
    exceptAll: except(null, one.flag ? '01-15' : '01-25'),
    end: end(one.asset),
    endAll: end(null),
    hear: time => bench.fact(watermarkAdvanced, { source: 's', to: time }, { at: time }),
    call: time => bench.fact(called, { answered: one.flag }, { at: time }),
    adopt: adopt(),
  }
  acts[one.what]?.(when)
}

/** Where most random histories begin: three members, known to both sources, and a policy. */
function begin(bench: Bench, when: Instant): void {
  const { adopt, list, sight, complete, good } = does(bench)
  adopt()(when)
  list('a', 'b', 'c')(when)
  sight('a')(when)
  complete(when)
  good('a', 'b', 'c')(when)
}

/** Histories that begin so, or with a policy and nothing else. */
const history = fc.record({
  acts: fc.array(act, { minLength: 25, maxLength: 60 }),
  bare: fc.integer({ min: 0, max: 4 }).map(n => n === 0),
})

function open(bench: Bench, bare: boolean, when: Instant): void {
  if (bare) does(bench).adopt()(when)
  else begin(bench, when)
}

/** What a run concludes, without positions: those shift with every `time.reached`. */
const conclusions = (bench: Bench): unknown[] =>
  bench.list
    .filter(f => f.because instanceof Array && f.because.length > 0 && f.source !== 'test.both')
    .map(({ type, occurred, body }) => {
      const { policy, params, previous, of, ...rest } = body as Record<string, unknown>
      return { type, occurred, ...rest }
    })

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
    { numRuns: 60 },
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
    { numRuns: 60 },
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
    { numRuns: 40 },
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
    { numRuns: 40 },
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
    complete: { type: inventoryRead },
    fresh: 'P90D',
  },
  slots: {
    disk: { type: diskMeasured, key: f => f.body.asset, fresh: 'P5D' },
    listed: { type: fleetListed, key: fleet, fresh: 'P10D' },
  },
  holds: slots => slots.disk.body.encrypted,
})

test('V9 V44 §10 with 100,000 subjects one change steps O(1) rows, and staleness is one verdict', () => {
  const bench = createBench([fleetControl], { checked: false })
  bench.adopt({ at: at('01') })
  for (let first = 0; first < many; first += fleetSize) {
    bench.fact(fleetListed, { first }, { at: at('01 01:00') })
  }
  bench.fact(inventoryRead, {}, { at: at('01 02:00') })
  assert.equal(bench.state('test.fleet', '').live.population.size, many)
  const before = bench.steps.length
  bench.fact(diskMeasured, { asset: 'a77', encrypted: false }, { at: at('01 03:00') })
  assert.deepEqual(bench.steps.slice(before), ['test.fleet/a77', 'test.fleet/'])
  assert.equal(says(bench, 'test.fleet'), `broken / failing 1 of ${many}`)
  const facts = bench.list.length
  bench.advance(at('11 01:00'))
  const made = bench.list.slice(facts).filter(f => f.recorded >= at('11 01:00'))
  // At that instant all were unknown before but one, which had turned stale by itself.
  assert.deepEqual(made.filter(f => f.type === timeReached.name).length, 1)
  const shown = bench.state('test.fleet', '').live.population
  assert.equal(shown.unknown, many)
  assert.ok(made.length <= 3, 'time.reached, and at most one verdict and one summary')
  const findings = bench.list.filter(f => f.type === 'control.finding.opened')
  assert.deepEqual(
    findings.map(f => (f.body as any).subject),
    ['*', 'a77'],
  )
})
