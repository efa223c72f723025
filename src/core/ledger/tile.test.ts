import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { noVectors, vectors } from './testing.ts'
import { decodeBundle, encodeBundle, parseTilePath, tilePath, tilesBetween } from './tile.ts'

test('T1 paths are those of tlog-tiles', () => {
  assert.equal(tilePath({ level: 0, index: 1234067, width: 256 }), 'tile/0/x001/x234/067')
  assert.equal(tilePath({ level: 'entries', index: 0, width: 7 }), 'tile/entries/000.p/7')
  for (const bad of [
    'tile/64/000',
    'tile/00/000',
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001/x002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/../000',
    'tile/0/000\n',
    `tile/0/${'x001/'.repeat(30)}000`,
  ]) {
    assert.throws(() => parseTilePath(bad), { code: 'LEDGER_TILE_PATH' }, bad)
  }
})

test('T1 every path is read as what was written, and noise is refused', () => {
  const level = fc.oneof(fc.constant('entries' as const), fc.nat(63))
  fc.assert(
    fc.property(
      level,
      fc.maxSafeNat(),
      fc.integer({ min: 1, max: 256 }),
      fc.string(),
      (level, index, width, noise) => {
        const tile = { level, index, width }
        assert.deepEqual(parseTilePath(tilePath(tile)), tile)
        const path = tilePath(tile)
        for (const bad of [noise, path + noise, noise + path]) {
          try {
            assert.equal(tilePath(parseTilePath(bad)), bad)
          } catch (error) {
            assert.ok(error instanceof OkiteError)
          }
        }
      },
    ),
    { numRuns: 10_000 },
  )
})

test('T2 the tiles of a size are those of the example in tlog-tiles', () => {
  const tiles = [...tilesBetween(0, 70_000)].filter(tile => tile.level !== 'entries')
  const full = (level: number) => tiles.filter(t => t.level === level && t.width === 256).length
  assert.deepEqual([full(0), full(1), full(2)], [273, 1, 0])
  const partial = tiles.filter(tile => tile.width < 256).map(tile => [tile.level, tile.width])
  assert.deepEqual(partial, [
    [0, 112],
    [1, 17],
    [2, 1],
  ])
  assert.deepEqual([...tilesBetween(255, 256)].map(tilePath), [
    'tile/entries/000',
    'tile/0/000',
    'tile/1/000.p/1',
  ])
  assert.deepEqual([...tilesBetween(256, 256)], [])
})

test('T2 growing by steps gives every full tile of the whole', () => {
  fc.assert(
    fc.property(fc.nat(200_000), fc.nat(200_000), (a, b) => {
      const [small, large] = a < b ? [a, b] : [b, a]
      const stepwise = new Set(
        [...tilesBetween(0, small), ...tilesBetween(small, large)].map(tilePath),
      )
      for (const tile of tilesBetween(0, large)) assert.ok(stepwise.has(tilePath(tile)))
    }),
    { numRuns: 100 },
  )
})

test('T2 the tiles of a real log have these names', t => {
  const folder = vectors('tessera/testdata/log')
  if (folder === null) return t.skip(noVectors)
  for (let size = 1; size <= 15; size++) {
    for (const tile of tilesBetween(size - 1, size)) {
      assert.ok(existsSync(join(folder, tilePath(tile))), tilePath(tile))
    }
  }
})

test('T3 a bundle is its leaves and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 }),
      fc.uint8Array(),
      (leaves, noise) => {
        const bundle = encodeBundle(leaves)
        assert.deepEqual(
          decodeBundle(bundle, leaves.length).map(leaf => [...leaf]),
          leaves.map(leaf => [...leaf]),
        )
        for (const count of [leaves.length + 1, leaves.length - 1]) {
          assert.throws(() => decodeBundle(bundle, count), { code: 'LEDGER_BUNDLE' })
        }
        try {
          decodeBundle(noise, 2)
        } catch (error) {
          assert.ok(error instanceof OkiteError)
        }
      },
    ),
    { numRuns: 10_000 },
  )
  assert.throws(() => encodeBundle([new Uint8Array(65_536)]), { code: 'LEDGER_BUNDLE' })
})
