import { strict as assert } from 'node:assert'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from './fault.ts'
import { type Acknowledged, folder, killedWriter, pause, take, verify } from './program.ts'

/** Debian's libfaketime: the whole process, its libraries too, reads another clock. */
const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'

/** Seconds that a start is away from the right time; what went ahead comes back in the next. */
const offsets = [0, -30, 20, -3_600, -10 * 365 * 86_400, 45, -59]

fault(
  {
    id: 'wrong-clock',
    fault:
      'the whole program is started under a clock that is wrong, by seconds, an hour, ten years',
    holds: 'I1 I2 I3 I4 I6 I7 I8',
    quick: 1,
    full: 70,
  },
  async ({ count, random }, t) => {
    if (!existsSync(library)) {
      t.skip('libfaketime is not on this machine')
      return null
    }
    const dataDir = join(folder, 'wrong-clock')
    const acknowledged = new Map<string, Acknowledged>()
    const figures = { worked: 0, refused: 0 }
    const first = random(offsets.length)
    const start = async (name: string, seconds: number) => {
      let pid = 0
      const ran = await killedWriter(
        ...[dataDir, name, []],
        async (ready, own) => {
          pid = own
          await ready
          await pause(300)
          return 0
        },
        {
          environment: {
            LD_PRELOAD: library,
            FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}s`,
            // Timers go on as they are: a wrong clock is set wrong, it does not run wrong.
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
          },
        },
      )
      // What the library shares between processes it takes away at the end, to which a killed one does not come.
      for (const shared of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`])
        rmSync(join('/dev/shm', shared), { force: true })
      take(acknowledged, ran.answers)
      return ran
    }
    // The list is there, and of now.
    await start('first', 0)
    for (let nth = 0; nth < count; nth += 1) {
      const seconds = offsets[(first + nth) % offsets.length]!
      const { answers, trouble } = await start(`clock${nth}`, seconds)
      if (answers.length > 0) figures.worked += 1
      else {
        figures.refused += 1
        assert.match(trouble, /LEDGER_CLOCK_WENT_BACK/, `${seconds} s: ${trouble}`)
      }
      assert.ok(answers.length === 0 || seconds > -120, `${seconds} s were taken`)
    }
    const verified = await verify(dataDir, acknowledged)
    return { done: count, figures: { ...figures, acknowledged: acknowledged.size, ...verified } }
  },
)
