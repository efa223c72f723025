import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { defineFact } from '../fact.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { fsck } from './fsck.ts'
import { decodeLeaf } from './leaf.ts'
import { verifyConsistency } from './merkle.ts'
import { parseNote } from './note.ts'
import { verifyProof } from './proof.ts'
import { verifyDisclosure } from './slot.ts'
import {
  handClock,
  noted,
  observe,
  openTestLedger,
  startTestServer,
  type TestServer,
  testTypes,
} from './testing.ts'
import { sha256 } from './tree.ts'
import { nodeHmac, nodeVerifier } from './verify-node.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

const owner = noted.module

async function assertSound(test: Awaited<ReturnType<typeof openTestLedger>>): Promise<void> {
  const { pool, secrets, trusted } = test
  const found = await fsck({ pool, secrets, log: trusted, types: testTypes })
  assert.deepEqual(found.faults, [])
}

test('I1 the list begins with its own name, and a second start adds nothing', async () => {
  const one = await openTestLedger(server)
  const [first] = await one.ledger.read(0, 10)
  assert.equal(first?.type, 'ledger.opened')
  assert.deepEqual(first?.body, { ledger: one.ledger.id, okite: '0.0.0' })
  assert.equal(one.ledger.origin, `okite.example/okite/${one.ledger.id}`)
  await one.ledger.close()
  const two = await openTestLedger(server, one)
  assert.equal(await two.ledger.size(), 1)
  await two.ledger.close()
})

test('I3 a fact is read back as it was given, with refs for persons', async () => {
  const opened = await openTestLedger(server)
  const { ledger } = opened
  const alice = { value: 'alice logged in', person: 'alice@okite.example' }
  await ledger.submit(
    owner,
    observe('a', { private: { user: alice, text: { value: 'free', person: null } } }),
  )
  await ledger.submit(owner, observe('b', { private: { user: { ...alice, value: 'as root' } } }))
  await ledger.submit(owner, observe('c', { private: { user: { ...alice, person: 'bob' } } }))
  const [a, b, c] = await ledger.read(1, 3)
  assert.deepEqual(
    { ...a, refs: null, recorded: null },
    {
      ...{ pos: 1, type: noted.name, tv: 1, module: owner, source: 'tester@host-1' },
      ...{ occurred: '2026-11-23T03:24:00.000Z', observed: '2026-11-23T03:24:01.310Z' },
      ...{ trust: 'record', because: [], body: { thing: 'srv-17' }, refs: null, recorded: null },
    },
  )
  assert.deepEqual(Object.keys(a?.refs ?? {}), ['user'])
  assert.equal(a?.refs['user'], b?.refs['user'])
  assert.notEqual(a?.refs['user'], c?.refs['user'])
  assert.ok(Object.isFrozen(a) && Object.isFrozen(a?.body) && Object.isFrozen(a?.refs))
  assert.deepEqual(await ledger.readPositions([3, 1]), [c, a])
  await assert.rejects(ledger.readPositions([99]), { code: 'LEDGER_POSITION_UNKNOWN' })
  await assertSound(opened)
  await ledger.close()
})

test('L5 neither a value nor a stable handle of a person is in the leaf', async () => {
  const { ledger, pool } = await openTestLedger(server)
  const person = 'alice@okite.example'
  for (const identity of ['a', 'b']) {
    await ledger.submit(owner, observe(identity, { private: { user: { value: 'alice', person } } }))
  }
  const leaves = [1, 2].map(async pos => Buffer.from(await ledger.leaf(pos)).toString())
  const [one, two] = await Promise.all(leaves)
  const { rows } = await pool.query(
    "select subject, ref, encode(lookup, 'hex') as lookup from ledger.person",
  )
  for (const leaf of [one, two]) {
    for (const secret of ['alice', person, rows[0].subject, rows[0].ref, rows[0].lookup]) {
      assert.ok(!leaf?.includes(secret))
    }
  }
  const commitments = [one, two].map(leaf => decodeLeaf(Buffer.from(leaf ?? '')).private['user'])
  assert.notEqual(commitments[0], commitments[1])
  await ledger.close()
})

