import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact, type FactType } from '../fact.ts'
import type { Owed } from '../judge.ts'
import type { ObjectiveOptions } from './objective.ts'
import { objectiveKind } from './objective-kind.ts'
import { state } from './state.ts'
import { createBench } from './testing.ts'
import { runKind } from './testing-kind.ts'

const told = (owed: readonly Owed[]) =>
  owed.map(({ name, from, due, types }) =>
    [name, from.slice(0, 10), due?.slice(0, 10), types?.join(' ')].filter(Boolean).join(' '),
  )
const day = (text: string) => `${text}T00:00:00.000Z`
const located = defineFact('site.located', {
  module: 'test',
  schema: z.strictObject({ site: z.string(), metres: z.int(), until: z.string().nullable() }),
})
const scanned = defineFact('site.scanned', {
  module: 'test',
  trusts: ['instrument'],
  schema: z.strictObject({ site: z.string() }),
})
const listed = defineFact('site.listed', {
  module: 'test',
  schema: z.strictObject({ site: z.string() }),
})
const removed = defineFact('site.removed', {
  module: 'test',
  schema: z.strictObject({ site: z.string() }),
})
const declared = defineFact('site.list.declared', { module: 'test', schema: z.strictObject({}) })
const compared = defineFact('site.list.compared', { module: 'test', schema: z.strictObject({}) })
const key = (f: { body: { site: string } }) => f.body.site

const sites = (id: string, by: readonly FactType[] | undefined, withScan = false) =>
  state({
    id,
    version: 1,
    owner: 'continuity',
    params: { listFresh: 'P50D' },
    population: {
      id: 'test.sites',
      owner: 'facilities',
      enter: { type: listed, key },
      leave: { type: removed, key },
      complete: { type: declared },
      fresh: params => String(params['listFresh']),
      compare: { with: { type: compared, key: () => [] }, fresh: 'P100D', each: true },
    },
    slots: {
      place: { type: located, key, fresh: 'P100D', ...(by && { byHand: by }) },
      ...(withScan && { scan: { type: scanned, key } }),
    },
    holds: ({ place }, now) =>
      (place?.body.metres ?? 0) >= 100 && now < (place?.body.until ?? '9999'),
    until: ({ place }) => place?.body.until ?? null,
    repair: 'P7D',
  })

function bench(by: readonly FactType[] | undefined, withScan = false) {
  const control = sites('test.apart', by, withScan)
  const made = createBench([control])
  const owes = (row: string) => told(made.owes('test.apart', row))
  made.adopt({ at: day('2026-01-01') })
  const place = (metres: number, at: string, until: string | null = null) =>
    made.fact(located, { site: 's', metres, until }, { at })
  return { made, owes, place, control }
}

test('V15b what is missing, fails or will turn stale is asked of people, and is gone when it holds', () => {
  const { made, owes, place } = bench([located])
  made.fact(listed, { site: 's' }, { at: day('2026-01-11') })
  assert.deepEqual(owes('s'), ['place-1 2026-01-11 2026-04-21'])
  const first = place(50, day('2026-01-20'))
  const renewal = (pos: number, from: string, due: string) => `place-after-${pos} ${from} ${due}`
  assert.deepEqual(owes('s'), [
    `mending-after-${first} 2026-01-20 2026-01-27`,
    renewal(first, '2026-04-10', '2026-04-30'),
  ])
  const second = place(60, day('2026-01-25'))
  assert.equal(
    owes('s')[0],
    `mending-after-${first} 2026-01-20 2026-01-27`,
    'what does not mend it is no new beginning',
  )
  made.advance(day('2026-02-10'))
  assert.equal(owes('s')[0], `mending-after-${first} 2026-01-20 2026-01-27`, 'overdue, it stays')
  const third = place(100, day('2026-02-11'))
  assert.deepEqual(owes('s'), [renewal(third, '2026-05-02', '2026-05-22')])
  assert.ok(second < third)
  made.fact(removed, { site: 's' }, { at: day('2026-02-12') })
  assert.deepEqual(owes('s'), [], 'of who is gone nothing is asked')
})

