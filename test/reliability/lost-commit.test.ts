import { strict as assert } from 'node:assert'
import { after, before } from 'node:test'
import { openDatabase } from '../../src/core/db/database.ts'
import {
  memoryLog,
  openTestLedger,
  startProxy,
  startTestServer,
  type TestServer,
} from '../../src/core/ledger/testing.ts'
import { systemClock } from '../../src/core/time.ts'
import { fault, Source } from './fault.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

/** Deliveries at once, as several sources have them. */
const atOnceMax = 8

fault(
  {
    id: 'lost-commit',
    fault:
      'the connection is cut at COMMIT, before the server sees it or before its answer is back',
    holds: 'I1 I2 I3 I4',
    quick: 40,
    full: 1_000,
  },
  async ({ count, random }) => {
    const proxy = await startProxy(server.folder)
    const { options } = await server.database()
    const pool = await server.database({ ...options, port: proxy.port })
    const opened = await openTestLedger(server, { pool })
    const source = new Source()
    const stood = { 'answer is lost': 0, 'commit is lost': 0 }
    try {
      for (let nth = 0; nth < count; nth += 1) {
        const kind = random(2) === 0 ? 'answer is lost' : 'commit is lost'
        stood[kind] += 1
        proxy.state.fault = kind
        const fresh = Array.from({ length: 1 + random(atOnceMax) }, () => source.fresh())
        const known = [...source.acknowledged.keys()]
        const old = known[random(known.length + 1)]
        let waiting = old === undefined ? fresh : [...fresh, old]
        const first = await Promise.all(waiting.map(one => source.deliver(opened, one)))
        assert.equal(proxy.state.fault, 'none', 'the connection was cut')
        waiting = waiting.filter((_, i) => !first[i])
        while (waiting.length > 0) {
          const answers = await Promise.all(waiting.map(one => source.deliver(opened, one)))
          waiting = waiting.filter((_, i) => !answers[i])
        }
      }
      const { entries } = await source.verify(opened)
      // The first entry is the list's own.
      assert.equal(entries, source.acknowledged.size + 1, 'nothing stands that nobody was told of')
      assert.ok((source.refused.get('LEDGER_COMMIT_UNKNOWN') ?? 0) >= count, 'the loss was told')
      return { done: count, figures: { ...stood, acknowledged: source.acknowledged.size, entries } }
    } finally {
      await opened.ledger.close()
      await pool.end()
      await proxy.close()
    }
  },
)

fault(
  {
    id: 'half-open',
    fault: 'the network forgets a connection at COMMIT, and neither side hears of it',
    holds: 'I1 I2 I3 I4 I10',
    // It takes half a minute to be sure of it; `db/unanswered.test.ts` is quicker.
    quick: 0,
    full: 20,
  },
  async ({ count, random }) => {
    const proxy = await startProxy(server.folder)
    const { options } = await server.database()
    const url = new URL(`postgres://okite@localhost/${options.database}`)
    url.password = options.password as string
    url.searchParams.set('host', server.folder)
    url.searchParams.set('port', `${proxy.port}`)
    const { log } = memoryLog()
    const database = await openDatabase({ dataDir: '/', url: url.href, log, clock: systemClock })
    const opened = await openTestLedger(server, { pool: database.pool })
    const source = new Source()
    try {
      for (let nth = 0; nth < count; nth += 1) {
        await Promise.all([1, 2, 3].map(() => source.deliver(opened, source.fresh())))
        proxy.state.fault = 'half-open'
        const waiting = Array.from({ length: 1 + random(atOnceMax) }, () => source.fresh())
        const answers = await Promise.all(waiting.map(one => source.deliver(opened, one)))
        assert.deepEqual(new Set(answers), new Set([false]), 'nobody is told what nobody knows')
        for (const one of waiting) assert.ok(await source.deliver(opened, one))
      }
      const { entries } = await source.verify(opened)
      assert.equal(entries, source.acknowledged.size + 1)
      return { done: count, figures: { acknowledged: source.acknowledged.size, entries } }
    } finally {
      await opened.ledger.close()
      await database.close()
      await proxy.close()
    }
  },
)
