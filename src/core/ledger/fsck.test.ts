import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Ref } from '../fact.ts'
import { fsck } from './fsck.ts'
import {
  concluded,
  noted,
  observe,
  openTestLedger,
  startTestServer,
  type TestServer,
  testTypes,
} from './testing.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

/** A list of 300 entries with persons and conclusions, as a superuser meets it. */
async function filled() {
  const opened = await openTestLedger(server)
  const { ledger, pool } = opened
  for (let round = 0; round < 3; round++) {
    await ledger.write(async batch => {
      for (let i = 0; i < 66; i++) {
        const user = { value: `user ${i}`, person: `user${i % 7}@okite.example` }
        const { pos } = await batch.observe(
          noted.module,
          observe(`${round}/${i}`, { private: { user, text: { value: 't', person: null } } }),
        )
        if (i % 2 === 0) continue
        const refs = { user: batch.fact(pos).refs['user'] as Ref }
        batch.derive(
          {
            type: concluded,
            occurred: batch.recorded,
            because: [pos, pos - 1],
            body: { thing: 'x' },
            refs,
          },
          { judge: 'test/judge', version: 1, cause: pos, key: 'x', ordinal: 0 },
        )
      }
    })
  }
  await ledger.close()
  const check = () => fsck({ ...opened, log: opened.trusted, types: testTypes })
  /** With the guard rail away, as only an owner of the tables can take it. */
  const tamper = async (sql: string) => {
    await pool.query('alter table ledger.entry disable trigger user')
    await pool.query('alter table ledger.checkpoint disable trigger user')
    const { rowCount } = await pool.query(sql)
    assert.ok((rowCount ?? 0) > 0, sql)
  }
  return { ...opened, check, tamper }
}

test('I2 a sound list has no fault, and everything was looked at', async () => {
  const { check, pool, secrets: _, trusted } = await filled()
  const found = await check()
  assert.deepEqual(found, {
    ...{ entries: 298, checkpoints: 4, slots: { opened: 3 * (66 * 2 + 33), closed: 0 } },
    ...{ unknownTypes: 0, faultCount: 0, faults: [], first: null },
  })
  const without = await fsck({ pool, log: trusted, types: new Map() })
  assert.equal(without.faultCount, 0)
  assert.equal(without.unknownTypes, 297)
  assert.deepEqual(without.slots, { opened: 99, closed: 396 })
})

// Each change, the position it is found at, and the rule that says so.
const changes: readonly (readonly [string, string, number, string])[] = [
  [
    'a byte of a leaf',
    'update ledger.entry set leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1) where idx = 100',
    100,
    'I2',
  ],
  [
    'a leaf with its hash',
    "update ledger.entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'host-1', 'host-2'), 'UTF8'), leaf_hash = sha256('\\x00'::bytea || convert_to(replace(convert_from(leaf, 'UTF8'), 'host-1', 'host-2'), 'UTF8')) where idx = 100",
    198,
    'I2',
  ],
  [
    'a byte of a leaf hash',
    'update ledger.entry set leaf_hash = set_byte(leaf_hash, 3, get_byte(leaf_hash, 3) # 1) where idx = 7',
    7,
    'I2',
  ],
  ['a missing entry', 'delete from ledger.entry where idx = 50', 50, 'I1'],
  ['a missing last entry', 'delete from ledger.entry where idx = 297', 199, 'I2'],
  [
    'two entries exchanged',
    'update ledger.entry e set leaf = o.leaf, leaf_hash = o.leaf_hash from ledger.entry o where (e.idx, o.idx) in ((11, 14), (14, 11))',
    11,
    'I2',
  ],
  [
    'a byte of a checkpoint',
    "update ledger.checkpoint set note = replace(note, 'okite.example', 'okito.example') where size = 100",
    99,
    'I2',
  ],
  [
    'the size in a checkpoint',
    'update ledger.checkpoint set size = 101 where size = 100',
    100,
    'I2',
  ],
  ['a missing last checkpoint', 'delete from ledger.checkpoint where size = 298', 199, 'I2'],
  ['the head', 'update ledger.head set size = 297', 297, 'I2'],
  ['the root of the head', "update ledger.head set root = sha256('x')", 298, 'I2'],
  [
    'a stored node',
    'update ledger.node set hash = set_byte(hash, 0, get_byte(hash, 0) # 1)',
    255,
    'I2',
  ],
  ['a node too many', "insert into ledger.node values (1, 1, sha256(''))", 511, 'I2'],
  [
    'a salt',
    "update ledger.private set salt = sha256('x') where idx = 4 and slot = 'text'",
    4,
    'I2',
  ],
  [
    'a sealed value',
    "update ledger.private set sealed = sealed || '\\x00'::bytea where idx = 4 and slot = 'user'",
    4,
    'I2',
  ],
  [
    'a subject',
    "update ledger.private set subject = gen_random_uuid() where idx = 1 and slot = 'user'",
    1,
    'I2',
  ],
  ['a missing slot', "delete from ledger.private where idx = 9 and slot = 'user'", 9, 'I2'],
  ['a slot too many', "insert into ledger.private (idx, slot) values (9, 'zoo')", 9, 'I2'],
  ['a key', "update ledger.fact_key set key = 'other' where pos = 20 and key = 'srv-17'", 20, 'I2'],
  ['a missing key', 'delete from ledger.fact_key where pos = 20', 20, 'I2'],
  [
    'a key too many',
    "insert into ledger.fact_key values ('k', 'test.thing.noted', 1000)",
    1000,
    'I2',
  ],
  ['a type', "update ledger.fact_type set type = 'test.other' where pos = 21", 21, 'I2'],
  ['a cause', 'delete from ledger.because where cause = 2', 3, 'I2'],
]

