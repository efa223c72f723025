import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { state } from '../../core/control/state.ts'
import { createBench } from '../../core/control/testing.ts'
import {
  allAssets,
  assetListed,
  discoveryCompleted,
  registerDeclared,
  registerMeasured,
} from './facts.ts'
import { registerMeasure } from './judge.ts'

const owned = state({
  id: 'identify.asset.owned',
  version: 1,
  owner: 'it',
  params: { registerFresh: 'P1Y', discoveryFresh: 'P1Y' },
  population: allAssets(),
  slots: { entry: { type: assetListed, key: f => f.body.asset } },
  holds: ({ entry }) => entry.body.owner !== null,
})

test('V10 a look that was judged late confirms no newer declaration', () => {
  const bench = createBench([owned, registerMeasure])
  const at = '2026-01-02T00:00:00.000Z'
  const [old, newer] = ['a'.repeat(64), 'b'.repeat(64)]
  const look = { kind: 'host', part: 1, parts: 1, seen: ['h-1'], unlisted: 0, isDeclared: true }
  const listed = { asset: 'h-1', kind: 'host', owner: 'it', inScope: true }
  bench.adopt({ at: '2026-01-01T00:00:00.000Z' })
  bench.batch([
    [assetListed, { ...listed, isImportant: false, isTangible: false }, { at }],
    [registerDeclared, { assets: 1, hash: old }, { at }],
    [discoveryCompleted, { ...look, hash: old }, { at }],
  ])
  assert.equal(bench.verdict(owned.id).status, 'kept')
  const later = '2026-01-03T00:00:00.000Z'
  bench.batch([
    [discoveryCompleted, { ...look, hash: old }, { at: later }],
    [registerDeclared, { assets: 2, hash: newer }, { at: later }],
  ])
  assert.deepEqual(bench.facts(registerMeasured).at(-1)?.body.confirmed, [])
  assert.equal(bench.verdict(owned.id).status, 'unknown')
  bench.fact(discoveryCompleted, { ...look, kind: 'host', hash: newer }, { at: later })
  assert.equal(bench.verdict(owned.id).status, 'kept')
})
