import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openDatabase } from '../../src/core/db/database.ts'
import {
  memoryLog,
  openTestLedger,
  startTestServer,
  type TestServer,
} from '../../src/core/ledger/testing.ts'
import { systemClock } from '../../src/core/time.ts'
import { fault, Source } from './fault.ts'

const folder = mkdtempSync(join(tmpdir(), 'okite-restart-'))
let server: TestServer | null = null
after(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const lanes = 16
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

fault(
  {
    id: 'database-restart',
    fault: 'the database ends at once (SIGQUIT) in the middle of the work',
    holds: 'I1 I2 I3 I4',
    quick: 3,
    full: 60,
  },
  async ({ count, random }) => {
    const { log } = memoryLog()
    const dataDir = join(folder, 'data')
    const database = await openDatabase({ dataDir, log, clock: systemClock })
    const opened = await openTestLedger({ folder, database: async () => database.pool })
    const source = new Source()
    let longestMs = 0
    let isOver = false
    const lane = async () => {
      while (!isOver) {
        const one = source.fresh()
        const beganMs = performance.now()
        while (!(await source.deliver(opened, one))) await pause(20)
        longestMs = Math.max(longestMs, performance.now() - beganMs)
      }
    }
    const working = Promise.all(Array.from({ length: lanes }, lane))
    for (let nth = 0; nth < count; nth += 1) {
      await pause(200 + random(600))
      const pid = database.pid
      if (pid !== null) process.kill(pid, 'SIGQUIT')
      while (database.pid === null || database.pid === pid) await pause(20)
    }
    isOver = true
    await working
    const { entries } = await source.verify(opened)
    assert.equal(entries, source.acknowledged.size + 1)
    await opened.ledger.close()
    await database.close()
    const longest = Math.round(longestMs / 100) / 10
    return {
      done: count,
      figures: { acknowledged: entries - 1, 'longest wait in seconds': longest },
    }
  },
)

fault(
  {
    id: 'two-instances',
    fault: 'four programs with one key write to one list, half of what they deliver is the same',
    holds: 'I1 I2 I3 I4',
    quick: 1,
    full: 10,
  },
  async ({ count, random }) => {
    server = await startTestServer()
    let [entries, delivered] = [0, 0]
    for (let nth = 0; nth < count; nth += 1) {
      const first = await openTestLedger(server)
      const { signer, secrets, pool } = first
      const others = await Promise.all(
        [1, 2, 3].map(async () => {
          const { database } = pool.options
          const own = await (server as TestServer).database({ database: database as string })
          return openTestLedger(server as TestServer, { signer, secrets, pool: own })
        }),
      )
      const all = [first, ...others].map((opened, i) => ({ opened, source: new Source(`own${i}`) }))
      const shared = Array.from({ length: 200 }, (_, i) => `shared ${i}`)
      await Promise.all(
        all.map(async ({ opened, source }) => {
          const mine = shared.toSorted(() => random(3) - 1)
          const lane = async () => {
            for (let one = mine.pop(); one !== undefined; one = mine.pop()) {
              for (const each of [one, source.fresh()]) {
                while (!(await source.deliver(opened, each))) await pause(5)
              }
            }
          }
          await Promise.all([lane(), lane(), lane(), lane()])
        }),
      )
      const { source } = all[0]!
      const others3 = all.slice(1).map(one => one.source)
      const verified = await source.verify(first, others3)
      for (const one of shared) {
        const positions = new Set(all.map(each => each.source.acknowledged.get(one)))
        assert.equal(positions.size, 1, `${one} stands once, for everybody (I4)`)
      }
      assert.equal(verified.entries, 1 + 200 + 4 * 200)
      entries += verified.entries
      delivered += 4 * 400
      for (const { opened } of all) {
        await opened.ledger.close()
        await opened.pool.end()
      }
    }
    return { done: count, figures: { delivered, entries } }
  },
)
