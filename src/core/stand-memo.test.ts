import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reader } from './module.ts'
import { StandMemo } from './stand-memo.ts'

/** A list whose parts stand where the test says. */
function listAt(parts: Readonly<Record<string, string>>) {
  let stand = new Map(Object.entries(parts))
  const reader = (note: (part: string) => void): Reader =>
    ({
      stand: async () => stand,
      noting: reader,
      query: async (part: string) => note(part),
    }) as unknown as Reader
  return {
    reader: reader(() => {}),
    move(part: string) {
      stand = new Map([...stand, [part, `${stand.get(part)}'`]])
    },
  }
}

test('what was made is made once for all, until something of what it is made of has moved', async () => {
  const { reader, move } = listAt({ list: '1', people: '1', assets: '1' })
  const memo = new StandMemo<number>(4)
  let made = 0
  const ask = (part: string) =>
    memo.of(reader, part, async watched => {
      await watched.query(part)
      return ++made
    })
  assert.deepEqual(await Promise.all([ask('people'), ask('people'), ask('assets')]), [1, 1, 2])
  move('list')
  assert.equal(await ask('people'), 1)
  move('people')
  assert.deepEqual([await ask('people'), await ask('people'), await ask('assets')], [3, 3, 2])
})

test('what moves while it is made makes it old for who asks from then on, and for nobody before', async () => {
  const { reader, move } = listAt({ people: '1', assets: '1' })
  const memo = new StandMemo<number>(1)
  const gate = Promise.withResolvers<void>()
  let made = 0
  const ask = () =>
    memo.of(reader, '', async watched => {
      const nth = ++made
      await gate.promise
      await watched.query('people')
      return nth
    })
  const before = ask()
  await new Promise(setImmediate)
  move('assets')
  const meanwhile = ask()
  await new Promise(setImmediate)
  move('people')
  const after = [ask(), ask()]
  gate.resolve()
  assert.deepEqual(await Promise.all([before, meanwhile, ...after]), [1, 1, 2, 2])
})

test('what was seen to read nothing is old as soon as the list grows', async () => {
  const { reader, move } = listAt({ list: '1' })
  const memo = new StandMemo<number>(1)
  let made = 0
  const ask = () => memo.of(reader, '', async () => ++made)
  assert.deepEqual([await ask(), await ask()], [1, 1])
  move('list')
  assert.equal(await ask(), 2)
})

test('of more than it keeps the one goes that was asked for the longest ago; each program has its own', async () => {
  const { reader } = listAt({})
  const memo = new StandMemo<string>(2)
  let made = 0
  const ask = (key: string, of = reader) => memo.of(of, key, async () => `${key}${++made}`)
  for (const key of ['a', 'b', 'a', 'c']) await ask(key)
  assert.equal(await ask('a'), 'a1')
  assert.equal(await ask('b'), 'b4')
  assert.equal(await ask('a', listAt({}).reader), 'a5')
})

test('what failed is asked for again', async () => {
  const { reader } = listAt({})
  const memo = new StandMemo<string>(1)
  await assert.rejects(
    memo.of(reader, '', () => Promise.reject(new Error('away'))),
    /away/,
  )
  assert.equal(await memo.of(reader, '', async () => 'back'), 'back')
})
