import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compareText } from '../control/match.ts'
import { type Due, type Row, Rows, Wakes } from './rows.ts'

const row = (rank: string | null): Row => ({
  state: null,
  wake: null,
  rank,
  share: undefined,
  made: {},
  upto: 0,
})
const due = fc.record(
  {
    at: fc.constantFrom(...[1, 2, 3, 4].map(ms => new Date(ms).toISOString())),
    judge: fc.integer({ min: 0, max: 3 }),
    key: fc.constantFrom('a', 'b', 'c', 'A', '\u{1F600}', '\uFF5E'),
    row: fc.constant(row(null)),
  },
  { noNullPrototype: true },
)
const order = (a: Due, b: Due) =>
  compareText(a.at, b.at) || a.judge - b.judge || compareText(a.key, b.key)

describe('rows', () => {
  test('V3 wakes surface by instant, judge and key, however they were pushed and popped', () => {
    fc.assert(
      fc.property(fc.array(fc.option(due, { freq: 3 }), { maxLength: 60 }), steps => {
        const wakes = new Wakes()
        const model: Due[] = []
        for (const step of steps) {
          if (step === null) assert.deepEqual(wakes.pop(), model.shift())
          else {
            wakes.push(step)
            model.push(step)
            model.sort(order)
          }
          assert.deepEqual(wakes.peek(), model[0])
          assert.equal(wakes.size, model.length)
        }
        for (const left of model) assert.deepEqual(wakes.pop(), left)
      }),
      { numRuns: 300 },
    )
  })

  test('V30 ranked rows come lowest rank first, then by key, after any changes', () => {
    const change = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      fc.option(fc.constantFrom('1', '2', '3')),
      fc.boolean(),
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 50 }), changes => {
        const rows = new Rows()
        const model = new Map<string, string | null>()
        for (const [key, rank, isGone] of changes) {
          rows.set(key, isGone ? null : row(rank), rows.byKey.get(key))
          if (isGone) model.delete(key)
          else model.set(key, rank)
        }
        const ranked = [...model]
          .filter((entry): entry is [string, string] => entry[1] !== null)
          .sort((a, b) => compareText(a[1], b[1]) || compareText(a[0], b[0]))
        assert.deepEqual(
          rows.ranked(3).map(entry => [entry.key, entry.rank]),
          ranked.slice(0, 3),
        )
        assert.deepEqual(rows.keys(), [...model.keys()].sort(compareText))
      }),
      { numRuns: 300 },
    )
  })

  test('V3 dropping entries keeps the order of the others', () => {
    fc.assert(
      fc.property(fc.array(due, { maxLength: 40 }), dues => {
        const wakes = new Wakes()
        for (const one of dues) wakes.push(one)
        wakes.keep(one => one.judge !== 1)
        const left = dues.filter(one => one.judge !== 1).sort(order)
        for (const one of left) assert.deepEqual(wakes.pop(), one)
        assert.equal(wakes.size, 0)
      }),
    )
  })

  test('V30 a row changed in place is ranked where it is now, and is to be written', () => {
    const rows = new Rows()
    const own = { ...row(null), made: { finding: 7 } }
    rows.set('a', own, undefined)
    rows.set('b', row('m'), undefined)
    rows.takeDirty()
    own.rank = 'z'
    rows.update('a', own, null, false)
    assert.deepEqual(
      rows.ranked(5).map(one => one.key),
      ['b', 'a'],
    )
    own.rank = 'c'
    rows.update('a', own, 'z', false)
    assert.deepEqual(rows.ranked(1), [{ key: 'a', rank: 'c', made: { finding: 7 } }])
    assert.deepEqual(rows.takeDirty(), ['a'])
    assert.deepEqual(rows.takeDirty(), [])
  })
})
