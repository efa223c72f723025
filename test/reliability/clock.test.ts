import { strict as assert } from 'node:assert'
import { after, before } from 'node:test'
import {
  handClock,
  openTestLedger,
  startTestServer,
  type TestServer,
} from '../../src/core/ledger/testing.ts'
import { fault, Source } from './fault.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

const yearMs = 365 * 24 * 3_600_000
/** Within it a clock is corrected; what is further behind is wrong (`LEDGER_CLOCK_WENT_BACK`). */
const behindMsMax = 60_000

fault(
  {
    id: 'clock-jump',
    fault: 'the clock jumps by up to ten years either way, by a second, or stands still',
    holds: 'I1 I2 I3 I4 I6',
    quick: 40,
    full: 2_000,
  },
  async ({ count, random }) => {
    const clock = handClock()
    const opened = await openTestLedger(server, { clock })
    const { ledger } = opened
    const source = new Source()
    const jumps = [-10 * yearMs, -yearMs, -61_000, -59_000, -1_000, 0, 1, 1_000, 61_000]
    let [refused, written, newestMs] = [0, 0, clock.nowMs()]
    for (let nth = 0; nth < count; nth += 1) {
      // Forward it stays: each such jump takes what is honest with it.
      const jumpMs = nth % 50 === 49 ? yearMs / 10 : jumps[random(jumps.length)]!
      const beforeMs = clock.nowMs()
      clock.add(jumpMs)
      const size = await ledger.size()
      const isThere = await source.deliver(opened, source.fresh())
      const isHonest = newestMs - clock.nowMs() <= behindMsMax
      assert.equal(isThere, isHonest, `${jumpMs} ms`)
      if (isThere) {
        written += 1
        const [fact] = await ledger.read(size, 1)
        const recordedMs = Date.parse(fact!.recorded)
        assert.ok(recordedMs > newestMs || written === 1, 'recorded never goes back (I6)')
        assert.ok(recordedMs <= Math.max(clock.nowMs(), newestMs + 1), 'no time is invented')
        newestMs = recordedMs
      } else {
        refused += 1
        assert.equal(await ledger.size(), size, 'what was refused changed nothing (I11)')
        clock.add(beforeMs - clock.nowMs())
      }
    }
    assert.equal(source.refused.get('LEDGER_CLOCK_WENT_BACK') ?? 0, refused)
    const { entries } = await source.verify(opened)
    assert.equal(entries, written + 1)
    await ledger.close()
    return { done: count, figures: { written, refused } }
  },
)
