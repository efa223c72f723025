import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact } from '../fact.ts'
import { lawAdopted } from '../facts.ts'
import { Policies } from '../run/adoption.ts'
import { createCalendars, type LawTable } from '../time.ts'
import { clock } from './clock.ts'
import { createBench } from './testing.ts'

const key = (f: { body: { case: string } }) => f.body.case
const schema = z.strictObject({ case: z.string(), clock: z.string() })
const begun = defineFact('test.leg.begun', { module: 'test', schema })
const ended = defineFact('test.leg.ended', { module: 'test', schema })
const putOff = defineFact('test.leg.deferred', { module: 'test', schema })

const told = clock({
  ...{ id: 'test.told', version: 1, owner: 'legal', window: 'P1Y', zone: 'UTC', limit: 'P9D' },
  start: [{ type: begun, key }],
  stop: [{ type: ended, key }],
  extend: { type: putOff, key },
  law: facts => facts.body(begun)?.clock ?? '',
  statutory: true,
})

const version = { from: null, until: null, limit: null, calendar: null, extendBy: null }
const law = (zone: string | null, ...clocks: LawTable['clocks']): LawTable => ({
  ...{ law: 'test', zone },
  clocks,
})
const versions: LawTable = law('Asia/Tokyo', {
  ...{ id: 'L-1', provision: 'Art. 1' },
  versions: [
    { ...version, until: '2026-04-01', limit: 'PT72H' },
    { ...version, from: '2026-04-01', until: '2026-05-01', limit: 'PT24H', extendBy: 'PT12H' },
    { ...version, from: '2026-05-01' },
  ],
})

/** What is said of one leg that began then, a while later. */
function leg(start: string, until: string, laws: readonly LawTable[], id = 'L-1') {
  const bench = createBench([told], { calendars: createCalendars([], laws) })
  bench.adopt({ at: '2026-01-01T00:00:00.000Z' })
  bench.fact(begun, { case: 'c', clock: id }, { at: start })
  bench.advance(until)
  const { is } = bench.state('test.told', 'c').kind
  return { code: is.reason.code, ...is.reason.args } as Record<string, unknown>
}

test('V18 a limit of the law is that of the version in force at the start, by the days of the law', () => {
  const last = leg('2026-03-31T14:59:59.999Z', '2026-04-03T00:00:00.000Z', [versions])
  assert.deepEqual(last, {
    ...{ code: 'running', leg: 1, deadline: '2026-04-03T14:59:59.999Z' },
    ...{ law: 'L-1', provision: 'Art. 1', lawFrom: '' },
  })
  // Midnight of the first of April in Tokyo.
  const first = leg('2026-03-31T15:00:00.000Z', '2026-03-31T16:00:00.000Z', [versions])
  assert.deepEqual(
    [first['deadline'], first['lawFrom']],
    ['2026-04-01T15:00:00.000Z', '2026-04-01'],
  )
  const none = leg('2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z', [versions])
  assert.equal(
    none['deadline'],
    '2026-05-10T00:00:00.000Z',
    'a law without a figure leaves it to us',
  )
})

test('V18 what is no law on the list is unknown, and what is not in force judges nothing', () => {
  const at = ['2026-03-01T00:00:00.000Z', '2026-03-20T00:00:00.000Z'] as const
  assert.equal(leg(...at, [])['code'], 'law.unknown')
  const draft = law(null, { id: 'L-1', provision: 'draft', versions: [] })
  assert.deepEqual(leg(...at, [draft]), { code: 'law.not-in-force', law: 'L-1' })
  const later = { ...version, from: '2026-03-02', limit: 'PT1H' }
  const coming = law(null, { id: 'L-1', provision: 'Art. 1', versions: [later] })
  assert.deepEqual(leg(...at, [coming]), { code: 'law.not-in-force', law: 'L-1' })
  const days = { ...version, limit: 'P3BD', calendar: 'us-ca' }
  const nowhere = law(null, { id: 'L-1', provision: 'Art. 1', versions: [days] })
  const { code, calendar, provision } = leg(...at, [nowhere])
  assert.deepEqual([code, calendar, provision], ['calendar.unknown', 'us-ca', 'Art. 1'])
})

test('V19 a clock of the law is put off once, in time, by what its version allows', () => {
  const until = (at: string) => {
    const bench = createBench([told], { calendars: createCalendars([], [versions]) })
    bench.adopt({ at: '2026-01-01T00:00:00.000Z' })
    bench.fact(begun, { case: 'c', clock: 'L-1' }, { at: '2026-04-10T00:00:00.000Z' })
    bench.fact(putOff, { case: 'c', clock: 'L-1' }, { at })
    return bench.state('test.told', 'c').kind.is.reason.args.deadline as string
  }
  assert.equal(until('2026-04-11T00:00:00.000Z'), '2026-04-11T12:00:00.000Z')
  assert.equal(until('2026-04-11T00:00:00.001Z'), '2026-04-11T00:00:00.000Z')
})

test('V8 a law on the list is the newest that was adopted', () => {
  const policies = new Policies(() => new Map())
  const adopt = (table: LawTable, pos: number) =>
    policies.take({ type: lawAdopted.name, pos, body: { ...table, asOf: '2026-01-01' } } as any)
  assert.equal(adopt(versions, 1), true)
  const at = ['2026-03-01T00:00:00.000Z', 'UTC'] as const
  assert.equal(policies.calendars?.law('L-1', ...at)?.limit, 'PT72H')
  adopt(law(null, { id: 'L-1', provision: 'Art. 2', versions: [version] }), 2)
  assert.equal(policies.calendars?.law('L-1', ...at)?.provision, 'Art. 2')
  assert.throws(() => policies.calendars?.law('L-2', ...at), { code: 'LAW_UNKNOWN' })
})
