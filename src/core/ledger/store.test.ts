import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { observe, openTestLedger, startTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

test('smoke', async () => {
  const { ledger } = await openTestLedger(server)
  assert.equal(await ledger.size(), 1)
  const a = await ledger.submit(
    'test.one',
    observe('a', { private: { user: { value: 'alice', person: 'alice@x' } } }),
  )
  assert.deepEqual(a, { pos: 1, known: false })
  assert.deepEqual(await ledger.submit('test.one', observe('a')), { pos: 1, known: true })
  console.log(
    await ledger.read(0, 10),
    await ledger.checkpoint(),
    await ledger.prove(1),
    await ledger.disclose(1, 'user'),
    Buffer.from(await ledger.leaf(1)).toString(),
  )
  await ledger.close()
})
