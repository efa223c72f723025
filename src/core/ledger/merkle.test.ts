import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  consistencyRanges,
  inclusionRanges,
  powerBelow,
  type Range,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'
import { noVectors, vectors } from './testing.ts'
import {
  emptyFrontier,
  emptyRoot,
  extend,
  frontierBytes,
  frontierFrom,
  hashLeaf,
  hashNode,
  hashRange,
  rootOf,
  sha256,
} from './tree.ts'
import { webVerifier } from './verify-web.ts'

type Case = { desc: string; wantErr: boolean; proof: string[] | null } & Record<string, any>

function cases(folder: string): Case[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.json'))
    .map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

const bytes = (text: string | null): Uint8Array => Buffer.from(text ?? '', 'base64')

async function isAccepted(check: Promise<void>): Promise<boolean> {
  return check.then(
    () => true,
    error => {
      assert.equal(error.code, 'LEDGER_PROOF_INVALID')
      return false
    },
  )
}

test('I2 all 98 inclusion vectors', async t => {
  const folder = vectors('merkle/testdata/inclusion')
  if (folder === null) return t.skip(noVectors)
  const all = cases(folder)
  assert.equal(all.length, 98)
  for (const given of all) {
    const claim = {
      pos: given['leafIdx'],
      size: given['treeSize'],
      leafHash: bytes(given['leafHash']),
      root: bytes(given['root']),
    }
    const proof = (given.proof ?? []).map(bytes)
    for (const hash of [sha256, webVerifier.sha256]) {
      assert.equal(
        await isAccepted(verifyInclusion(claim, proof, hash)),
        !given.wantErr,
        given.desc,
      )
    }
  }
})

test('I5 all 98 consistency vectors; a proof from size 0 is refused', async t => {
  const folder = vectors('merkle/testdata/consistency')
  if (folder === null) return t.skip(noVectors)
  const all = cases(folder)
  assert.equal(all.length, 98)
  let fromZero = 0
  for (const given of all) {
    const claim = {
      sizeOld: given['size1'],
      size: given['size2'],
      rootOld: bytes(given['root1']),
      root: bytes(given['root2']),
    }
    const isZero = claim.sizeOld === 0
    if (isZero) fromZero++
    const accepted = await isAccepted(
      verifyConsistency(claim, (given.proof ?? []).map(bytes), sha256),
    )
    assert.equal(accepted, !given.wantErr && !isZero, given.desc)
  }
  // Three of these nine are accepted by other implementations; ours knows no proof from nothing.
  assert.equal(fromZero, 9)
})

/** MTH of RFC 6962 section 2.1, as it is written there. */
function textbook(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot
  if (leaves.length === 1) return leaves[0] as Uint8Array
  const k = powerBelow(leaves.length)
  return hashNode(textbook(leaves.slice(0, k)), textbook(leaves.slice(k)))
}

const leaves = Array.from({ length: 130 }, (_, i) => hashLeaf(Buffer.from(`leaf ${i}`)))
const hashOf = (range: Range): Uint8Array =>
  hashRange(range, (level, index) =>
    textbook(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
  )

test('I2 frontier, root and every inclusion proof agree with the textbook', async () => {
  let frontier = emptyFrontier
  assert.deepEqual(rootOf(frontier.hashes), emptyRoot)
  const perfect = new Map<string, Uint8Array>()
  for (let size = 1; size <= leaves.length; size++) {
    frontier = extend(frontier, leaves.slice(size - 1, size), (level, index, hash) =>
      perfect.set(`${level}/${index}`, hash),
    )
    const root = textbook(leaves.slice(0, size))
    assert.deepEqual(Buffer.from(rootOf(frontier.hashes)), root)
    frontier = frontierFrom(size, frontierBytes(frontier))
    for (let pos = 0; pos < size; pos += 1 + (size >> 4)) {
      const leafHash = leaves[pos] as Uint8Array
      const proof = inclusionRanges(pos, size).map(hashOf)
      await verifyInclusion({ pos, size, leafHash, root }, proof, sha256)
    }
  }
  assert.deepEqual(perfect.get('4/3'), textbook(leaves.slice(48, 64)))
  assert.equal(perfect.size, 65 + 32 + 16 + 8 + 4 + 2 + 1)
})

test('I5 every pair of sizes is proved consistent, and no other pair of roots', async () => {
  for (let size = 1; size <= 70; size++) {
    const root = textbook(leaves.slice(0, size))
    for (let sizeOld = 1; sizeOld <= size; sizeOld++) {
      const rootOld = textbook(leaves.slice(0, sizeOld))
      const proof = consistencyRanges(sizeOld, size).map(hashOf)
      const claim = { sizeOld, size, rootOld, root }
      await verifyConsistency(claim, proof, sha256)
      assert.ok(
        !(await isAccepted(verifyConsistency({ ...claim, root: emptyRoot }, proof, sha256))),
      )
    }
  }
  assert.throws(() => consistencyRanges(0, 5), { code: 'LEDGER_PROOF_INVALID' })
  assert.throws(() => consistencyRanges(6, 5), { code: 'LEDGER_PROOF_INVALID' })
  assert.throws(() => inclusionRanges(5, 5), { code: 'LEDGER_PROOF_INVALID' })
})

test('I2 a changed proof is never accepted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 130 }),
      fc.nat(),
      fc.nat(),
      fc.nat(31),
      fc.integer({ min: 1, max: 255 }),
      async (size, a, b, at, flip) => {
        const pos = a % size
        const proof = inclusionRanges(pos, size).map(hashOf)
        const changed = Buffer.from(proof[b % proof.length] as Uint8Array)
        changed[at] = (changed[at] as number) ^ flip
        proof[b % proof.length] = changed
        const root = hashOf([0, size])
        const claim = { pos, size, leafHash: leaves[pos] as Uint8Array, root }
        assert.ok(!(await isAccepted(verifyInclusion(claim, proof, sha256))))
      },
    ),
    { numRuns: 10_000 },
  )
})

test('I2 positions beyond 2^32 are halved, not truncated', () => {
  const size = 2 ** 40 + 1
  assert.deepEqual(inclusionRanges(2 ** 40, size), [[0, 2 ** 40]])
  assert.equal(inclusionRanges(2 ** 33, size).length, 41)
})
