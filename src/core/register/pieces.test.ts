import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { filteredInPieces, mappedInPieces, sortedInPieces } from './pieces.ts'

type Row = Readonly<{ key: number; nth: number }>

/** Many are of one key, and runs end at every place: at 1,000, before it, after it, and nowhere. */
const rows = fc
  .integer({ min: 0, max: 3_100 })
  .chain(length =>
    fc.array(fc.integer({ min: 0, max: 40 }), { minLength: length, maxLength: length }),
  )
  .map(keys => keys.map((key, nth): Row => ({ key, nth })))

const byKey = (a: Row, b: Row) => a.key - b.key

test('in pieces it is what it is at once: in order, equal ones as they came, nothing lost', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async all => {
      const given = [...all]
      assert.deepEqual(await sortedInPieces(all, byKey), all.toSorted(byKey))
      assert.deepEqual(all, given, 'what is given stays as it is')
      assert.deepEqual(
        await mappedInPieces(all, ({ nth }) => nth),
        all.map(({ nth }) => nth),
      )
      const isEven = ({ key }: Row) => key % 2 === 0
      assert.deepEqual(await filteredInPieces(all, isEven), all.filter(isEven))
    }),
    { numRuns: 20 },
  )
})

/** How often others had their turn while this was done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isDone = false
  const others = (async () => {
    for (; !isDone; turns++) await turn()
  })()
  await work()
  isDone = true
  await others
  return turns
}

test('between the pieces everybody else has his turn', async () => {
  const all = Array.from(
    { length: 60_000 },
    (_, nth): Row => ({ key: (nth * 7_919) % 60_000, nth }),
  )
  // One turn for each thousand that is sorted, for each five thousand made, for each 25,000 looked into.
  for (const [least, work] of [
    [60, () => sortedInPieces(all, byKey)],
    [11, () => mappedInPieces(all, ({ key }) => key)],
    [2, () => filteredInPieces(all, ({ key }) => key > 9)],
  ] as const) {
    const turns = await turnsDuring(work)
    assert.ok(turns >= least, `${turns} of ${least}`)
  }
})

test('what a piece throws is thrown', async () => {
  const fail = () => {
    throw new RangeError('no order')
  }
  const all = Array.from({ length: 6_000 }, (_, nth) => nth)
  await assert.rejects(sortedInPieces(all, fail), RangeError)
  await assert.rejects(mappedInPieces(all, fail), RangeError)
  await assert.rejects(filteredInPieces(all, fail), RangeError)
})
