import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { startProxy, startTestServer, type TestServer } from '../ledger/testing.ts'
import { Unanswered } from './unanswered.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

it('an answer that was lost on the way ends its connection; one that takes its time does not', async () => {
  const proxy = await startProxy(server.folder)
  const { options } = await server.database()
  const unanswered = new Unanswered({ answerSeconds: 0.2, arriveMs: 50 })
  const pool = await server.database({ ...options, port: proxy.port })
  unanswered.add(pool)
  const direct = await server.database({ ...options })
  const asking = await direct.connect()
  try {
    const [lost, slow] = await Promise.all([pool.connect(), pool.connect()])
    for (const client of [lost, slow]) client.on('error', () => {})
    await lost.query('create table one (n int)')
    await lost.query('begin')
    await lost.query('insert into one values (1)')
    proxy.state.fault = 'half-open'
    const committing = lost.query('commit')
    const sleeping = slow.query('select 7 as seven from pg_sleep(0.8)')
    const failed = assert.rejects(committing, /terminated/)
    await new Promise(resolve => setTimeout(resolve, 400))
    await unanswered.look(asking)
    await failed
    // It had been committed: nobody could know.
    assert.equal((await asking.query('select n from one')).rowCount, 1)
    assert.deepEqual((await sleeping).rows, [{ seven: 7 }])
    lost.release(true)
    slow.release()

    const another = await pool.connect()
    another.on('error', () => {})
    const waiting = assert.rejects(another.query('select pg_sleep(60)'), /terminated/)
    await new Promise(resolve => setTimeout(resolve, 50))
    unanswered.lose()
    await waiting
    another.release(true)
  } finally {
    asking.release()
    await pool.end()
    await direct.end()
    await proxy.close()
  }
})
