import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact, type Instant } from '../fact.ts'
import type { Owed } from '../judge.ts'
import { toInstant } from '../time.ts'
import { cadenceKind } from './cadence-kind.ts'
import type { CadenceOptions } from './cadence-state.ts'
import { capability } from './capability.ts'
import { clockKind } from './clock-kind.ts'
import { createBench } from './testing.ts'
import { runKind } from './testing-kind.ts'

const held = defineFact('committee.held', {
  module: 'test',
  schema: z.strictObject({ for: z.string().nullable() }),
})
const base: CadenceOptions = {
  id: 'test.committee',
  version: 1,
  owner: 'ciso',
  period: 'P1M',
  zone: 'Asia/Taipei',
  done: [{ type: held }],
  joins: 'next',
  names: fact => (fact.body as { for: string | null }).for,
}
/** Local time in Taipei, which is eight hours ahead and has no daylight saving. */
const taipei = (text: string) =>
  toInstant(Date.parse(`${text.length === 10 ? `${text}T00:00` : text}:00.000+08:00`))
const told = (owed: readonly Owed[]) =>
  owed.map(({ what, name, state, due }) => `${what} ${name} ${state} ${due?.slice(0, 16)}`)

function committee(o: Partial<CadenceOptions> = {}) {
  const kind = cadenceKind({ ...base, ...o })
  const r = runKind(kind)
  // Somebody has told something before any policy: from then on silence is a miss (V15a).
  r.fact(held, { for: null }, { at: taipei('2025-01-01') })
  return { r, owes: () => told(r.owes()) }
}

test('V15b a duty opens with its period, is gone when done, and a miss is owed until made up', () => {
  const { r, owes } = committee()
  r.adopt(taipei('2026-12-01'))
  assert.deepEqual(owes(), ['do 2026-12 open 2026-12-31T16:00'])
  r.advance(taipei('2027-01-01'))
  assert.deepEqual(owes(), ['do 2026-12 open 2026-12-31T16:00', 'do 2027-01 open 2027-01-31T16:00'])
  r.advance(taipei('2027-01-02'))
  assert.deepEqual(owes(), [
    'do 2026-12 missed 2026-12-31T16:00',
    'do 2027-01 open 2027-01-31T16:00',
  ])
  r.fact(held, { for: null }, { at: taipei('2027-01-10') })
  assert.deepEqual(owes(), ['do 2026-12 missed 2026-12-31T16:00'], 'done early, nothing is asked')
  r.fact(held, { for: '2026-12' }, { at: taipei('2027-01-11') })
  assert.deepEqual(owes(), [])
  assert.deepEqual(
    r.closed.map(({ name, outcome }) => `${name} ${outcome}`),
    ['2026-12 missed', '2026-12 late'],
    'both stay',
  )
  r.advance(taipei('2027-02-28'))
  assert.deepEqual(owes(), ['do 2027-02 open 2027-02-28T16:00'])
})

test('V15b the leap day is a day of its period', () => {
  const { r, owes } = committee({ period: 'P1D' })
  r.adopt(taipei('2028-02-29'))
  assert.deepEqual(owes(), ['do 2028-02-29 open 2028-02-29T16:00'])
  r.advance(taipei('2028-03-02'))
  r.fact(held, { for: '2028-02-29' }, { at: taipei('2028-03-02T09:00') })
  assert.deepEqual(
    r.closed.map(({ name, outcome }) => `${name} ${outcome}`),
    ['2028-02-29 missed', '2028-03-01 missed', '2028-02-29 late'],
  )
})

test('V15b a changed figure moves the time of an open duty and loses none', () => {
  const { r, owes } = committee({ times: params => Number(params['times'] ?? 1) })
  r.adopt(taipei('2026-06-01'))
  r.fact(held, { for: null }, { at: taipei('2026-06-03') })
  assert.deepEqual(owes(), [])
  r.params({ times: 2 }, taipei('2026-06-10'))
  assert.deepEqual(owes(), ['do 2026-06 open 2026-06-30T16:00'])
  r.params({ times: 1 }, taipei('2026-06-11'))
  assert.deepEqual(owes(), ['do 2026-06 open 2026-06-30T16:00'], 'the stricter one stands')
})

test('V39 a claim about a period that is over asks a second person to accept it', () => {
  const { r, owes } = committee()
  r.adopt(taipei('2026-07-01'))
  const claim = (at: Instant) =>
    r.fact(held, { for: '2026-07' }, { at, occurred: taipei('2026-07-30'), trust: 'claim' })
  r.advance(taipei('2026-08-02'))
  const pos = claim(taipei('2026-08-05'))
  assert.deepEqual(owes(), [
    'do 2026-07 missed 2026-07-31T16:00',
    'do 2026-08 open 2026-08-31T16:00',
    'accept 2026-07 open 2026-08-11T16:00',
  ])
  r.fact(held, { for: null }, { at: taipei('2026-08-06'), accepts: pos })
  assert.deepEqual(owes(), ['do 2026-08 open 2026-08-31T16:00'])
  assert.deepEqual(r.restated.length, 1)
  for (let nth = 0; nth < 40; nth++) claim(taipei('2026-08-07'))
  assert.ok(owes().length < 20, 'a row stays small')
})

