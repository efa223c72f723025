import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact } from '../fact.ts'
import { occurrenceClosed, occurrenceRestated, watermarkAdvanced } from '../facts.ts'
import { createCalendars } from '../time.ts'
import { cadence } from './cadence.ts'
import { clock } from './clock.ts'
import { objective } from './objective.ts'
import { createBench } from './testing.ts'

/** The examples again, through the machine: what stands on the list. */

const of = z.strictObject({ set: z.string() })
const listed = defineFact('set.listed', { module: 'test', schema: of, keys: f => [f.body.set] })
const counted = defineFact('inventory.read', { module: 'test', schema: z.strictObject({}) })
const saved = defineFact('backup.finished', { module: 'test', schema: of, keys: f => [f.body.set] })
const opened = defineFact('case.opened', { module: 'test', schema: of, keys: f => [f.body.set] })
const ended = defineFact('case.ended', { module: 'test', schema: of, keys: f => [f.body.set] })
const key = (fact: { body: { set: string } }) => fact.body.set

const backups = cadence({
  id: 'test.backup',
  version: 1,
  owner: 'infrastructure',
  population: {
    id: 'test.sets',
    enter: { type: listed, key },
    complete: { type: counted },
    fresh: 'P1Y',
  },
  period: 'P1D',
  zone: 'UTC',
  slots: ['00:00', '08:00', '16:00'],
  done: [{ type: saved, key }],
  joins: 'next',
  alive: [{ type: watermarkAdvanced }],
})
const sets = ['a', 'b', 'c']

function threeADay() {
  const bench = createBench([backups], { calendars: createCalendars() })
  const before = '2026-01-01T00:00:00.000Z'
  for (const set of sets) bench.fact(listed, { set }, { at: before })
  bench.fact(counted, {}, { at: before })
  bench.adopt({ at: '2026-01-02T00:00:00.000Z' })
  for (const hour of ['04', '12', '20'])
    for (const set of sets)
      if (set !== 'c' || hour !== '20')
        bench.fact(saved, { set }, { at: `2026-01-02T${hour}:00:00.000Z` })
  return bench
}

test('V6 V17 three backups a day: one set misses the last slot', () => {
  const bench = threeADay()
  bench.fact(
    watermarkAdvanced,
    { source: 'backup', to: '2026-01-03T00:00:00.000Z' },
    { at: '2026-01-03T00:01:00.000Z' },
  )
  bench.advance('2026-01-03T00:05:00.000Z')
  const verdict = bench.verdict('test.backup')
  assert.equal(verdict.status, 'broken')
  assert.equal(verdict.since, '2026-01-03T00:00:00.000Z')
  assert.deepEqual([verdict.population['broken'], verdict.population['size']], [1, 3])
  assert.deepEqual(
    bench.facts(occurrenceClosed).map(fact => `${fact.body.subject} ${fact.body.outcome}`),
    ['a done', 'b done', 'c missed'],
  )
})

test('V6 V17 three backups a day: the source is silent, until it has delivered', () => {
  const bench = threeADay()
  bench.fact(
    watermarkAdvanced,
    { source: 'backup', to: '2026-01-02T23:00:00.000Z' },
    { at: '2026-01-02T23:01:00.000Z' },
  )
  bench.advance('2026-01-03T00:30:00.000Z')
  const { status, reason } = bench.verdict('test.backup')
  assert.deepEqual([status, reason.code], ['unknown', 'source.silent'])
  bench.fact(
    saved,
    { set: 'c' },
    { at: '2026-01-03T00:40:00.000Z', occurred: '2026-01-02T20:00:00.000Z' },
  )
  assert.equal(bench.verdict('test.backup').status, 'kept')
  assert.equal(bench.facts(occurrenceClosed).at(-1)?.body.outcome, 'done')
})

test('V18 V37 containment in 2 h: the restatement names the conclusion that it changes', () => {
  const containment = clock({
    id: 'test.containment',
    version: 1,
    owner: 'ciso',
    start: [{ type: opened, key }],
    stop: [{ type: ended, key }],
    limit: 'PT2H',
    window: 'P30D',
  })
  const bench = createBench([containment], { calendars: createCalendars() })
  bench.adopt({ at: '2026-01-01T00:00:00.000Z' })
  assert.equal(bench.verdict('test.containment').reason.code, 'no.case')
  bench.fact(opened, { set: 'c1' }, { at: '2026-01-10T01:00:00.000Z' })
  assert.equal(bench.verdict('test.containment').status, 'due')
  bench.fact(ended, { set: 'c1' }, { at: '2026-01-10T02:50:00.000Z' })
  assert.equal(bench.verdict('test.containment').status, 'kept')
  bench.fact(
    opened,
    { set: 'c1' },
    { at: '2026-01-11T00:00:00.000Z', occurred: '2026-01-10T00:30:00.000Z' },
  )
  const closed = bench.facts(occurrenceClosed)[0]!
  const restated = bench.facts(occurrenceRestated)[0]!
  assert.deepEqual(
    [restated.body.of, restated.body.was, restated.body.now],
    [closed.pos, 'met', 'late'],
  )
  assert.equal(bench.verdict('test.containment').status, 'broken')
  bench.advance('2026-02-09T03:00:00.000Z')
  assert.equal(bench.verdict('test.containment').reason.code, 'no.case')
  bench.advance('2027-04-01T00:00:00.000Z')
  assert.ok(!bench.keys('test.containment').includes('c1'))
})

test('M9 an objective that counts what is bad is refused without a live source', () => {
  const silent = {
    id: 'test.silent',
    version: 1,
    owner: 'ciso',
    window: { every: 'P1M', zone: 'UTC' },
    bad: [{ type: ended }],
    blindAtMost: 0,
  } as const
  const refused = { code: 'OBJECTIVE_OPTIONS' }
  assert.throws(() => objective({ ...silent, level: { badAtMost: 0 } }), refused)
  assert.throws(
    () => objective({ ...silent, level: { ratioAtLeast: 995_000 }, total: 'elapsed' }),
    refused,
  )
})

test('V22 an objective of the organisation has one subject and its own reason', () => {
  const leak = objective({
    id: 'test.leak',
    version: 1,
    owner: 'ciso',
    window: { every: 'P1M', zone: 'Asia/Taipei' },
    bad: [{ type: ended }],
    level: { badAtMost: 0 },
    blindAtMost: 10_000,
    alive: [{ type: watermarkAdvanced }],
  })
  const bench = createBench([leak], { calendars: createCalendars() })
  bench.adopt({ at: '2026-01-01T00:00:00.000Z' })
  const delivered = (at: string) => bench.fact(watermarkAdvanced, { source: 's', to: at }, { at })
  delivered('2026-01-01T00:00:01.000Z')
  assert.equal(bench.verdict('test.leak').status, 'due')
  delivered('2026-02-02T00:00:00.000Z')
  assert.equal(bench.verdict('test.leak').status, 'kept')
  bench.fact(ended, { set: 'x' }, { at: '2026-02-03T00:00:00.000Z' })
  assert.deepEqual(
    [bench.verdict('test.leak').status, bench.verdict('test.leak').reason.code],
    ['broken', 'count.exceeded'],
  )
  bench.fact(
    ended,
    { set: 'y' },
    { at: '2026-02-04T00:00:00.000Z', occurred: '2026-01-20T00:00:00.000Z' },
  )
  assert.equal(bench.facts(occurrenceRestated)[0]?.body.now, 'broken')
})
