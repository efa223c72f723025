import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StandMemo } from './stand-memo.ts'

/** A list that stands where the test says. */
const listAt = (at: { stand: string }) => ({ stand: async () => at.stand })

test('what was made is made once for all, until the list, a judge or a table has moved', async () => {
  const at = { stand: '1 1 1' }
  const reader = listAt(at)
  const memo = new StandMemo<number>(2)
  let made = 0
  const ask = (key: string) => memo.of(reader, key, async () => ++made)
  assert.deepEqual(await Promise.all([ask('a'), ask('a'), ask('b')]), [1, 1, 2])
  at.stand = '1 1 2'
  assert.equal(await ask('a'), 3)
  assert.equal(await ask('a'), 3)
})

test('of more than it keeps the oldest goes, and each program has its own', async () => {
  const reader = listAt({ stand: '' })
  const memo = new StandMemo<string>(2)
  let made = 0
  const ask = (key: string, of = reader) => memo.of(of, key, async () => `${key}${++made}`)
  for (const key of ['a', 'b', 'c']) await ask(key)
  assert.equal(await ask('c'), 'c3')
  assert.equal(await ask('a'), 'a4')
  assert.equal(await ask('a', listAt({ stand: '' })), 'a5')
})

test('what failed is asked for again', async () => {
  const reader = listAt({ stand: '' })
  const memo = new StandMemo<string>(1)
  await assert.rejects(
    memo.of(reader, '', () => Promise.reject(new Error('away'))),
    /away/,
  )
  assert.equal(await memo.of(reader, '', async () => 'back'), 'back')
})
