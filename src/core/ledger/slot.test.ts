import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { slotMessage, subjectValue, verifyDisclosure } from './slot.ts'
import { nodeHmac } from './verify-node.ts'
import { webHmac } from './verify-web.ts'

const salt = Buffer.alloc(32, 5)
const commit = (slot: string, value: string, key = salt): string =>
  nodeHmac(key, slotMessage(slot, value)).toString('base64url')

test('S1 a commitment is HMAC-SHA-256 of label, slot and canonical value', () => {
  const want = createHmac('sha256', salt)
    .update(Buffer.from('okite/slot/v1\0user\0"al\\"ice"', 'utf8'))
    .digest('base64url')
  assert.equal(commit('user', 'al"ice'), want)
  assert.equal(subjectValue('7c0e'), 'urn:uuid:7c0e')
})

test('S2 salt and value open the commitment, in Node and with WebCrypto', async () => {
  const disclosed = { slot: 'user', value: 'alice', salt: salt.toString('base64url') }
  for (const hmac of [nodeHmac, webHmac]) {
    assert.equal(await verifyDisclosure(commit('user', 'alice'), disclosed, hmac), 'alice')
  }
})

test('S2 nothing else opens it', async () => {
  const text = salt.toString('base64url')
  for (const disclosed of [
    { slot: 'user', value: 'bob', salt: text },
    { slot: 'ip', value: 'alice', salt: text },
    { slot: 'user', value: 'alice', salt: Buffer.alloc(32, 6).toString('base64url') },
    { slot: 'user', value: 'alice', salt: Buffer.alloc(31, 5).toString('base64url') },
    { slot: 'user', value: 'alice', salt: Buffer.alloc(64, 5).toString('base64url') },
    { slot: 'user', value: 'alice', salt: `${text}=` },
  ]) {
    await assert.rejects(verifyDisclosure(commit('user', 'alice'), disclosed, nodeHmac))
  }
  const wrongSize = commit('user', 'alice').slice(0, -4)
  await assert.rejects(
    verifyDisclosure(wrongSize, { slot: 'user', value: 'alice', salt: text }, nodeHmac),
  )
})

test('S2 different slots and values never share a commitment', () => {
  const name = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,5}$/)
  const text = fc.string()
  fc.assert(
    fc.property(name, text, name, text, (slotA, valueA, slotB, valueB) => {
      const isSame = slotA === slotB && valueA === valueB
      assert.equal(commit(slotA, valueA) === commit(slotB, valueB), isSame)
    }),
    { numRuns: 10_000 },
  )
})
