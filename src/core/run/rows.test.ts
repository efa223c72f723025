import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Due, Rows, Wakes } from './rows.ts'

const begin = Date.parse('2025-10-20T00:00:00.000Z')
const due = fc.record({
  at: fc.integer({ min: 0, max: 5 }).map(days => new Date(begin + days * 86_400_000).toISOString()),
  judge: fc.integer({ min: 0, max: 3 }),
  key: fc.constantFrom('', 'a', 'b', 'Z', 'é'),
})

const text = ({ at, judge, key }: Due) => `${at} ${judge} ${key}`

function popAll(wakes: Wakes): string[] {
  const popped: string[] = []
  for (let one = wakes.pop(); one !== undefined; one = wakes.pop()) popped.push(text(one))
  return popped
}

const inOrder = (dues: readonly Due[]) =>
  [...dues]
    .sort((a, b) => {
      if (a.at !== b.at) return a.at < b.at ? -1 : 1
      return a.judge - b.judge || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
    })
    .map(text)

test('V3 wakes surface in the order (instant, judge, key), whatever the order they came in', () => {
  fc.assert(
    fc.property(fc.array(due, { maxLength: 40 }), dues => {
      const wakes = new Wakes()
      for (const one of dues) wakes.push(one)
      assert.deepEqual(popAll(wakes), inOrder(dues))
    }),
  )
})

test('V3 dropping entries keeps the order of the others', () => {
  fc.assert(
    fc.property(fc.array(due, { maxLength: 40 }), dues => {
      const wakes = new Wakes()
      for (const one of dues) wakes.push(one)
      wakes.keep(one => one.judge !== 1)
      assert.deepEqual(popAll(wakes), inOrder(dues.filter(one => one.judge !== 1)))
    }),
  )
})

test('V30 a row changed in place is ranked where it is now, and is to be written', () => {
  const rows = new Rows()
  const row = { state: null, wake: null, rank: null as string | null, share: undefined }
  const own = { ...row, made: { finding: 7 }, upto: 1 }
  rows.set('a', own, undefined)
  rows.set('b', { ...own, rank: 'm' }, undefined)
  rows.dirty.clear()
  own.rank = 'z'
  rows.update('a', own, null, false)
  assert.deepEqual(
    rows.ranked(5).map(one => one.key),
    ['b', 'a'],
  )
  own.rank = 'c'
  rows.update('a', own, 'z', false)
  assert.deepEqual(rows.ranked(1), [{ key: 'a', rank: 'c', made: { finding: 7 } }])
  assert.deepEqual([...rows.dirty], ['a'])
})
