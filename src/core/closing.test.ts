import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { Closing } from './closing.ts'

test('every step closes though others throw, in reverse order; the first that threw is told', async () => {
  const closed: string[] = []
  const closing = new Closing()
  for (const name of ['lock', 'database', 'list']) {
    closing.push(async () => {
      closed.push(name)
      if (name !== 'lock') throw new Error(name)
    })
  }
  await assert.rejects(closing.close(), /list/)
  assert.deepEqual(closed, ['list', 'database', 'lock'])
  await closing.close()
  assert.equal(closed.length, 3)
})

test('what failed is told, not what fails while closing after it', async () => {
  const closing = new Closing()
  let isClosed = false
  closing.push(() => {
    isClosed = true
  })
  closing.push(() => {
    throw new Error('consequence')
  })
  await assert.rejects(closing.closeAfter(new Error('cause')), /cause/)
  assert.ok(isClosed)
})
