import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { after, before, test } from 'node:test'
import type { Ref } from '../fact.ts'
import { fsck } from './fsck.ts'
import { verifyProof } from './proof.ts'
import {
  concluded,
  noted,
  observe,
  openTestLedger,
  startTestServer,
  type TestServer,
  testTypes,
} from './testing.ts'
import { nodeVerifier } from './verify-node.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

const alice = 'alice.archer@okite.example'
const bob = 'bob.baker@okite.example'
const owner = noted.module
const erasure = {
  identity: 'request 1',
  source: 'privacy@okite',
  ground: 'gdpr.17.1.a',
  completeAt: '2026-12-23T00:00:00.000Z',
}

async function filled() {
  const opened = await openTestLedger(server)
  const { ledger } = opened
  for (const [i, person] of [alice, bob, alice].entries()) {
    const user = { value: `${person} entered door ${i}`, person }
    await ledger.submit(owner, observe(`event ${i}`, { private: { user } }))
  }
  const [fact] = await ledger.read(1, 1)
  const refs = { user: fact?.refs['user'] as Ref }
  await ledger.write(async batch =>
    batch.derive(
      { type: concluded, occurred: batch.recorded, because: [1], body: { thing: 'x' }, refs },
      { judge: 'test/judge', version: 1, cause: 1, key: '', ordinal: 0 },
    ),
  )
  return opened
}

/** All bytes of the server's files but the write-ahead log, which has its own time of keeping. */
function filesHolding(needle: Buffer): string[] {
  const data = join(server.folder, 'data')
  return readdirSync(data, { recursive: true, encoding: 'utf8' }).filter(name => {
    const path = join(data, name)
    return (
      !name.split(sep).includes('pg_wal') &&
      statSync(path).isFile() &&
      readFileSync(path).includes(needle)
    )
  })
}

test('V48 I9 after erasure values are gone, joins hold, and every proof still verifies', async () => {
  const opened = await filled()
  const { ledger, pool, trusted, secrets } = opened
  const before = await ledger.read(1, 4)
  const leaves = await Promise.all([1, 2, 3, 4].map(pos => ledger.leaf(pos)))
  const { rows: keys } = await pool.query(
    'select wrapped_key from ledger.person where lookup = $1',
    [secrets.lookup(alice)],
  )
  const key: Buffer = keys[0].wrapped_key
  await pool.query('checkpoint')
  assert.notDeepEqual(filesHolding(key), [])

  let replaced: unknown = null
  const erased = await ledger.erasePerson(alice, {
    ...erasure,
    because: [0],
    replace: async (_, refs) => {
      replaced = refs
    },
  })
  assert.equal(erased.slots, 3)
  assert.deepEqual(replaced, erased.refs)
  assert.equal(erased.refs?.before, before[0]?.refs['user'])

  for (const pos of [1, 3, 4]) assert.equal(await ledger.disclose(pos, 'user'), null)
  assert.equal((await ledger.disclose(2, 'user'))?.value, `${bob} entered door 1`)

  const after = await ledger.read(1, 4)
  assert.deepEqual(
    after.map(fact => fact.refs['user']),
    [erased.refs?.after, before[1]?.refs['user'], erased.refs?.after, erased.refs?.after],
  )
  const [tombstone] = await ledger.readPositions([erased.pos])
  assert.equal(tombstone?.type, 'privacy.erased')
  assert.deepEqual(tombstone?.because, [0])
  assert.deepEqual(tombstone?.body, {
    slots: 3,
    ground: erasure.ground,
    completeAt: erasure.completeAt,
  })

  for (const [i, leaf] of leaves.entries()) {
    assert.deepEqual(await ledger.leaf(i + 1), leaf)
    await verifyProof(await ledger.prove(i + 1), leaf, trusted, nodeVerifier)
  }
  const found = await fsck({ pool, secrets, log: trusted, types: testTypes })
  assert.deepEqual(found.faults, [])
  assert.deepEqual(found.slots, { opened: 1, closed: 3 })

  await pool.query('checkpoint')
  assert.deepEqual(filesHolding(Buffer.from(alice)), [])
  assert.deepEqual(filesHolding(Buffer.from('entered door')), [])
  assert.deepEqual(filesHolding(key), [])
  await ledger.close()
})

test('V48 keys of facts that were refs follow; a person who comes back is another one', async () => {
  const { ledger, pool } = await filled()
  const { refs } = await ledger.erasePerson(alice, erasure)
  const positions = async (key: unknown) => {
    const { rows } = await pool.query(
      'select pos::int from ledger.fact_key where key = $1 order by 1',
      [key],
    )
    return rows.map(row => row.pos)
  }
  assert.deepEqual(await positions(refs?.before), [])
  assert.deepEqual(await positions(refs?.after), [1, 3])
  const user = { value: 'again', person: alice }
  const { pos } = await ledger.submit(owner, observe('later', { private: { user } }))
  const [fact] = await ledger.readPositions([pos])
  assert.ok(![refs?.before, refs?.after].includes(fact?.refs['user'] as Ref))
  assert.equal((await ledger.disclose(pos, 'user'))?.value, 'again')
  await ledger.close()
})

test('V48 asking twice erases once; an unknown person and a failing replacement change nothing', async () => {
  const { ledger } = await filled()
  const size = await ledger.size()
  const failing = ledger.erasePerson(alice, {
    ...erasure,
    replace: async () => {
      throw new Error('state rows are locked')
    },
  })
  await assert.rejects(failing, { message: 'state rows are locked' })
  assert.match((await ledger.disclose(1, 'user'))?.value ?? '', /door 0/)
  await assert.rejects(ledger.erasePerson('nobody', erasure), { code: 'LEDGER_PERSON_UNKNOWN' })
  await assert.rejects(ledger.erasePerson(alice, { ...erasure, because: [99] }), {
    code: 'LEDGER_BECAUSE',
  })
  assert.equal(await ledger.size(), size)
  const first = await ledger.erasePerson(alice, erasure)
  const second = await ledger.erasePerson(alice, erasure)
  assert.deepEqual(second, { pos: first.pos, slots: 3, refs: null, isSwept: true })
  assert.equal(await ledger.size(), size + 1)
  await ledger.close()
})
