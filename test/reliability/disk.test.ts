import { strict as assert } from 'node:assert'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openDatabase } from '../../src/core/db/database.ts'
import { ledgerLimits } from '../../src/core/ledger/core.ts'
import { memoryLog, openTestLedger } from '../../src/core/ledger/testing.ts'
import { systemClock } from '../../src/core/time.ts'
import { fault, Source } from './fault.ts'

const folder = mkdtempSync(join(tmpdir(), 'okite-disk-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** The embedded database as the program has it, and a list on it. */
async function openOn(place: string) {
  const { log } = memoryLog()
  const database = await openDatabase({ dataDir: join(place, 'data'), log, clock: systemClock })
  const opened = await openTestLedger({ folder, database: async () => database.pool })
  return { ...opened, database }
}

const sourcesAtOnce = 16
/** With fewer it could not make room for itself again. */
const leftBytes = 6 * 1024 * 1024
/** What a list of its own size needs, with the database's log; and what each time adds. */
const [diskMebibytes, eachMebibytes] = [200, 60]
const goesOnMsMax = 60_000

fault(
  {
    id: 'disk-full',
    fault: 'the disk is full, and has room again',
    holds: 'I1 I2 I3 I4',
    quick: 1,
    full: 20,
  },
  async ({ count }, t) => {
    const disk = join(folder, 'small')
    mkdirSync(disk)
    const size = `${diskMebibytes + count * eachMebibytes}m`
    const options = ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', disk]
    if (spawnSync('mount', options).status !== 0) {
      t.skip('this machine lets us mount nothing')
      return null
    }
    try {
      const opened = await openOn(disk)
      const source = new Source()
      let longestMs = 0
      for (let nth = 0; nth < count; nth += 1) {
        const ballast = join(disk, 'ballast')
        const { bavail, bsize } = statfsSync(disk)
        fill(ballast, Math.max(bavail * bsize - leftBytes, 0))
        const waiting = await untilRefused(opened, source)
        rmSync(ballast)
        const roomAt = performance.now()
        for (const one of waiting) {
          while (!(await source.deliver(opened, one))) {
            assert.ok(performance.now() - roomAt < goesOnMsMax, 'it goes on once there is room')
            await pause(50)
          }
        }
        longestMs = Math.max(longestMs, performance.now() - roomAt)
      }
      const { entries } = await source.verify(opened)
      assert.equal(entries, source.acknowledged.size + 1)
      await opened.ledger.close()
      await opened.database.close()
      const refusals = Object.fromEntries(source.refused)
      return {
        done: count,
        figures: { acknowledged: entries - 1, ...refusals, ...seconds(longestMs) },
      }
    } finally {
      spawnSync('umount', ['--lazy', disk])
    }
  },
)

const seconds = (longestMs: number) => ({
  'seconds until it went on, at most': Math.round(longestMs / 100) / 10,
})

/** What the database writes meanwhile may leave less than was free: then it is full all the sooner. */
function fill(path: string, bytes: number): void {
  try {
    writeFileSync(path, Buffer.alloc(bytes))
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
  }
}

/** Delivers until the disk has no room. Answers what was not acknowledged. */
async function untilRefused(opened: Awaited<ReturnType<typeof openOn>>, source: Source) {
  const isRefused = () =>
    source.refused.get('LEDGER_DISK_FULL') ?? source.refused.get('LEDGER_UNAVAILABLE') ?? 0
  const before = isRefused()
  const waiting: string[] = []
  const lane = async () => {
    while (isRefused() === before) {
      const one = source.fresh()
      if (!(await source.deliver(opened, one))) waiting.push(one)
    }
  }
  await Promise.all(Array.from({ length: sourcesAtOnce }, lane))
  return waiting
}

/** How late each flush of the database is. */
const delaysMs = [50, 200, 1_000]

fault(
  {
    id: 'disk-slow',
    fault: 'every flush of the database takes 50, 200 or 1,000 ms (seconds in all)',
    holds: 'I1 I2 I3 I4 I10',
    quick: 0,
    full: 180,
  },
  async ({ count }, t) => {
    if (spawnSync('strace', ['-V']).status !== 0) {
      t.skip('strace is not on this machine')
      return null
    }
    const opened = await openOn(join(folder, 'slow'))
    const source = new Source()
    const figures: Record<string, number> = {}
    for (const delayMs of delaysMs) {
      const slow = await slowDown(opened.database.pid ?? 0, delayMs)
      const endMs = performance.now() + (count / delaysMs.length) * 1_000
      const [before, waits]: [number, number[]] = [source.acknowledged.size, []]
      let open = 0
      let openMost = 0
      // Nobody waits for an answer before the next delivery: what is not taken is refused.
      const sent: Promise<unknown>[] = []
      while (performance.now() < endMs) {
        open += 1
        const beganMs = performance.now()
        const isWritten = source.deliver(opened, source.fresh()).then(isThere => {
          open -= 1
          if (isThere) waits.push(performance.now() - beganMs)
        })
        sent.push(isWritten)
        await pause(1)
        // What was refused has been told so by now, and waits no more.
        openMost = Math.max(openMost, open)
      }
      await Promise.all(sent)
      slow.kill('SIGTERM')
      await new Promise(resolve => slow.once('exit', resolve))
      assert.ok(openMost <= ledgerLimits.queueCountMax, `${openMost} waited (I10)`)
      figures[`facts/s at ${delayMs} ms`] = Math.round(
        (source.acknowledged.size - before) / (count / delaysMs.length),
      )
      figures[`longest wait at ${delayMs} ms`] = Math.round(Math.max(...waits))
    }
    const { entries } = await source.verify(opened)
    assert.equal(entries, source.acknowledged.size + 1)
    await opened.ledger.close()
    await opened.database.close()
    return { done: count, figures: { ...figures, acknowledged: entries - 1 } }
  },
)

/** Stands before every flush of the postmaster and of whatever it starts. */
async function slowDown(pid: number, delayMs: number): Promise<ChildProcess> {
  const delay = `delay_enter=${delayMs * 1_000}`
  const calls = 'fdatasync,fsync'
  const args = [
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${calls}:${delay}`,
  ]
  const pids = spawnSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
  const all = [`${pid}`, ...pids].filter(Boolean).flatMap(one => ['-p', one])
  const strace = spawn('strace', [...args, ...all], { stdio: 'ignore' })
  await pause(500)
  assert.equal(strace.exitCode, null, 'strace holds the server')
  return strace
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