for (const [what, sql, pos, rule] of changes) {
  test(`${rule} fsck names the place: ${what}`, async () => {
    const { check, tamper } = await shared()
    await tamper(sql)
    try {
      const found = await check()
      assert.equal(found.first, pos, JSON.stringify(found.faults.slice(0, 3)))
      assert.ok(found.faults.some(fault => fault.rule === rule && fault.pos === pos))
    } finally {
      await restore()
    }
  })
}

/** One list for all changes: each is made on a copy of the database. */
let template: Awaited<ReturnType<typeof filled>> | null = null
let copy: Awaited<ReturnType<typeof filled>> | null = null

async function shared() {
  if (template === null) {
    template = await filled()
    await template.pool.end()
  }
  const name = template.pool.options.database
  const pool = await server.database({}, name)
  const opened = { ...template, pool }
  copy = {
    ...opened,
    check: () => fsck({ ...opened, log: opened.trusted, types: testTypes }),
    tamper: async sql => {
      await pool.query('alter table ledger.entry disable trigger user')
      await pool.query('alter table ledger.checkpoint disable trigger user')
      const { rowCount } = await pool.query(sql)
      assert.ok((rowCount ?? 0) > 0, sql)
    },
  }
  return copy
}

async function restore() {
  await copy?.pool.end()
}

test('I6 M8 L3 rules inside the leaf are checked, though hashes and signatures agree', async () => {
  // What a writer with the signing key could do: the envelope itself breaks a rule.
  const { ledger, pool, trusted, secrets } = await openTestLedger(server)
  await ledger.submit(noted.module, observe('a'))
  await ledger.submit(noted.module, observe('b'))
  await ledger.close()
  await pool.query('alter table ledger.entry disable trigger user')
  const change = (from: string, to: string, idx: number) =>
    pool.query(
      `update ledger.entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), $1, $2), 'UTF8')
        where idx = $3`,
      [from, to, idx],
    )
  await change('"because":[]', '"because":[2]', 1)
  await change('"recorded":"2026', '"recorded":"2025', 2)
  await pool.query("update ledger.entry set leaf_hash = sha256('\\x00'::bytea || leaf)")
  const found = await fsck({ pool, secrets, log: trusted, types: testTypes })
  const rules = found.faults.map(fault => `${fault.rule}@${fault.pos}`)
  assert.ok(rules.includes('M8@1') && rules.includes('I6@2'), rules.join())
  await change('"v":1', '"v": 1', 1)
  const later = await fsck({ pool, secrets, log: trusted, types: testTypes })
  assert.ok(later.faults.some(fault => fault.rule === 'L3' && fault.pos === 1))
})

test('I2 a checkpoint signed by another key is a fault', async () => {
  const { pool, secrets } = await filled()
  const { trusted } = await openTestLedger(server)
  const found = await fsck({ pool, secrets, log: trusted, types: testTypes })
  assert.equal(found.faultCount, 4)
  assert.equal(found.first, 0)
})
