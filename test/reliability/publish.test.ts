import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { publish } from '../../src/core/ledger/publish.ts'
import { openTestLedger, startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { grow, readPublished } from '../../src/core/ledger/testing-published.ts'
import { fault } from './fault.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

const isTraced = spawnSync('strace', ['-V']).status === 0

/** What publishing asks of the system, and how that goes wrong. */
const calls = ['fsync', 'rename', 'mkdir', 'openat', 'write'] as const
const faults = ['error=EIO', 'error=ENOSPC', 'signal=SIGKILL'] as const

const sizeOld = 250
const sizeNew = 700

fault(
  {
    id: 'publish',
    fault: 'a system call of publishing fails, has no room, or is the last',
    holds: 'I2 I5',
    quick: 6,
    full: 400,
  },
  async ({ count, random }, t) => {
    if (!isTraced) {
      t.skip('strace is not on this machine')
      return null
    }
    const opened = await openTestLedger(server)
    const { pool, trusted, signer } = opened
    const before = mkdtempSync(join(server.folder, 'before-'))
    await grow(opened, sizeOld)
    await publish(pool, before, trusted)
    await grow(opened, sizeNew)
    const { host, user, password, database } = pool.options
    const program = [
      join(import.meta.dirname, 'publish-once.ts'),
      JSON.stringify({ host, user, password, database, max: 1 }),
    ]
    /** The nth call on anything below the folder fails so. Answers whether there was one. */
    const inject = (folder: string, call: string, how: string, nth: number): boolean => {
      const trace = join(folder, '..', 'trace')
      const ran = spawnSync(
        'strace',
        [
          ...['-f', '-qq', '-o', trace, '-e', `trace=${call}`],
          ...['-e', `inject=${call}:${how}:when=${nth}`],
          ...[process.execPath, ...program, folder, signer.vkey],
        ],
        { encoding: 'utf8', timeout: 60_000 },
      )
      const isThere = /\(INJECTED\)|killed by SIGKILL/.test(readFileSync(trace, 'utf8'))
      assert.equal(ran.error, undefined)
      if (!isThere) assert.equal(ran.status, 0, ran.stderr)
      return isThere
    }
    const left = { old: 0, new: 0 }
    let done = 0
    // Each call in turn, each of its times, each fault; the tests take some of them by chance.
    const plan = calls.flatMap(call => faults.map(how => ({ call, how, nth: 0, ended: false })))
    while (done < count) {
      const open = plan.filter(one => !one.ended)
      const [one] = count < 50 ? [open[random(open.length)]] : open
      if (one === undefined) break
      one.nth += count < 50 ? 1 + random(3) : 1
      const folder = join(mkdtempSync(join(server.folder, 'try-')), 'published')
      cpSync(before, folder, { recursive: true })
      if (!inject(folder, one.call, one.how, one.nth)) {
        one.ended = true
        continue
      }
      done += 1
      const size = await readPublished(folder, opened)
      assert.ok(size === sizeOld || size === sizeNew, `${size} after ${JSON.stringify(one)}`)
      left[size === sizeOld ? 'old' : 'new'] += 1
      assert.equal(await publish(pool, folder, trusted), sizeNew)
      assert.equal(await readPublished(folder, opened), sizeNew)
      rmSync(join(folder, '..'), { recursive: true })
    }
    await opened.ledger.close()
    return { done, figures: { 'left the old size': left.old, 'left the new size': left.new } }
  },
)
