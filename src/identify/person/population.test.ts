import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { cadence } from '../../core/control/cadence.ts'
import { state } from '../../core/control/state.ts'
import { type Bench, createBench } from '../../core/control/testing.ts'
import type { Fact } from '../../core/fact.ts'
import { occurrenceClosed } from '../../core/facts.ts'
import {
  awayBegan,
  awayEnded,
  jobAssigned,
  jobEnded,
  jobHolders,
  jobMeasured,
  jobsCompared,
  jobsDeclared,
  people,
  personJoined,
  personLeft,
  registerCompared,
  registerDeclared,
  staff,
  standingMeasured,
  undertakingSigned,
} from './facts.ts'
import { jobMeasure, standingMeasure } from './judge.ts'

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

describe('V1 what came about in one transaction is taken in its order, however late it is judged', () => {
  const at = '2026-01-02T00:00:00.000Z'
  const body = { person: 'p-1', kind: 'employee', department: null }
  const has = state({
    id: 'identify.person.has-trained',
    version: 1,
    owner: 'people',
    params: { listFresh: 'P1Y', registerFresh: 'P1Y', comparedFresh: 'P1Y' },
    population: jobHolders(),
    slots: { standing: { type: jobMeasured, key: jobMeasured.keys } },
    holds: () => true,
  })
  const here = state({
    id: 'identify.person.here',
    version: 1,
    owner: 'people',
    params: { registerFresh: 'P1Y', comparedFresh: 'P1Y' },
    population: staff(),
    slots: { standing: { type: standingMeasured, key } },
    holds: () => true,
  })
  const open = () => {
    const bench = createBench([has, here, standingMeasure, jobMeasure])
    bench.adopt({ at: '2026-01-01T00:00:00.000Z' })
    return bench
  }
  const sizeOf = (bench: Bench, { id }: { id: string }) => bench.verdict(id).population['size']
  /** A verdict counts when it is given: a declaration asks for a new one. */
  const declare = (bench: Bench) => {
    const hash = 'a'.repeat(64)
    const later = { at: '2026-01-03T00:00:00.000Z' }
    bench.fact(registerDeclared, { people: 1, hash }, later)
    bench.fact(jobsDeclared, { jobs: 1, hash }, later)
    const compared = { part: 1, parts: 1, seen: [], unlisted: 0, isDeclared: true, hash }
    bench.fact(registerCompared, compared, later)
    bench.fact(jobsCompared, compared, later)
  }

  test('who joined and left is none of us', () => {
    const bench = open()
    bench.batch([
      [personJoined, body, { at }],
      [jobAssigned, { person: 'p-1', job: 'developer' }, { at }],
      [personLeft, { person: 'p-1' }, { at }],
    ])
    declare(bench)
    assert.equal(sizeOf(bench, here), 0)
    assert.equal(sizeOf(bench, has), 0)
  })

  test('who left and came back has the job that he was given again', () => {
    const bench = open()
    bench.fact(personJoined, body as any, { at })
    bench.fact(jobAssigned, { person: 'p-1', job: 'developer' }, { at })
    bench.batch([
      [personLeft, { person: 'p-1' }, { at }],
      [personJoined, body, { at }],
      [jobAssigned, { person: 'p-1', job: 'developer' }, { at }],
      [jobAssigned, { person: 'p-1', job: 'operator' }, { at }],
      [jobEnded, { person: 'p-1', job: 'operator' }, { at }],
    ])
    declare(bench)
    assert.equal(sizeOf(bench, here), 1)
    assert.equal(sizeOf(bench, has), 1)
    const told = bench.facts(jobMeasured).map(({ body: { job, isHeld } }) => [job, isHeld])
    assert.deepEqual(told, [
      ['developer', true],
      ['developer', false],
      ['developer', true],
      ['operator', true],
      ['operator', false],
    ])
  })

  test('a claim that is accepted after he left brings nobody back', () => {
    const bench = open()
    const joined = bench.fact(personJoined, body as any, { at, trust: 'claim' })
    const had = { person: 'p-1', job: 'developer' }
    const assigned = bench.fact(jobAssigned, had, { at, trust: 'claim' })
    bench.fact(personLeft, { person: 'p-1' }, { at })
    for (const pos of [joined, assigned]) bench.again(pos, '2026-01-02T01:00:00.000Z')
    declare(bench)
    assert.equal(sizeOf(bench, here), 0)
    assert.equal(sizeOf(bench, has), 0)
  })
})