test('I4 a delivery has one position, however often and from wherever it comes', async () => {
  const opened = await openTestLedger(server)
  const { ledger } = opened
  const first = await ledger.submit(owner, observe('same'))
  assert.deepEqual(first, { pos: 1, known: false })
  assert.deepEqual(await ledger.submit(owner, observe('same', { body: { thing: 'other' } })), {
    pos: 1,
    known: true,
  })
  const together = await Promise.all([1, 2, 3].map(() => ledger.submit(owner, observe('twice'))))
  assert.deepEqual(
    together.map(answer => answer.pos),
    [2, 2, 2],
  )
  assert.deepEqual(
    together.map(answer => answer.known),
    [false, true, true],
  )
  const inBatch = await ledger.write(batch =>
    Promise.all(['twice', 'new', 'new'].map(id => batch.observe(owner, observe(id)))),
  )
  assert.deepEqual(
    inBatch.map(answer => answer.pos),
    [2, 3, 3],
  )
  const elsewhere = await ledger.submit(owner, observe('same', { source: 'tester@host-2' }))
  assert.deepEqual(elsewhere, { pos: 4, known: false })
  await ledger.close()
})

test('I1 several writers, one list: no gap, no double, and commit order is position order', async () => {
  const one = await openTestLedger(server)
  const others = await Promise.all([1, 2, 3].map(() => openTestLedger(server, one)))
  const all = [one, ...others].map(opened => opened.ledger)
  const seen: number[] = []
  const answers = await Promise.all(
    Array.from({ length: 400 }, (_, i) =>
      // Every identity comes twice, to two writers at once.
      Promise.all(
        [0, 1].map(async twin => {
          const answer = await all[(i + twin) % 4]!.submit(owner, observe(`event ${i}`))
          seen.push(answer.pos)
          return answer
        }),
      ),
    ),
  )
  for (const [a, b] of answers) {
    assert.equal(a!.pos, b!.pos)
    assert.notEqual(a!.known, b!.known)
  }
  assert.deepEqual(
    [...new Set(seen)].sort((a, b) => a - b),
    Array.from({ length: 400 }, (_, i) => i + 1),
  )
  await assertSound(one)
  await Promise.all(all.map(ledger => ledger.close()))
})

test('I11 a refused observation changes nothing and does not harm its neighbours', async () => {
  const hostile = defineFact('test.hostile.noted', {
    module: owner,
    keys: fact => {
      if (fact.body.mode === 'throw') throw new Error('a bug in a type')
      return fact.body.mode === 'nul' ? ['a\u0000b'] : [fact.body.mode]
    },
    schema: z.strictObject({ mode: z.string() }),
  })
  const types = new Map([...testTypes, [hostile.name, hostile]])
  const opened = await openTestLedger(server, { types })
  const { ledger, pool } = opened
  const bad = (mode: string) =>
    ledger.submit(owner, observe(`bad ${mode}`, { type: hostile, body: { mode } as never }))
  const answers = await Promise.allSettled([
    ledger.submit(owner, observe('a')),
    bad('throw'),
    ledger.submit(owner, observe('b')),
    bad('nul'),
    ledger.submit(owner, observe('large', { body: { thing: 'x'.repeat(17_000) } })),
    ledger.submit(owner, observe('c')),
  ])
  assert.deepEqual(
    answers.map(answer =>
      answer.status === 'fulfilled' ? answer.value.pos : (answer.reason as OkiteError).code,
    ),
    [1, 'LEDGER_KEYS', 2, 'LEDGER_KEYS', 'LEDGER_LEAF_TOO_LARGE', 3],
  )
  const person = { value: 'x', person: 'nobody@okite.example' }
  const withPerson = { type: hostile, body: { mode: 'nul' } as never, private: {} }
  await assert.rejects(ledger.submit(owner, observe('p', withPerson)), { code: 'LEDGER_KEYS' })
  await assert.rejects(ledger.submit(owner, observe('q', { private: { nose: person } })), {
    code: 'LEDGER_SLOT',
  })
  const { rows } = await pool.query('select count(*)::int as count from ledger.person')
  assert.equal(rows[0].count, 0)
  assert.equal(await ledger.size(), 4)
  const found = await fsck({ pool, log: opened.trusted, types })
  assert.deepEqual(found.faults, [])
  await ledger.close()
})

