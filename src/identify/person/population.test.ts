import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { cadence } from '../../core/control/cadence.ts'
import { createBench } from '../../core/control/testing.ts'
import type { Fact } from '../../core/fact.ts'
import { occurrenceClosed } from '../../core/facts.ts'
import {
  awayBegan,
  awayEnded,
  people,
  personJoined,
  personLeft,
  registerCompared,
  registerDeclared,
  undertakingSigned,
} from './facts.ts'

const key = (f: Fact<{ person: string }>) => f.body.person

/** Everybody signs once a month: any duty of people that is counted per period has this shape. */
const monthly = cadence({
  id: 'identify.person.monthly',
  version: 1,
  owner: 'people',
  params: { registerFresh: 'P1Y', comparedFresh: 'P1Y' },
  population: people(),
  period: 'P1M',
  zone: 'Asia/Taipei',
  done: [{ type: undertakingSigned, key }],
  joins: 'next',
  away: [
    { type: awayBegan, key },
    { type: awayEnded, key },
  ],
})

test('V12 a leaver stays in the months he worked, a joiner begins with his first, and who is away is not asked', () => {
  const bench = createBench([monthly])
  const hash = 'a'.repeat(64)
  const body = (person: string) => ({ person, kind: 'employee' as const, department: null })
  const sign = (person: string, at: string) =>
    bench.fact(undertakingSigned, { person, text: 'contract', version: '1', hash }, { at })
  for (const person of ['p-stays', 'p-leaves', 'p-away']) {
    bench.fact(personJoined, body(person), { at: '2026-01-01T00:00:00.000Z', trust: 'record' })
  }
  bench.fact(registerDeclared, { people: 3, hash }, { at: '2026-01-01T01:00:00.000Z' })
  const seen = ['p-stays', 'p-leaves', 'p-away']
  const compared = { part: 1, parts: 1, seen, unlisted: 0, isDeclared: true, hash }
  bench.fact(registerCompared, compared, { at: '2026-01-01T02:00:00.000Z' })
  bench.adopt({ at: '2026-01-31T16:00:00.000Z', params: { [monthly.id]: { zone: 'Asia/Taipei' } } })
  for (const person of ['p-stays', 'p-away']) sign(person, '2026-02-10T00:00:00.000Z')
  bench.fact(awayBegan, { person: 'p-away' }, { at: '2026-02-20T00:00:00.000Z' })
  bench.advance('2026-03-05T00:00:00.000Z')
  bench.fact(personJoined, body('p-joins'), { at: '2026-03-06T00:00:00.000Z', trust: 'record' })
  sign('p-stays', '2026-03-10T00:00:00.000Z')
  bench.fact(personLeft, { person: 'p-leaves' }, { at: '2026-03-20T00:00:00.000Z' })
  bench.advance('2026-04-05T00:00:00.000Z')
  sign('p-joins', '2026-04-10T00:00:00.000Z')
  bench.advance('2026-05-05T00:00:00.000Z')
  const closed = bench
    .facts(occurrenceClosed)
    .map(({ body: { subject, occurrence, outcome } }) => `${occurrence} ${subject} ${outcome}`)
  assert.deepEqual(closed.sort(), [
    '2026-02 p-away done',
    '2026-02 p-leaves missed',
    '2026-02 p-stays done',
    '2026-03 p-stays done',
    '2026-04 p-joins done',
    '2026-04 p-stays missed',
  ])
})