test('V15b what ends by time alone is asked for in its last fifth, under the name that it keeps', () => {
  const { made, owes, place } = bench([located])
  made.fact(listed, { site: 's' }, { at: day('2026-01-01') })
  const pos = place(100, day('2026-01-01'), day('2026-01-21'))
  assert.equal(owes('s')[0], `mending-after-${pos} 2026-01-17 2026-01-28`)
  made.advance(day('2026-01-22'))
  assert.equal(owes('s')[0], `mending-after-${pos} 2026-01-21 2026-01-28`)
})

test('V15b what only machines see is asked of nobody, and no row holds anything of it', () => {
  const { made, owes, place } = bench(undefined)
  made.fact(listed, { site: 's' }, { at: day('2026-01-01') })
  place(50, day('2026-01-02'))
  assert.deepEqual(owes('s'), [])
  const mixed = bench([located], true)
  mixed.made.fact(listed, { site: 's' }, { at: day('2026-01-01') })
  const pos = mixed.place(50, day('2026-01-02'))
  mixed.made.fact(scanned, { site: 's' }, { at: day('2026-01-03') })
  assert.deepEqual(
    mixed.owes('s'),
    [`place-after-${pos} 2026-03-23 2026-04-12`],
    'nobody mends by a word what a machine will have to see',
  )
})

test('V10 V15c a list asks for its declaration and its comparison, whoever asks for the list', () => {
  const { made, owes } = bench([located])
  const row = () => owes('')
  const [list, comparison] = ['site.list.declared', 'site.list.compared']
  assert.deepEqual(row(), [
    `list-1 2026-01-01 2026-02-20 ${list}`,
    `comparison-1 2026-01-01 2026-04-11 ${comparison}`,
  ])
  const first = made.fact(declared, {}, { at: day('2026-01-11') })
  assert.deepEqual(row(), [
    `list-after-${first} 2026-02-20 2026-03-02 ${list}`,
    `comparison-after-${first} 2026-01-11 2026-04-21 ${comparison}`,
  ])
  const second = made.fact(compared, {}, { at: day('2026-01-12') })
  assert.equal(row()[1], `comparison-after-${second} 2026-04-02 2026-04-22 ${comparison}`)
  made.fact(declared, {}, { at: day('2026-01-13') })
  assert.match(row()[1] ?? '', /^comparison-after-\d+ 2026-01-13/, 'each declaration wants its own')
  made.decide('test.apart', 'listFresh', 'P10D', day('2026-01-14'))
  assert.match(row()[0] ?? '', /2026-01-21 2026-01-23/, 'a changed figure moves it')
  assert.deepEqual(made.owes('test.apart', '')[0]?.list, {
    id: 'site.list.declared',
    owner: 'facilities',
  })
})

const tested = defineFact('course.tested', {
  module: 'test',
  schema: z.strictObject({ passed: z.boolean() }),
})

function share(least: number) {
  const match = (passed: boolean) => ({
    type: tested,
    if: (f: { body: unknown }) => (f.body as { passed: boolean }).passed === passed,
  })
  const o: ObjectiveOptions = {
    id: 'test.share',
    version: 1,
    owner: 'education',
    window: { every: 'P1M', zone: 'UTC' },
    good: [{ ...match(true), byHand: [tested] }],
    bad: [match(false)],
    level: { ratioAtLeast: least },
    total: 'samples',
    blindAtMost: 0,
  }
  const kind = objectiveKind(o)
  const r = runKind(kind)
  r.adopt(day('2026-01-01'))
  const test = (passed: boolean, at: string) => r.fact(tested, { passed }, { at: day(at) })
  return { r, test, owes: () => told(r.owes()) }
}

test('V22 an open window asks for more of what is good, as long as that can mend it', () => {
  const half = share(500_000)
  assert.deepEqual(half.owes(), ['2026-01 2026-01-01 2026-02-01'])
  half.test(true, '2026-01-02')
  assert.deepEqual(half.owes(), [])
  half.test(false, '2026-01-03')
  half.test(false, '2026-01-04')
  assert.deepEqual(half.owes(), ['2026-01 2026-01-01 2026-02-01'])
  half.r.advance(day('2026-02-02'))
  assert.deepEqual(half.owes(), ['2026-02 2026-02-01 2026-03-01'], 'what has closed stays')
  const all = share(1_000_000)
  all.test(false, '2026-01-02')
  assert.deepEqual(all.owes(), [], 'one that is bad cannot be made good')
})
