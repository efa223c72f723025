import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PoolClient } from 'pg'
import type { Fact } from '../fact.ts'
import { follow, followOnce } from './cursor.ts'
import { noted, observe, openTestLedger, startTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

async function opened(count: number) {
  const test = await openTestLedger(server)
  const { ledger, pool } = test
  await pool.query('create table seen (pos int)')
  const add = (from: number, to: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, i) =>
        ledger.submit(noted.module, observe(`event ${from + i}`)),
      ),
    )
  await add(1, count)
  const record = async (facts: readonly Fact[], tx: PoolClient) => {
    await tx.query('insert into seen select unnest($1::int[])', [facts.map(fact => fact.pos)])
  }
  const seen = async () =>
    (await pool.query('select pos from seen order by pos')).rows.map(row => row.pos)
  const all = (size: number) => Array.from({ length: size }, (_, pos) => pos)
  return { ...test, add, record, seen, all }
}

test('I7 a follower applies every fact once and in order, those to come as well', async () => {
  const { ledger, pool, add, record, seen, all } = await opened(25)
  const options = { ledger, pool, consumer: 'fold', pageCount: 10 }
  const order: number[] = []
  const follower = follow(options, async (facts, tx) => {
    order.push(...facts.map(fact => fact.pos))
    await record(facts, tx)
  })
  await follower.reached(25)
  await add(25, 32)
  await follower.reached(32)
  assert.deepEqual(order, all(32))
  await follower.stop()
  assert.deepEqual(await seen(), all(32))
  await assert.rejects(follower.reached(99))
  await ledger.close()
})

test('I7 effect and progress commit together or not at all', async () => {
  const { ledger, pool, record, seen, all } = await opened(12)
  const options = { ledger, pool, consumer: 'fold', pageCount: 5 }
  assert.equal(await followOnce(options, record), 5)
  const failing = followOnce(options, async (facts, tx) => {
    await record(facts, tx)
    throw new Error('in the middle')
  })
  await assert.rejects(failing, { message: 'in the middle' })
  assert.deepEqual(await seen(), all(5))
  const dying = followOnce(options, async (facts, tx) => {
    await record(facts, tx)
    const { rows } = await tx.query('select pg_backend_pid() as pid')
    await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
  })
  await assert.rejects(dying)
  assert.equal(await followOnce(options, record), 10)
  assert.equal(await followOnce(options, record), 12)
  assert.equal(await followOnce(options, record), 12)
  assert.deepEqual(await seen(), all(12))
  await ledger.close()
})

test('I7 two followers of one name share the work and do nothing twice', async () => {
  const { ledger, pool, record, seen, all } = await opened(40)
  const options = { ledger, pool, consumer: 'fold', pageCount: 3 }
  const both = [follow(options, record), follow(options, record)]
  await Promise.all(both.map(follower => follower.reached(40)))
  await Promise.all(both.map(follower => follower.stop()))
  assert.deepEqual(await seen(), all(40))
  await ledger.close()
})

test('I7 a failing follower says so to who waits for it', async () => {
  const { ledger, pool } = await opened(3)
  const follower = follow({ ledger, pool, consumer: 'fold' }, async () => {
    throw new Error('broken fold')
  })
  await assert.rejects(follower.reached(3), { message: 'broken fold' })
  await follower.stop()
  await ledger.close()
})
