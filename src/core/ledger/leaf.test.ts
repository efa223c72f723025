import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { canonicalize } from './canonical.ts'
import { decodeLeaf, draftLeaf, isBecause, isInstant, leafBytesMax } from './leaf.ts'

const salt = Buffer.alloc(16, 7).toString('base64url')
const commitment = Buffer.alloc(32, 9).toString('base64url')
const fields = {
  because: [] as number[],
  body: { host: 'srv-17', outcome: 'failure', count: 3 },
  module: 'detect.example',
  observed: '2026-11-23T03:24:01.310Z',
  occurred: '2026-11-23T03:24:00.000Z',
  private: { ip: commitment, user: commitment },
  salt,
  source: 'sshd@srv-17',
  trust: 'instrument' as const,
  tv: 1,
  type: 'auth.login.failed',
}
const recorded = '2026-11-23T03:24:01.482Z'
const text = draftLeaf({ ...fields, body: canonicalize(fields.body) })(recorded)
const read = (leaf: string) => decodeLeaf(Buffer.from(leaf))
const refusal = { code: 'LEDGER_LEAF' }

test('L3 a written leaf is read back as it was', () => {
  assert.deepEqual(read(text), { ...fields, recorded, v: 1 })
})

test('L3 duplicate keys, spaces, other orders and other spellings are refused', () => {
  for (const bad of [
    text.replace('"count":3', '"count":3,"count":3'),
    text.replace('"count":3', '"count": 3'),
    text.replace('"count":3', '"count":3.0'),
    text.replace('"count":3', '"count":3e0'),
    text.replace('"count":3', '"count":-0'),
    text.replace('failure', '\\u0066ailure'),
    text.replace('"tv":1,"type":"auth.login.failed"', '"type":"auth.login.failed","tv":1'),
    `\ufeff${text}`,
    `${text}\n`,
  ]) {
    assert.throws(() => read(bad), refusal, bad)
  }
})

test('L1 a leaf has exactly its thirteen fields, each of its form', () => {
  for (const [from, to] of [
    ['"v":1', '"v":2'],
    ['"v":1', '"v":1,"w":1'],
    [',"v":1', ''],
    ['"tv":1', '"tv":0'],
    ['instrument', 'guess'],
    ['auth.login.failed', 'auth'],
    ['detect.example', 'Detect'],
    ['sshd@srv-17', ''],
    ['sshd@srv-17', 'a\\nb'],
    [recorded, '2026-02-30T00:00:00.000Z'],
    [recorded, '2026-11-23T03:24:01Z'],
    [salt, `${salt}=`],
    [salt, salt.slice(0, -1)],
    ['"because":[]', '"because":[-1]'],
    ['"because":[]', `"because":[${Array.from({ length: 65 }, (_, i) => i)}]`],
    ['{"count":3,"host":"srv-17","outcome":"failure"}', '[1]'],
  ] as const) {
    const bad = text.replace(from, to)
    assert.notEqual(bad, text)
    assert.throws(() => read(bad), refusal, to)
  }
})

test('L8 a commitment with other unused bits is refused', () => {
  // 32 bytes leave two unused bits in the last of 43 characters, 16 bytes four in the last of 22.
  const other = commitment.slice(0, -1) + String.fromCharCode(commitment.charCodeAt(42) + 1)
  assert.throws(() => read(text.replace(commitment, other)), refusal)
})

test('L1 size comes before everything else', () => {
  assert.throws(() => decodeLeaf(Buffer.alloc(leafBytesMax + 1)), {
    code: 'LEDGER_LEAF',
    data: { rule: 'L1', why: 'size' },
  })
})

test('L1 any bytes are either refused with the code or one spelling of a leaf', () => {
  const bytes = Buffer.from(text)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      changes => {
        const changed = Buffer.from(bytes)
        for (const [at, byte] of changes) changed[at] = byte
        let leaf: ReturnType<typeof decodeLeaf>
        try {
          leaf = decodeLeaf(changed)
        } catch (error) {
          assert.ok(error instanceof OkiteError && error.code === 'LEDGER_LEAF')
          return
        }
        const body = canonicalize(leaf.body)
        assert.equal(draftLeaf({ ...leaf, body })(leaf.recorded), changed.toString())
      },
    ),
    { numRuns: 10_000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), noise => {
      assert.throws(() => decodeLeaf(noise), refusal)
    }),
    { numRuns: 10_000 },
  )
})

test('L6 because holds earlier positions, or a range of more than 64', () => {
  const root = Buffer.alloc(32).toString('base64')
  const range = { count: 65, first: 0, last: 64, root }
  assert.ok(isBecause([3, 1, 2], 4))
  assert.ok(isBecause(range, 65))
  for (const bad of [
    [4],
    [0.5],
    ['1'],
    Array.from({ length: 65 }, () => 0),
    { ...range, last: 65 },
    { ...range, count: 64 },
    { ...range, last: 63 },
    { ...range, root: root.slice(1) },
    { ...range, more: 1 },
    null,
    7,
  ]) {
    assert.ok(!isBecause(bad, Array.isArray(bad) ? 4 : 65), JSON.stringify(bad))
  }
})

test('L7 an instant is UTC with milliseconds and a day that exists', () => {
  assert.ok(isInstant('2028-02-29T23:59:59.999Z'))
  for (const bad of ['2026-02-29T00:00:00.000Z', '2026-11-23T24:00:00.000Z', '2026-11-23', 5]) {
    assert.ok(!isInstant(bad), String(bad))
  }
})