const begun = defineFact('case.begun', { module: 'test', schema: z.strictObject({}) })
const ended = defineFact('case.ended', { module: 'test', schema: z.strictObject({}) })
const paused = defineFact('case.paused', { module: 'test', schema: z.strictObject({}) })
const resumed = defineFact('case.resumed', { module: 'test', schema: z.strictObject({}) })
const on = (type: typeof begun) => ({ type, key: () => 'c1' })

test('V18 a leg that runs is a duty, also over its deadline, and a pause moves it', () => {
  const kind = clockKind({
    id: 'test.containment',
    version: 1,
    owner: 'ciso',
    start: [on(begun)],
    stop: [on(ended)],
    pause: [on(paused), on(resumed)],
    pauseMax: 'PT4H',
    limit: 'PT2H',
    window: 'P30D',
  })
  const r = runKind(kind, { key: 'c1' })
  const owes = () => told(r.owes())
  r.adopt('2026-01-01T00:00:00.000Z')
  r.fact(begun, {}, { at: '2026-01-10T01:00:00.000Z' })
  assert.deepEqual(owes(), ['do leg-1 open 2026-01-10T03:00'])
  r.fact(paused, {}, { at: '2026-01-10T01:30:00.000Z' })
  r.fact(resumed, {}, { at: '2026-01-10T02:00:00.000Z' })
  assert.deepEqual(owes(), ['do leg-1 open 2026-01-10T03:30'])
  r.advance('2026-01-10T03:40:00.000Z')
  assert.deepEqual(owes(), ['do leg-1 missed 2026-01-10T03:30'])
  r.fact(ended, {}, { at: '2026-01-10T04:00:00.000Z' })
  assert.deepEqual(owes(), [])
})

test('V18 V39 a stop in time that is told after the deadline asks a second person', () => {
  const kind = clockKind({
    id: 'test.containment',
    version: 1,
    owner: 'ciso',
    start: [on(begun)],
    stop: [on(ended)],
    limit: 'PT2H',
    window: 'P30D',
  })
  const r = runKind(kind, { key: 'c1' })
  const owes = () => told(r.owes())
  r.adopt('2026-01-01T00:00:00.000Z')
  r.fact(begun, {}, { at: '2026-01-10T01:00:00.000Z' })
  const claim = {
    at: '2026-01-11T00:00:00.000Z',
    occurred: '2026-01-10T02:00:00.000Z',
    trust: 'claim' as const,
  }
  const pos = r.fact(ended, {}, claim)
  assert.deepEqual(owes(), ['accept leg-1 open 2026-01-18T00:00'])
  r.fact(ended, {}, { at: '2026-01-12T00:00:00.000Z', accepts: pos })
  assert.deepEqual(owes(), [])
  assert.deepEqual(
    r.restated.map(({ name, was, now }) => `${name} ${was} ${now}`),
    ['leg-1 late met'],
  )
})

const drilled = defineFact('drill.run', {
  module: 'test',
  schema: z.strictObject({ passed: z.boolean() }),
})

test('V24 the next exercise is asked for in the last fifth, and after a failure at once', () => {
  const control = capability({
    id: 'test.drill',
    version: 1,
    owner: 'ciso',
    canary: { type: drilled },
    passed: f => (f.body as { passed: boolean }).passed,
    every: 'P10D',
  })
  const bench = createBench([control])
  const owes = () => bench.owes('test.drill', 'org')
  bench.adopt({ at: '2026-01-01T00:00:00.000Z' })
  assert.deepEqual(told(owes()), ['do exercise-1 open 2026-01-11T00:00'])
  bench.fact(drilled, { passed: true }, { at: '2026-01-02T00:00:00.000Z' })
  assert.equal(owes()[0]?.from, '2026-01-10T00:00:00.000Z')
  assert.equal(owes()[0]?.due, '2026-01-12T00:00:00.000Z')
  bench.fact(drilled, { passed: false }, { at: '2026-01-05T00:00:00.000Z' })
  assert.equal(owes()[0]?.from, '2026-01-05T00:00:00.000Z')
})

test('V15 V15b with maxGap it is due when the gap would be too long, and not before it has begun', () => {
  const { r, owes } = committee({ period: 'P6M', maxGap: 'P198D' })
  r.adopt(taipei('2026-01-01'))
  r.fact(held, { for: null }, { at: taipei('2026-01-05') })
  assert.deepEqual(owes(), [])
  r.advance(taipei('2026-07-02'))
  assert.deepEqual(owes(), ['do 2026-H2 open 2026-07-21T16:00'])
  r.advance(taipei('2027-01-02'))
  assert.deepEqual(owes(), [
    'do 2026-H2 missed 2026-12-31T16:00',
    'do 2027-H1 open 2026-12-31T16:00',
  ])
})

test('V15b how much of it has been done grows with every doing that counts', () => {
  const kind = cadenceKind({ ...base, times: 3, minGap: 'P2D' })
  const r = runKind(kind)
  const done = () => r.owes().map(({ done = 0 }) => done)
  r.adopt(taipei('2026-06-01'))
  assert.deepEqual(done(), [0])
  r.fact(held, { for: null }, { at: taipei('2026-06-03') })
  assert.deepEqual(done(), [1])
  r.fact(held, { for: null }, { at: taipei('2026-06-04') })
  assert.deepEqual(done(), [1], 'too close to the one before')
  r.fact(held, { for: null }, { at: taipei('2026-06-05') })
  assert.deepEqual(done(), [2])
})