test('M1 only the owner appends a type, unless it is open; trust and schema are the type’s', async () => {
  const measured = defineFact('test.thing.measured', {
    module: owner,
    trusts: ['instrument'],
    schema: z.strictObject({ thing: z.string() }),
  })
  const types = new Map([...testTypes, [measured.name, measured]])
  const { ledger } = await openTestLedger(server, { types })
  const refused = (given: Promise<unknown>, code: string) => assert.rejects(given, { code })
  await refused(ledger.submit('test.two', observe('a')), 'LEDGER_NOT_OWNER')
  const unknown = defineFact('test.other.noted', { module: owner, schema: z.strictObject({}) })
  await refused(
    ledger.submit(owner, observe('a', { type: unknown as never })),
    'LEDGER_TYPE_UNKNOWN',
  )
  const newer = { ...noted, tv: 2 }
  await refused(ledger.submit(owner, observe('a', { type: newer })), 'LEDGER_TYPE_UNKNOWN')
  await refused(ledger.submit(owner, observe('a', { type: measured as never })), 'LEDGER_TRUST')
  for (const body of [{}, { thing: 1 }, { thing: 'a', more: 1 }, null]) {
    await refused(ledger.submit(owner, observe('a', { body: body as never })), 'LEDGER_BODY')
  }
  const watermark = {
    ...observe('a'),
    type: testTypes.get('source.watermark.advanced')!,
    body: { source: 's', to: '2026-11-23T03:24:00.000Z' },
  }
  assert.equal((await ledger.submit('test.two', watermark)).pos, 1)
  await ledger.close()
})

test('L1 malformed sources, times and identities are refused, and values are not repeated', async () => {
  const { ledger } = await openTestLedger(server)
  for (const more of [
    { source: '' },
    { source: 'a\nb' },
    { source: '\ud800' },
    { occurred: '2026-11-23' },
    { observed: '2026-02-30T00:00:00.000Z' },
    { identity: '' },
    { identity: 'x'.repeat(2000) },
    { private: { user: { value: '\udc00', person: null } } },
    { private: { user: { value: 'a', person: '' } } },
    { private: { text: { value: 'a'.repeat(40_000), person: null } } },
  ]) {
    await assert.rejects(ledger.submit(owner, observe('a', more)), { code: 'LEDGER_OBSERVATION' })
  }
  const secret = 'geheim-4711'
  const given = observe('a', { body: { thing: 7, [secret]: secret } as never })
  await assert.rejects(ledger.submit(owner, given), (error: OkiteError) => {
    assert.equal(error.code, 'LEDGER_BODY')
    assert.ok(!error.message.includes(secret))
    return true
  })
  await assert.rejects(ledger.submit(owner, observe('a', { body: { thing: '\ud800' } })), {
    code: 'LEDGER_VALUE',
  })
  assert.equal(await ledger.size(), 1)
  await ledger.close()
})

