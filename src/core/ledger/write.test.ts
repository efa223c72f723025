import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { OkiteError } from '../error.ts'
import type { Draft, Ref } from '../fact.ts'
import { verdictChanged } from '../facts.ts'
import { fsck } from './fsck.ts'
import type { By } from './intake.ts'
import { decodeLeaf } from './leaf.ts'
import {
  concluded,
  noted,
  observe,
  openTestLedger,
  startProxy,
  startTestServer,
  type TestServer,
  testTypes,
} from './testing.ts'
import { refusalOf } from './write.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

const owner = noted.module
const draft = (more: Partial<Draft> = {}): Draft => ({
  type: concluded,
  occurred: '2026-11-23T03:24:00.000Z',
  because: [0],
  body: { thing: 'srv-17' },
  ...more,
})
const by = (more: Partial<By> = {}): By => ({
  ...{ judge: 'test/judge', version: 1, cause: 0, key: 'srv-17', ordinal: 0 },
  ...more,
})

test('M8 a derived fact has its position at once and rests on earlier ones', async () => {
  const opened = await openTestLedger(server)
  const { ledger, pool } = opened
  const [first, second] = await ledger.write(async batch => {
    const observed = await batch.observe(owner, observe('a'))
    const one = batch.derive(draft({ because: [observed.pos] }), by({ cause: observed.pos }))
    const two = batch.derive(draft({ because: [one, 0, one] }), by({ cause: one }))
    assert.equal(batch.size, 4)
    assert.equal(batch.fact(two).recorded, batch.recorded)
    return [batch.fact(one), batch.fact(two)] as const
  })
  assert.deepEqual(await ledger.read(2, 2), [first, second])
  assert.deepEqual(
    { ...second, recorded: null },
    {
      ...{ pos: 3, type: concluded.name, tv: 1, module: owner, source: 'test/judge@1' },
      ...{ occurred: draft().occurred, observed: draft().occurred, recorded: null },
      ...{ trust: 'instrument', because: [2, 0, 2], body: { thing: 'srv-17' }, refs: {} },
    },
  )
  const { rows } = await pool.query('select cause::int, pos::int from ledger.because order by 1, 2')
  assert.deepEqual(rows, [
    { cause: 0, pos: 3 },
    { cause: 1, pos: 2 },
    { cause: 2, pos: 3 },
  ])
  const { faults } = await fsck({ ...opened, log: opened.trusted, types: testTypes })
  assert.deepEqual(faults, [])
  await ledger.close()
})

test('M8 a derived fact without or with a later because is a bug, and nothing is written', async () => {
  const { ledger } = await openTestLedger(server)
  for (const because of [[], [1], [2], [-1], [0.5], Array.from({ length: 65 }, () => 0)]) {
    const work = ledger.write(async batch => batch.derive(draft({ because }), by()))
    await assert.rejects(work, { name: 'AssertionError' })
  }
  assert.equal(await ledger.size(), 1)
  await ledger.close()
})

test('L4 deriving again gives the same bytes but for recorded', async () => {
  const one = await openTestLedger(server)
  // The same judge on the same list, in another database: a replay.
  const two = await openTestLedger(server, {
    signer: one.signer,
    secrets: one.secrets,
    pool: await server.database(),
  })
  two.clock.add(3_600_000)
  const leaves = await Promise.all(
    [one, two].map(async ({ ledger }) => {
      await ledger.write(async batch => {
        batch.derive(draft(), by())
        batch.derive(draft(), by({ ordinal: 1 }))
        batch.derive(draft(), by({ key: 'other' }))
        batch.derive(draft(), by({ judge: 'test/other' }))
      })
      return Promise.all([1, 2, 3, 4].map(async pos => decodeLeaf(await ledger.leaf(pos))))
    }),
  )
  const [a, b] = leaves as [(typeof leaves)[0], (typeof leaves)[0]]
  for (const [i, leaf] of a!.entries()) {
    assert.notEqual(leaf.recorded, b![i]!.recorded)
    assert.deepEqual({ ...leaf, recorded: '' }, { ...b![i], recorded: '' })
  }
  assert.equal(new Set(a!.map(leaf => leaf.salt)).size, 4)
  await Promise.all([one.ledger.close(), two.ledger.close()])
})

