import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { formatCheckpoint, openCheckpoint } from './checkpoint.ts'
import { inclusionRanges } from './merkle.ts'
import { formatNote, keyIdFrom, keyIdInput, readVkey } from './note.ts'
import { formatProof, parseProof, verifyProof } from './proof.ts'
import { noVectors, vectors } from './testing.ts'
import { decodeBundle } from './tile.ts'
import { emptyFrontier, extend, hashLeaf, hashRange, rootOf, sha256, sliceHashes } from './tree.ts'
import { nodeVerifier } from './verify-node.ts'
import { webVerifier } from './verify-web.ts'

const name = 'okite.example/okite/0123'
const pair = generateKeyPairSync('ed25519')
const key = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const keyId = keyIdFrom(sha256(keyIdInput(name, key)))
const log = { origin: name, keys: [{ name, keyId, key }] }

const size = 100
const leaves = Array.from({ length: size }, (_, i) => Buffer.from(`leaf ${i}`))
const hashes = leaves.map(hashLeaf)
const perfect = new Map<string, Uint8Array>()
const frontier = extend(emptyFrontier, hashes, (level, index, hash) =>
  perfect.set(`${level}/${index}`, hash),
)
const subtree = (level: number, index: number) =>
  (level === 0 ? hashes[index] : perfect.get(`${level}/${index}`)) as Uint8Array
const text = formatCheckpoint(name, size, rootOf(frontier.hashes))
const signature = sign(null, Buffer.from(text), pair.privateKey)
const checkpoint = formatNote(text, [{ name, keyId, signature }])
const prove = (pos: number, extra: Uint8Array | null = null) =>
  formatProof({
    extra,
    pos,
    hashes: inclusionRanges(pos, size).map(range => hashRange(range, subtree)),
    checkpoint,
  })

test('P1 a proof answers the position of these bytes, in Node and with WebCrypto', async () => {
  for (const pos of [0, 1, 63, 64, 98, 99]) {
    for (const verifier of [nodeVerifier, webVerifier]) {
      const proved = await verifyProof(prove(pos), leaves[pos] as Buffer, log, verifier)
      assert.equal(proved.pos, pos)
      assert.equal(proved.checkpoint.size, size)
    }
    await assert.rejects(verifyProof(prove(pos), Buffer.from('leaf'), log, nodeVerifier), {
      code: 'LEDGER_PROOF_INVALID',
    })
  }
})

test('P1 extra data travels along and is believed by nobody', async () => {
  const extra = new Uint8Array([1, 2, 3])
  const proof = prove(7, extra)
  assert.deepEqual(parseProof(proof).extra, extra)
  await verifyProof(proof, leaves[7] as Buffer, log, nodeVerifier)
})

test('P1 the form is strict', () => {
  const good = prove(7)
  for (const bad of [
    '',
    good.replace('@v1', '@v2'),
    good.replace('index 7', 'index 07'),
    good.replace('index 7', 'index  7'),
    good.replace('index 7\n', ''),
    good.replace('index 7\n', 'index 7\nAAAA\n'),
    good.replace('index 7\n', 'extra !\nindex 7\n'),
    good.replace('\n\n', '\n'),
    good.replace('index 7', 'index 99999999999999999'),
    good.replace('index 7\n', `index 7\n${`${'A'.repeat(43)}=\n`.repeat(64)}`),
    'x'.repeat(400_000),
  ]) {
    assert.throws(() => parseProof(bad), OkiteError, bad.slice(0, 60))
  }
})

test('P1 a mutated proof is refused with a code, or proves the same', async () => {
  const bytes = Buffer.from(prove(42))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      async changes => {
        const changed = Buffer.from(bytes)
        for (const [at, byte] of changes) changed[at] = byte
        try {
          const proved = await verifyProof(changed, leaves[42] as Buffer, log, nodeVerifier)
          assert.ok(changed.equals(bytes) && proved.pos === 42)
        } catch (error) {
          assert.ok(error instanceof OkiteError, String(error))
        }
      },
    ),
    { numRuns: 10_000 },
  )
})

test('P1 a real log: entries, tiles, root and proofs agree at each of its sizes', async t => {
  const folder = vectors('tessera/testdata')
  if (folder === null) return t.skip(noVectors)
  const script = readFileSync(join(folder, 'build_log.sh'), 'utf8')
  const vkey = await readVkey(/LOG_PUBLIC_KEY="([^"]+)"/.exec(script)?.[1] as string, nodeVerifier)
  const theirs = { origin: vkey.name, keys: [vkey] }
  for (let size = 1; size <= 15; size++) {
    const note = readFileSync(join(folder, `log/checkpoint.${size}`), 'utf8')
    const opened = await openCheckpoint(note, theirs, nodeVerifier)
    // Size 11 and 13 exist as partial tiles like all others.
    const bundle = readFileSync(join(folder, `log/tile/entries/000.p/${size}`))
    const entries = decodeBundle(bundle, size)
    const tile = sliceHashes(readFileSync(join(folder, `log/tile/0/000.p/${size}`)))
    assert.deepEqual(
      entries.map(entry => hashLeaf(entry)),
      tile.map(hash => Buffer.from(hash)),
    )
    const known = new Map<string, Uint8Array>()
    const grown = extend(emptyFrontier, tile, (level, index, hash) =>
      known.set(`${level}/${index}`, hash),
    )
    assert.deepEqual(Buffer.from(rootOf(grown.hashes)), Buffer.from(opened.root))
    for (let pos = 0; pos < size; pos++) {
      const path = inclusionRanges(pos, size).map(range =>
        hashRange(range, (level, index) =>
          level === 0
            ? (tile[index] as Uint8Array)
            : (known.get(`${level}/${index}`) as Uint8Array),
        ),
      )
      const proof = formatProof({ extra: null, pos, hashes: path, checkpoint: note })
      const proved = await verifyProof(proof, entries[pos] as Uint8Array, theirs, nodeVerifier)
      assert.equal(proved.pos, pos)
    }
  }
})