test('L1 whatever is submitted is refused with a code or stands on a sound list', async () => {
  const opened = await openTestLedger(server)
  const { ledger } = opened
  const any = fc.string({ unit: 'binary', maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(any, any, fc.option(any, { nil: null }), async (thing, value, person) => {
      const before = await ledger.size()
      const given = observe(`fuzz ${before}`, {
        body: { thing },
        private: { user: { value, person } },
      })
      try {
        const { pos } = await ledger.submit(owner, given)
        const [fact] = await ledger.readPositions([pos])
        assert.deepEqual(fact?.body, { thing })
        assert.equal((await ledger.disclose(pos, 'user'))?.value, value)
      } catch (error) {
        assert.ok(error instanceof OkiteError, String(error))
        assert.equal(await ledger.size(), before)
      }
    }),
    { numRuns: 150 },
  )
  await assertSound(opened)
  await ledger.close()
})

test('L7 recorded rises with every batch; a clock far behind is refused', async () => {
  const clock = handClock()
  const opened = await openTestLedger(server, { clock })
  const { ledger } = opened
  await ledger.submit(owner, observe('a'))
  await ledger.submit(owner, observe('b'))
  clock.add(-59_000)
  await ledger.submit(owner, observe('c'))
  clock.add(-60_000)
  await assert.rejects(ledger.submit(owner, observe('d')), { code: 'LEDGER_CLOCK_WENT_BACK' })
  clock.add(3_600_000)
  await ledger.submit(owner, observe('e'))
  const facts = await ledger.read(0, 10)
  const times = facts.map(fact => fact.recorded)
  assert.deepEqual(times, [...times].sort())
  assert.equal(new Set(times).size, times.length)
  assert.equal(times.length, 5)
  assert.equal(times.at(-1), new Date(clock.nowMs()).toISOString())
  await ledger.close()
})

test('I2 every position is proved against the signed checkpoint, across tiles', async () => {
  const opened = await openTestLedger(server)
  const { ledger, trusted } = opened
  const sizes: { size: number; root: Uint8Array }[] = []
  for (const count of [1, 254, 1, 3, 300, 65]) {
    await ledger.write(async batch => {
      for (let i = 0; i < count; i++) await batch.observe(owner, observe(`${batch.size}`))
    })
    sizes.push(parseCheckpoint(parseNote(await ledger.checkpoint()).text))
  }
  const size = await ledger.size()
  assert.equal(size, 625)
  for (let pos = 0; pos < size; pos += 13) {
    const leaf = await ledger.leaf(pos)
    const proved = await verifyProof(await ledger.prove(pos), leaf, trusted, nodeVerifier)
    assert.equal(proved.pos, pos)
    const wrong = await ledger.leaf((pos + 1) % size)
    const proof = await ledger.prove(pos)
    await assert.rejects(verifyProof(proof, wrong, trusted, nodeVerifier), {
      code: 'LEDGER_PROOF_INVALID',
    })
  }
  await assert.rejects(ledger.prove(size), { code: 'LEDGER_POSITION_UNKNOWN' })
  await assert.rejects(ledger.prove(-1), { code: 'LEDGER_POSITION_UNKNOWN' })
  const last = sizes.at(-1)!
  for (const old of sizes) {
    const hashes = await ledger.proveConsistency(old.size, last.size)
    await verifyConsistency(
      { sizeOld: old.size, size: last.size, rootOld: old.root, root: last.root },
      hashes.map(hash => Buffer.from(hash, 'base64')),
      sha256,
    )
  }
  await ledger.close()
})

test('S2 a disclosure opens the commitment in the leaf; a changed one does not', async () => {
  const { ledger, pool } = await openTestLedger(server)
  const text = { value: 'Straße 5, 東京', person: null }
  const user = { value: 'alice', person: 'alice@okite.example' }
  const { pos } = await ledger.submit(owner, observe('a', { private: { user, text } }))
  const commitments = decodeLeaf(await ledger.leaf(pos)).private
  for (const [slot, { value }] of [
    ['user', user],
    ['text', text],
  ] as const) {
    const disclosed = await ledger.disclose(pos, slot)
    assert.equal(disclosed?.value, value)
    await verifyDisclosure(commitments[slot]!, { slot, ...disclosed! }, nodeHmac)
  }
  assert.equal(await ledger.disclose(pos, 'other'), null)
  assert.equal(await ledger.disclose(99, 'user'), null)
  await pool.query("update ledger.private set salt = sha256('x') where slot = 'user'")
  await assert.rejects(ledger.disclose(pos, 'user'), { code: 'LEDGER_DISCLOSURE_INVALID' })
  await pool.query(
    "update ledger.private set sealed = sealed || '\\x00'::bytea where slot = 'text'",
  )
  await assert.rejects(ledger.disclose(pos, 'text'), { code: 'LEDGER_SEAL_BROKEN' })
  await ledger.close()
})

test('I3 appends are told to listeners of this and of other processes', async () => {
  const one = await openTestLedger(server)
  const two = await openTestLedger(server, one)
  const heard = (ledger: typeof one.ledger, size: number) =>
    new Promise<void>(resolve => ledger.onAppend(now => now >= size && resolve()))
  const both = Promise.all([heard(one.ledger, 3), heard(two.ledger, 3)])
  await one.ledger.submit(owner, observe('a'))
  await one.ledger.submit(owner, observe('b'))
  await both
  await Promise.all([one.ledger.close(), two.ledger.close()])
})

test('I10 more than the queue holds is refused at once, and what is in it is written', async () => {
  const limits = { queueCountMax: 10, batchCountMax: 4 }
  const { ledger } = await openTestLedger(server, { limits })
  const answers = await Promise.allSettled(
    Array.from({ length: 30 }, (_, i) => ledger.submit(owner, observe(`event ${i}`))),
  )
  const refused = answers.filter(answer => answer.status === 'rejected')
  assert.equal(refused.length, 20)
  for (const answer of refused) assert.equal(answer.reason.code, 'LEDGER_BUSY')
  assert.equal(await ledger.size(), 11)
  const last = ledger.submit(owner, observe('last'))
  await ledger.close()
  assert.equal((await last).pos, 11)
  await assert.rejects(ledger.submit(owner, observe('later')), { code: 'LEDGER_CLOSED' })
})

test('K1 a list is signed by the key that opened it', async () => {
  const one = await openTestLedger(server)
  const { signer: stranger } = await openTestLedger(server)
  await one.ledger.close()
  await assert.rejects(openTestLedger(server, { ...one, signer: stranger }), {
    code: 'LEDGER_KEY_CHANGED',
  })
})

test('D1 a server that may forget what it acknowledged is refused', async () => {
  const forgetful = await startTestServer(['fsync=off', 'synchronous_commit=off'])
  try {
    await assert.rejects(openTestLedger(forgetful), (error: OkiteError) => {
      assert.equal(error.code, 'DATABASE_NOT_DURABLE')
      assert.deepEqual(error.data['off'], ['fsync', 'synchronous_commit'])
      return true
    })
  } finally {
    await forgetful.stop()
  }
})

test('D2 migrations run once, also when two processes start together; a newer schema is refused', async () => {
  const pool = await server.database()
  const one = await openTestLedger(server)
  const opened = await Promise.all([1, 2, 3].map(() => openTestLedger(server, { ...one, pool })))
  const { rows } = await pool.query('select number, name from ledger.migration')
  assert.deepEqual(rows, [
    { number: 1, name: 'schema.sql' },
    { number: 2, name: 'vacuum.sql' },
  ])
  for (const { ledger } of opened) await ledger.close()
  await pool.query("insert into ledger.migration (number, name) values (99, 'from the future')")
  await assert.rejects(openTestLedger(server, { ...one, pool }), { code: 'LEDGER_SCHEMA_NEWER' })
})

test('D3 update, delete and truncate of entries and checkpoints are refused by the database', async () => {
  const { ledger, pool } = await openTestLedger(server)
  for (const table of ['entry', 'checkpoint']) {
    for (const sql of [
      `delete from ledger.${table}`,
      `truncate ledger.${table}`,
      `update ledger.${table} set ${table === 'entry' ? 'idx = idx' : 'note = note'}`,
    ]) {
      await assert.rejects(pool.query(sql), pg.DatabaseError, sql)
    }
  }
  assert.equal(await ledger.size(), 1)
  await ledger.close()
})
