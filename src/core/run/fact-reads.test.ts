import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact, Pos } from '../fact.ts'
import { FactReads } from './fact-reads.ts'

/** A list of so many facts that notes what it is asked for. */
function listOf(size: number) {
  const asked: (readonly Pos[])[] = []
  const reads = new FactReads({
    size: async () => size,
    async readPositions(positions) {
      asked.push(positions)
      return positions.map(pos => ({ pos }) as Fact)
    },
  })
  return { asked, reads }
}

test('facts that are asked for at the same time are read together, each once', async () => {
  const { asked, reads } = listOf(10)
  const found = await Promise.all([7, 3, 7, 10, -1, 1.5].map(pos => reads.fact(pos)))
  assert.deepEqual(
    found.map(fact => fact?.pos ?? null),
    [7, 3, 7, null, null, null],
  )
  assert.deepEqual(asked, [[7, 3]])
  assert.equal((await reads.fact(7))?.pos, 7)
  assert.deepEqual(asked, [[7, 3], [7]])
})

test('of very many not all are asked for in one query', async () => {
  const { asked, reads } = listOf(5_000)
  await Promise.all(Array.from({ length: 2_500 }, (_, pos) => reads.fact(pos)))
  assert.deepEqual(
    asked.map(({ length }) => length),
    [1_000, 1_000, 500],
  )
})

test('whoever waits is told when the list cannot be read', async () => {
  const reads = new FactReads({
    size: () => Promise.reject(new Error('away')),
    readPositions: async () => [],
  })
  const both = await Promise.allSettled([reads.fact(1), reads.fact(2)])
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
})