test('L4 the same conclusion twice is a bug, whatever the version of the judge', async () => {
  const { ledger } = await openTestLedger(server)
  await ledger.write(async batch => batch.derive(draft(), by()))
  for (const again of [by(), by({ version: 2 })]) {
    const later = ledger.write(async batch => batch.derive(draft(), again))
    await assert.rejects(later, { name: 'AssertionError' })
  }
  const together = ledger.write(async batch => {
    batch.derive(draft(), by({ ordinal: 5 }))
    batch.derive(draft(), by({ ordinal: 5, version: 2 }))
  })
  await assert.rejects(together, { name: 'AssertionError' })
  assert.equal(await ledger.size(), 2)
  await ledger.close()
})

test('L5a a derived fact speaks of a person by ref, and commits to the subject', async () => {
  const opened = await openTestLedger(server)
  const { ledger, pool } = opened
  const user = { value: 'alice', person: 'alice@okite.example' }
  const [known, fresh] = await ledger.write(async batch => {
    const { pos } = await batch.observe(owner, observe('a', { private: { user } }))
    const ref = batch.fact(pos).refs['user'] as Ref
    const refs = { user: ref }
    return [pos, batch.derive(draft({ because: [pos], refs }), by({ cause: pos }))] as const
  })
  const [a, b] = await ledger.readPositions([known, fresh])
  assert.equal(a?.refs['user'], b?.refs['user'])
  const disclosed = await ledger.disclose(fresh, 'user')
  const { rows } = await pool.query('select subject from ledger.person')
  assert.equal(disclosed?.value, `urn:uuid:${rows[0].subject}`)
  const refs = { user: '00000000-0000-4000-8000-000000000000' as string as Ref }
  const unknown = ledger.write(async batch => batch.derive(draft({ refs }), by({ ordinal: 9 })))
  await assert.rejects(unknown, { code: 'LEDGER_REF_UNKNOWN' })
  const { faults } = await fsck({ ...opened, log: opened.trusted, types: testTypes })
  assert.deepEqual(faults, [])
  await ledger.close()
})

test('M8 verdicts are left out of the index of causes', async () => {
  const types = new Map([...testTypes, [verdictChanged.name, verdictChanged]])
  const { ledger, pool } = await openTestLedger(server, { types })
  const population = { size: 1, checked: 1, kept: 1, due: 0, broken: 0, unknown: 0, excepted: 0 }
  const body = {
    ...{ control: 'c', version: 1, policy: 0, params: 0, status: 'kept', since: draft().occurred },
    ...{ reason: { code: 'x', args: {} }, next: null, previous: null, population },
  }
  await ledger.write(async batch => batch.derive(draft({ type: verdictChanged, body }), by()))
  const { rows } = await pool.query('select * from ledger.because')
  assert.deepEqual(rows, [])
  await ledger.close()
})

test('I11 what the work wrote falls with its facts, and commits with them', async () => {
  const { ledger, pool } = await openTestLedger(server)
  await pool.query('create table effect (pos int)')
  const effects = async () => (await pool.query('select pos from effect')).rows
  const failed = ledger.write(async batch => {
    batch.derive(draft(), by())
    await batch.tx.query('insert into effect values (1)')
    throw new Error('changed my mind')
  })
  await assert.rejects(failed, { message: 'changed my mind' })
  assert.deepEqual(await effects(), [])
  const silent = ledger.write(async batch => {
    await batch.tx.query('insert into effect values (1)')
    await batch.tx.query('select 1/0').catch(() => {})
  })
  await assert.rejects(silent, { code: 'LEDGER_ROLLED_BACK_SILENTLY' })
  assert.deepEqual(await effects(), [])
  assert.equal(await ledger.size(), 1)
  await ledger.write(async batch => {
    const pos = batch.derive(draft(), by())
    await batch.tx.query('insert into effect values ($1)', [pos])
  })
  assert.deepEqual(await effects(), [{ pos: 1 }])
  await ledger.write(async batch => void (await batch.tx.query('insert into effect values (9)')))
  assert.equal((await effects()).length, 2)
  assert.equal(await ledger.size(), 2)
  await ledger.close()
})

