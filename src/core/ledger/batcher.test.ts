import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBatcher } from './batcher.ts'

test('I10 what comes together is run together, in order, and never beyond the limit', async () => {
  const sizes: number[] = []
  const batcher = createBatcher<number, number>({
    ...{ countMax: 4, waitMs: 1, queueCountMax: 100 },
    async run(items) {
      sizes.push(items.length)
      return items.map(item => item * 2)
    },
  })
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => batcher.submit(i)))
  assert.deepEqual(
    answers,
    Array.from({ length: 10 }, (_, i) => i * 2),
  )
  assert.ok(sizes.every(size => size <= 4))
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    10,
  )
  await batcher.close()
})

test('I10 one batch is under way at a time, and one failure ends only its own batch', async () => {
  let running = 0
  let rounds = 0
  const batcher = createBatcher<string, string>({
    ...{ countMax: 2, waitMs: 1, queueCountMax: 5 },
    async run(items) {
      assert.equal(++running, 1)
      await new Promise(resolve => setImmediate(resolve))
      running--
      if (++rounds === 1) throw new Error('first round')
      return items.map(item => (item === 'bad' ? new Error('bad one') : item))
    },
  })
  const answers = await Promise.allSettled(
    ['a', 'b', 'bad', 'c', 'd', 'e'].map(item => batcher.submit(item)),
  )
  const told = answers.map(answer =>
    answer.status === 'fulfilled' ? answer.value : (answer.reason.code ?? answer.reason.message),
  )
  assert.deepEqual(told, ['first round', 'first round', 'bad one', 'c', 'd', 'LEDGER_BUSY'])
  await batcher.close()
  await assert.rejects(batcher.submit('late'), { code: 'LEDGER_CLOSED' })
})
