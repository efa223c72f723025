import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { canonicalize, checkLeafValue } from './canonical.ts'
import { noVectors, vectors } from './testing.ts'

const jcs = vectors('jcs/testdata')

test('L3 the canonicaliser gives the bytes of every RFC 8785 file', t => {
  if (jcs === null) return t.skip(noVectors)
  const names = readdirSync(join(jcs, 'input'))
  assert.equal(names.length, 6)
  for (const name of names) {
    const given = JSON.parse(readFileSync(join(jcs, 'input', name), 'utf8'))
    const text: string = canonicalize(given)
    assert.equal(text, readFileSync(join(jcs, 'output', name), 'utf8'), name)
    const hex: string = readFileSync(join(jcs, 'outhex', name.replace('.json', '.txt')), 'utf8')
    assert.equal(Buffer.from(text).toString('hex'), hex.replaceAll(/\s/g, ''), name)
  }
})

test('L3 keys are sorted as RFC 8785 section 3.2.3 shows', () => {
  const input = {
    '\u20ac': 1,
    '\r': 2,
    '\ufb33': 3,
    '1': 4,
    '\ud83d\ude00': 5,
    '\u0080': 6,
    '\u00f6': 7,
  }
  assert.equal(
    canonicalize(input),
    '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  )
  assert.equal(
    canonicalize({ b: [true, null, 'a"\u000f'], a: {} }),
    '{"a":{},"b":[true,null,"a\\"\\u000f"]}',
  )
})

test('L3 a million numbers are spelled as RFC 8785 spells them', t => {
  if (jcs === null) return t.skip(noVectors)
  const source = readFileSync(join(jcs, 'numgen.js'), 'utf8')
  const first = [...source.matchAll(/0x([0-9a-f]{16})n/g)].map(match => BigInt(`0x${match[1]}`))
  const fixed = first.slice(0, first.findLastIndex(bits => bits === 0x43143ff3c1cb0959n) + 1)
  const hash = createHash('sha256')
  const bits = new BigUint64Array(1)
  const value = new Float64Array(bits.buffer)
  let lines = ''
  let count = 0
  const add = (raw: bigint) => {
    bits[0] = raw
    lines += `${raw.toString(16)},${canonicalize(value[0])}\n`
    if (++count % 10_000 === 0) {
      hash.update(lines)
      lines = ''
    }
  }
  for (const raw of fixed) add(raw)
  for (let i = 0n; i < 2000n; i++) add(0x0010000000000000n + i)
  // The generator hashes its own block again and again, and reads doubles out of it.
  let block = Buffer.alloc(32)
  while (count < 1_000_000) {
    block = createHash('sha256').update(block).digest()
    for (let i = 0; i < 4 && count < 1_000_000; i++) {
      const raw = block.readBigUInt64LE(i * 8)
      bits[0] = raw
      if (value[0] !== 0 && Number.isFinite(value[0])) add(raw)
    }
  }
  assert.equal(
    hash.digest('hex'),
    '49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16',
  )
})

test('L3 writing what was read gives the same text again', () => {
  fc.assert(
    fc.property(fc.json(), json => {
      const text = canonicalize(JSON.parse(json))
      assert.equal(canonicalize(JSON.parse(text)), text)
    }),
    { numRuns: 10_000 },
  )
})

test('L1 what JSON cannot hold is refused', () => {
  class Made {}
  for (const value of [undefined, Number.NaN, 1n, () => 1, new Date(0), new Made(), [undefined]]) {
    assert.throws(() => canonicalize(value), { code: 'LEDGER_NOT_JSON' })
    assert.throws(() => checkLeafValue(value), { code: 'LEDGER_VALUE' })
  }
  const deep: unknown[] = []
  let inner = deep
  for (let i = 0; i < 10_000; i++) inner.push((inner = []))
  assert.throws(() => canonicalize(deep), { code: 'LEDGER_NOT_JSON' })
  assert.throws(() => checkLeafValue(deep), { code: 'LEDGER_VALUE' })
})

test('L1 only whole numbers, eight levels and plain names', () => {
  const refused = [0.5, 1e300, 2 ** 53, { A: 1 }, { a_b: 1 }, { '': 1 }, [[[[[[[[[1]]]]]]]]]]
  for (const value of refused) assert.throws(() => checkLeafValue(value), { code: 'LEDGER_VALUE' })
  for (const value of [2 ** 53 - 1, -(2 ** 53 - 1), { aB9: null }, [[[[[[[[1]]]]]]]]]) {
    assert.doesNotThrow(() => checkLeafValue(value))
  }
})

test('L2 a lone surrogate is refused, and nothing is normalised', () => {
  assert.throws(() => checkLeafValue('\ud800'), {
    code: 'LEDGER_VALUE',
    data: { rule: 'L2', why: 'surrogate' },
  })
  assert.throws(() => canonicalize({ a: '\udc00' }), OkiteError)
  assert.throws(() => canonicalize({ '\ud800': 1 }), OkiteError)
  assert.notEqual(canonicalize('e\u0301'), canonicalize('\u00e9'))
})
