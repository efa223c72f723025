import { strict as assert } from 'node:assert'
import { after, before } from 'node:test'
import { ledgerLimits } from '../../src/core/ledger/core.ts'
import { openTestLedger, startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { systemClock } from '../../src/core/time.ts'
import { fault, Source } from './fault.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

const lanes = 512
const measureMs = 1_000
/** So often as long again, with twice as much each time, until something is refused. */
const roundsMax = 4
const tickMs = 5
const residentBytesMax = 512 * 1024 ** 2

fault(
  {
    id: 'overload',
    fault: 'twice as much is delivered as the list takes (seconds)',
    holds: 'I1 I2 I3 I4 I10',
    quick: 1,
    full: 20,
  },
  async ({ count }) => {
    const opened = await openTestLedger(server, { clock: systemClock, limits: ledgerLimits })
    const source = new Source()
    const beganMs = performance.now()
    const lane = async () => {
      while (performance.now() - beganMs < measureMs) await source.deliver(opened, source.fresh())
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    const perSecond = source.acknowledged.size / (measureMs / 1_000)

    const waits: number[] = []
    let open = 0
    let owed = 0
    let residentBytes = 0
    const isRefusing = () => source.refused.has('LEDGER_BUSY')
    // A machine that others have left meanwhile takes more than it was seen to: so much more is delivered.
    let factor = 2
    const beginMs = performance.now()
    const isDone = (nowMs: number) => {
      const rounds = (nowMs - beginMs) / (count * 1_000)
      factor = 2 * 2 ** Math.floor(rounds)
      return rounds >= 1 && (isRefusing() || rounds >= roundsMax)
    }
    for (let atMs = performance.now(); !isDone(atMs); ) {
      await new Promise(resolve => setTimeout(resolve, tickMs))
      const nowMs = performance.now()
      owed += ((nowMs - atMs) / 1_000) * factor * perSecond
      atMs = nowMs
      for (; owed >= 1; owed -= 1) {
        open += 1
        void source.deliver(opened, source.fresh()).then(isThere => {
          open -= 1
          if (isThere) waits.push(performance.now() - nowMs)
        })
      }
      residentBytes = Math.max(residentBytes, process.memoryUsage.rss())
    }
    while (open > 0) await new Promise(resolve => setTimeout(resolve, tickMs))
    const lastMs = performance.now()
    assert.ok(await source.deliver(opened, source.fresh()), 'it takes what comes after')
    const afterMs = performance.now() - lastMs
    const refused = source.refused.get('LEDGER_BUSY') ?? 0
    assert.deepEqual(
      [...source.refused.keys()].filter(code => code !== 'LEDGER_BUSY'),
      [],
    )
    assert.ok(refused > 0, 'what was too much was refused')
    assert.ok(residentBytes < residentBytesMax, `${residentBytes} bytes (I10)`)
    const { entries } = await source.verify(opened)
    assert.equal(entries, source.acknowledged.size + 1)
    await opened.ledger.close()
    waits.sort((a, b) => a - b)
    return {
      done: count,
      figures: {
        'facts/s measured before': Math.round(perSecond),
        acknowledged: source.acknowledged.size,
        refused,
        'p99 of an answer in ms': Math.round(waits[Math.floor(waits.length * 0.99)] ?? 0),
        'resident MB, most': Math.round(residentBytes / 1024 ** 2),
        'first answer after it in ms': Math.round(afterMs),
      },
    }
  },
)
