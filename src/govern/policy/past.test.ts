import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { daySealed } from '../../core/facts.ts'
import { monthsOf } from './months.ts'
import { readJudgedAt } from './past.ts'
import type { Fixture } from './testing.ts'
import { counts } from './testing.ts'
import { startSample } from './testing-sample.ts'
import { viewOf } from './view.ts'

let sample: Fixture
const zone = 'Asia/Taipei'
before(async () => {
  sample = await startSample()
})
after(() => sample.stop())

const at = async (day: string) => viewOf(sample.pack, await readJudgedAt(sample.reader, day, zone))

test('V32 of a day before the adoption everything is unknown, whatever came later', async () => {
  const views = await at('2026-10-31')
  assert.ok(views.every(view => view.status === 'unknown' && view.reason.code === 'not.adopted'))
})

test('a day gone by reads as its verdict facts said by then, and later ones change nothing', async () => {
  // The committee met on the 23rd; the endpoint that breaks sentence 56 was probed on the 25th.
  const before = await at('2026-11-23')
  assert.deepEqual([before[13]?.status, before[55]?.status], ['kept', 'unknown'])
  assert.equal((await at('2026-11-24'))[55]?.reason.code, 'no.verdict')
  const then = (await at('2026-11-25'))[55]
  assert.deepEqual([then?.status, then?.population], ['broken', counts(2, 1)])

  await sample.verdict({
    number: 56,
    policy: 0,
    status: 'kept',
    reason: { code: 'holds', args: {} },
    population: counts(3),
    at: '2026-11-26T01:00:00.000Z',
    because: [18],
  })
  assert.equal((await at('2026-11-26'))[55]?.status, 'kept')
  assert.deepEqual((await at('2026-11-25'))[55], then)
  assert.deepEqual(await at('2026-11-23'), before)
})

test('a day ends at midnight where the organisation is', async () => {
  await sample.verdict({
    number: 14,
    policy: 0,
    status: 'broken',
    reason: { code: 'missed', args: {} },
    population: counts(0, 1),
    // Ten minutes before midnight in Taipei.
    at: '2026-11-26T15:50:00.000Z',
    because: [18],
  })
  assert.equal((await at('2026-11-26'))[13]?.status, 'broken')
  assert.equal((await at('2026-11-25'))[13]?.status, 'kept')
})

test('V27 counts of a day are those of its seal, which move without a verdict', async () => {
  const control = sample.pack.statements[45]!.controls[0]!.control
  await sample.append({
    type: daySealed.name,
    at: '2026-11-24T16:00:00.000Z',
    because: [0],
    body: { control, day: '2026-11-24', status: 'kept', population: counts(198, 0, 2) },
  })
  assert.deepEqual((await at('2026-11-24'))[45]?.population, counts(198, 0, 2))
  assert.deepEqual((await at('2026-11-23'))[45]?.population, counts(200))
})

test('a month is as its worst verdict; what was not judged yet is unknown', () => {
  const months = monthsOf(
    [
      { status: 'kept', at: '2026-09-30T16:00:00.000Z' },
      { status: 'broken', at: '2026-10-10T00:00:00.000Z' },
      { status: 'kept', at: '2026-10-12T00:00:00.000Z' },
    ],
    '2026-12-05',
    zone,
  )
  assert.equal(months.length, 12)
  assert.deepEqual(
    months.slice(-4).map(({ month, status }) => `${month} ${status}`),
    ['2026-09 unknown', '2026-10 broken', '2026-11 kept', '2026-12 kept'],
  )
})
