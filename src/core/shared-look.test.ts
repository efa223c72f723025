import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedLook } from './shared-look.ts'

/** Looks that end when they are told to, each with what the world was like as it began. */
function openWorld() {
  const begun: { saw: number; end(): void; fail(why: Error): void }[] = []
  const world = { now: 0 }
  const look = new SharedLook(() => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const saw = world.now
    begun.push({ saw, end: () => resolve(saw), fail: reject })
    return promise
  })
  return { begun, world, look }
}

test('who asks while a look is under way shares the next one, and is never told what was before he asked', async () => {
  const { begun, world, look } = openWorld()
  const first = look.ask()
  await turn()
  world.now = 1
  const many = Array.from({ length: 100 }, () => look.ask())
  await turn()
  assert.equal(begun.length, 1, 'the second waits for the first')
  world.now = 2
  begun[0]?.end()
  assert.equal(await first, 0)
  await turn()
  assert.equal(begun.length, 2, 'a hundred cost one more')
  begun[1]?.end()
  assert.deepEqual(new Set(await Promise.all(many)), new Set([2]))
})

test('asked one after the other, each is a look of its own', async () => {
  const { begun, world, look } = openWorld()
  for (const at of [0, 1, 2]) {
    world.now = at
    const asked = look.ask()
    await turn()
    begun[at]?.end()
    assert.equal(await asked, at)
  }
})

test('a look that fails fails whoever asked for it, and nobody after', async () => {
  const { begun, look } = openWorld()
  const failed = look.ask()
  await turn()
  const next = look.ask()
  begun[0]?.fail(new Error('the database is away'))
  await assert.rejects(failed, /away/)
  await turn()
  begun[1]?.end()
  assert.equal(await next, 0)
})
