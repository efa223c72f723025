import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../../core/error.ts'
import type { FactView } from './explain.ts'
import { factView } from './fact-view.ts'
import { checkProof } from './proof.ts'
import { createList } from './testing.ts'

function listOf(size: number) {
  const list = createList()
  for (let pos = 0; pos < size; pos += 1) {
    list.append({ type: 'thing.noted', at: '2026-11-23T03:24:00.000Z', body: { pos } })
  }
  return list
}

const shownOf = (list: ReturnType<typeof listOf>, pos: number): FactView =>
  factView(list.facts[pos]!)

test('L6962 every position of lists of every small size is proven, under the trusted key', async () => {
  for (let size = 1; size <= 17; size += 1) {
    const list = listOf(size)
    for (let pos = 0; pos < size; pos += 1) {
      const proven = await checkProof({
        ...list.prove(pos)!,
        vkey: list.vkey,
        shown: shownOf(list, pos),
      })
      assert.equal(proven.size, size)
      assert.equal(proven.pos, pos)
    }
  }
})

test('L8 one changed character anywhere in leaf, proof or key, and nothing is proven', async () => {
  const list = listOf(11)
  const good = { ...list.prove(6)!, vkey: list.vkey, shown: shownOf(list, 6) }
  const change = fc.record({
    part: fc.constantFrom('leaf', 'proof', 'vkey'),
    at: fc.nat(),
    to: fc.constantFrom('A', 'z', '0', '+', '/', '=', ' ', '\n', '\u2014'),
  })
  await fc.assert(
    fc.asyncProperty(change, async ({ part, at, to }) => {
      const text = good[part as 'leaf']
      const index = at % text.length
      const changed = text.slice(0, index) + to + text.slice(index + 1)
      fc.pre(changed !== text)
      await assert.rejects(checkProof({ ...good, [part]: changed }), OkiteError)
    }),
    { numRuns: 2000 },
  )
})

test('a good proof of another position, or under another key, shows nothing here', async () => {
  const list = listOf(5)
  const { vkey } = listOf(1)
  const other = { ...list.prove(3)!, vkey: list.vkey, shown: shownOf(list, 2) }
  await assert.rejects(checkProof(other), { code: 'PROOF_OF_ANOTHER' })
  const shown = shownOf(list, 3)
  await assert.rejects(checkProof({ ...list.prove(3)!, vkey, shown }), OkiteError)
})

test('a good proof of something else than what is shown is none', async () => {
  const list = listOf(5)
  const good = { ...list.prove(3)!, vkey: list.vkey, shown: shownOf(list, 3) }
  await checkProof(good)
  const lies: Partial<FactView>[] = [
    ...(['type', 'module', 'source', 'occurred', 'observed', 'recorded'] as const).map(name => ({
      [name]: '2026-01-01T00:00:00.000Z',
    })),
    { trust: 'claim' },
    { because: [1] },
    { body: { pos: 4 } },
    { body: { pos: 3, more: null } },
  ]
  for (const lie of lies) {
    const shown = { ...good.shown, ...lie }
    await assert.rejects(checkProof({ ...good, shown }), { code: 'PROOF_NOT_SHOWN' })
  }
})
