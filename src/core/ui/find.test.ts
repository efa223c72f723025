import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { filterInSlices, fold, sortInSlices } from './find.ts'
import { compareBy } from './rows.ts'

const never = new AbortController().signal

test('widths, kana and capitals are the same to who searches', () => {
  assert.equal(fold('ＴＬＳ １．３'), 'tls 1.3')
  assert.equal(fold('ｻｰﾊﾞｰ'), 'サーバー')
})

test('sorted in slices is sorted, and stable', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 3_000 }),
      async keys => {
        const items = keys.map((key, at) => ({ key, at }))
        const compare = (a: { key: number }, b: { key: number }) => a.key - b.key
        assert.deepEqual(await sortInSlices(items, compare, never), items.toSorted(compare))
      },
    ),
    { numRuns: 40 },
  )
})

test('filtered in slices is filtered; what nobody waits for any more is given up', async () => {
  const items = Array.from({ length: 5_000 }, (_, at) => at)
  assert.equal((await filterInSlices(items, at => at % 2 === 0, never))?.length, 2_500)
  const abort = new AbortController()
  // Slow enough that the first slice ends before the last item.
  const slow = (at: number) => {
    if (at % 500 === 0) for (const endMs = performance.now() + 9; performance.now() < endMs; );
    return true
  }
  const running = filterInSlices(items, slow, abort.signal)
  abort.abort()
  assert.equal(await running, null)
})

test('by the order of the language; numbers as numbers; what is not there comes last both ways', () => {
  const rows = ['srv-10', 'srv-9', null, 'srv-1'].map(name => ({ name }))
  const column = { value: (row: { name: string | null }) => row.name }
  const names = (desc: boolean) =>
    rows.toSorted(compareBy(column, desc, 'ja')).map(({ name }) => name)
  assert.deepEqual(names(false), ['srv-1', 'srv-9', 'srv-10', null])
  assert.deepEqual(names(true), ['srv-10', 'srv-9', 'srv-1', null])
})
