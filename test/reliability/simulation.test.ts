import { strict as assert } from 'node:assert'
import { simulateOnAllCores } from '../sim/all-cores.ts'
import { fault } from './fault.ts'

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
    const failures: Error[] = []
    const { struck, ...figures } = await simulateOnAllCores(all, (failed, error) => {
      failures.push(new Error(`seed ${failed}`, { cause: error }))
    })
    assert.deepEqual(failures, [])
    const perMinute = Math.round((count / (performance.now() - beganMs)) * 60_000)
    return {
      done: count,
      figures: { ...figures, ...Object.fromEntries(struck), 'days a minute': perMinute },
    }
  },
)