for (const [fault, name, known] of [
  ['commit is lost', 'AndNotPersisted', false],
  ['answer is lost', 'ButPersisted', true],
] as const) {
  test(`I3 a commit that fails ${name}: sending again gives the one position`, async () => {
    const direct = await server.database()
    const proxy = await startProxy(server.folder)
    const database = direct.options.database as string
    const through = await server.database({ database, port: proxy.port })
    const opened = await openTestLedger(server, { pool: through })
    const { ledger } = opened
    await ledger.submit(owner, observe('before'))
    proxy.state.fault = fault
    const first = ['a', 'b', 'c'].map(id => ledger.submit(owner, observe(id)))
    for (const answer of await Promise.allSettled(first)) {
      assert.equal(answer.status, 'rejected')
      assert.equal(answer.reason.code, 'LEDGER_COMMIT_UNKNOWN')
    }
    const again = await Promise.all(['a', 'b', 'c'].map(id => ledger.submit(owner, observe(id))))
    assert.deepEqual(
      again,
      [2, 3, 4].map(pos => ({ pos, known })),
    )
    // The same for a judge's step: what it wrote beside the facts went with them.
    await direct.query('create table effect (pos int)')
    proxy.state.fault = fault
    const step = ledger.write(async batch => {
      const pos = batch.derive(draft(), by())
      await batch.tx.query('insert into effect values ($1)', [pos])
    })
    await assert.rejects(step, { code: 'LEDGER_COMMIT_UNKNOWN' })
    const { rows } = await direct.query('select pos from effect')
    assert.deepEqual(rows, known ? [{ pos: 5 }] : [])
    assert.equal(await ledger.size(), known ? 6 : 5)
    const { faults } = await fsck({
      ...opened,
      pool: direct,
      log: opened.trusted,
      types: testTypes,
    })
    assert.deepEqual(faults, [])
    await ledger.close()
    await through.end()
    await proxy.close()
  })
}

test('I11 a connection that dies in the middle writes nothing', async () => {
  const { ledger, pool } = await openTestLedger(server)
  const work = ledger.write(async batch => {
    batch.derive(draft(), by())
    const { rows } = await batch.tx.query('select pg_backend_pid() as pid')
    await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
  })
  await assert.rejects(work, { code: 'LEDGER_UNAVAILABLE' })
  assert.equal(await ledger.size(), 1)
  assert.equal((await ledger.submit(owner, observe('a'))).pos, 1)
  await ledger.close()
})

test('I11 a full disk is said as such', async () => {
  const { ledger, pool } = await openTestLedger(server)
  await pool.query(`create function full_disk() returns trigger language plpgsql as $$
    begin raise exception 'no space' using errcode = '53100'; end $$`)
  await pool.query(
    'create trigger full_disk before insert on ledger.private for each row execute function full_disk()',
  )
  const text = { text: { value: 'x', person: null } }
  const full = ledger.submit(owner, observe('a', { private: text }))
  await assert.rejects(full, { code: 'LEDGER_DISK_FULL' })
  assert.equal(await ledger.size(), 1)
  assert.equal((await ledger.submit(owner, observe('b'))).pos, 1)
  await ledger.close()
})

test('I11 bugs keep their own error while the connection lives', () => {
  const bug = new TypeError('x is not a function')
  assert.equal(refusalOf(bug, false, false), bug)
  assert.equal((refusalOf(bug, true, false) as OkiteError).code, 'LEDGER_UNAVAILABLE')
  assert.equal((refusalOf(bug, false, true) as OkiteError).code, 'LEDGER_COMMIT_UNKNOWN')
})

test('I3 an observation that nobody waited for is written with its batch', async () => {
  const { ledger } = await openTestLedger(server)
  await ledger.write(async batch => {
    void batch.observe(owner, observe('a'))
  })
  assert.equal(await ledger.size(), 2)
  await ledger.close()
})
