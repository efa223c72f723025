import { strict as assert } from 'node:assert'
import { join } from 'node:path'
import { fault } from './fault.ts'
import {
  type Acknowledged,
  folder,
  killedWriter,
  killPostgres,
  pause,
  take,
  verify,
} from './program.ts'

fault(
  {
    id: 'kill',
    fault:
      'kill -9 of the writing process, every second time of the database too; some deliveries again',
    holds: 'I1 I2 I3 I4 I7 I8',
    quick: 8,
    full: 1_000,
  },
  async ({ count: cycles, random }) => {
    const dataDir = join(folder, 'data')
    const acknowledged = new Map<string, Acknowledged>()
    let databaseKills = 0
    for (let cycle = 0; cycle < cycles; cycle++) {
      const known = [...acknowledged.keys()]
      const again = Array.from(
        { length: Math.min(5, known.length) },
        () => known[random(known.length)],
      )
      const { answers } = await killedWriter(dataDir, `c${cycle}`, again, async ready => {
        // Sometimes in the middle of the start, mostly in the middle of the work.
        if (random(5) > 0) await ready
        await pause(random(400))
        const killDatabase = cycle % 2 === 1
        if (killDatabase) databaseKills += killPostgres(dataDir) > 0 ? 1 : 0
        return killDatabase && random(2) === 0 ? random(30) : 0
      })
      take(acknowledged, answers)
    }
    // By chance a few are killed before their database is there.
    assert.ok(databaseKills >= Math.floor(cycles / 4), `${databaseKills} kills of the database`)
    const verified = await verify(dataDir, acknowledged)
    return {
      done: cycles,
      figures: { 'database kills': databaseKills, acknowledged: acknowledged.size, ...verified },
    }
  },
)
