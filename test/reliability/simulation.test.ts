import { after, before } from 'node:test'
import type { TestServer } from '../../src/core/ledger/testing.ts'
import { simulateAll, startSimServer } from '../sim/sim.ts'
import { fault } from './fault.ts'

let server: TestServer
before(async () => {
  server = await startSimServer()
})
after(() => server.stop())

const days = 30

fault(
  {
    id: 'simulation',
    fault: 'whatever a seed draws, on the simulated clock, disk, network and connections (days)',
    holds: 'I1 I2 I3 I4 I5 I6 I7 I8 I12',
    // `test/sim` has a few seeds, and all that ever failed.
    quick: 0,
    full: 12_000,
  },
  async ({ count, seed }) => {
    const beganMs = performance.now()
    const all = { first: seed, count: Math.ceil(count / days), days }
    const { struck, ...figures } = await simulateAll(server, all, (failed, error) => {
      throw new Error(`seed ${failed}`, { cause: error })
    })
    const perMinute = Math.round((count / (performance.now() - beganMs)) * 60_000)
    return {
      done: count,
      figures: { ...figures, ...Object.fromEntries(struck), 'days a minute': perMinute },
    }
  },
)
