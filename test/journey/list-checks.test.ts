import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ledgerChecked, statementVerdictChanged, verdictChanged } from '../../src/core/facts.ts'
import { handClock, memoryLog } from '../../src/core/ledger/testing.ts'
import { compose, type Okite } from '../../src/core/run/compose.ts'
import { recordLines } from '../../src/core/run/record-command.ts'
import { integrityChecked } from '../../src/protect/data/facts.ts'

/** The program looks after its list by itself; the nights are those of Taipei, eight hours ahead. */
const project = join(import.meta.dirname, '..', '..')
const control = 'protect.data.no-unauthorised-alteration'
const root = mkdtempSync(join(tmpdir(), 'okite-checks-'))
after(() => rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))

type Started = Readonly<{ okite: Okite; clock: ReturnType<typeof handClock>; lines: string[] }>

async function start(name: string, at: string, settings: readonly string[] = []): Promise<Started> {
  const dataDir = join(root, name)
  const create = !existsSync(dataDir)
  const { log, lines } = memoryLog()
  const clock = handClock(Date.parse(at))
  if (create) {
    mkdirSync(dataDir, { mode: 0o700 })
    writeFileSync(join(dataDir, 'okite.yaml'), settings.join('\n'))
  }
  const okite = await compose({
    ...{ source: join(project, 'src'), project, dataDir, create, flags: {}, environment: {} },
    ...{ clock, log },
  })
  await okite.begin()
  return { okite, clock, lines }
}

const checks = async ({ okite }: Started) => (await okite.reader.latest(ledgerChecked, 100)).length
const newest = async ({ okite }: Started) => (await okite.reader.latest(ledgerChecked, 1))[0]?.body

/** What the program does each minute, at this one. */
async function lookAt(started: Started, instant: string): Promise<number> {
  started.clock.set(instant)
  await started.okite.checks.look()
  return checks(started)
}

async function settle({ okite }: Started): Promise<void> {
  await okite.settled((await okite.ledger.size()) - 1)
}

async function record({ okite }: Started, ...facts: readonly object[]): Promise<void> {
  const text = facts.map(fact => JSON.stringify(fact)).join('\n')
  const told = await recordLines(okite, Buffer.from(text), { by: 'hanako', dry: false })
  assert.deepEqual(told.complaints, [])
}

/** A byte of an entry, by somebody who owns the database. */
async function alter({ okite }: Started): Promise<void> {
  const { pool } = okite.database
  await pool.query('alter table ledger.entry disable trigger user')
  await pool.query(
    'update ledger.entry set leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1) where idx = 3',
  )
}

describe('E6 the list is checked by itself', () => {
  test('E6 in the first night, then each week, whoever asked for the last one, also across restarts', async () => {
    let run = await start('weekly', '2026-11-02T01:00:00.000Z')
    try {
      assert.equal(await lookAt(run, '2026-11-02T19:29:00.000Z'), 0, 'it is not night')
      assert.equal(await lookAt(run, '2026-11-02T19:30:00.000Z'), 1)
      assert.equal((await newest(run))?.isSound, true)
      assert.equal(await lookAt(run, '2026-11-02T19:31:00.000Z'), 1)
      await run.okite.close()
      run = await start('weekly', '2026-11-02T19:40:00.000Z')
      assert.equal(await lookAt(run, '2026-11-02T19:41:00.000Z'), 1, 'a restart begins nothing')
      assert.equal(await lookAt(run, '2026-11-08T19:30:00.000Z'), 1, 'six days')
      run.clock.set('2026-11-09T10:00:00.000Z')
      await run.okite.checks.check()
      assert.equal(await checks(run), 2, 'a person asked')
      assert.equal(await lookAt(run, '2026-11-09T19:30:00.000Z'), 2, 'his counts')
      assert.equal(await lookAt(run, '2026-11-16T19:30:00.000Z'), 3)
    } finally {
      await run.okite.close()
    }
  })

  test('E6 a night without the program: by day, once it has settled, and not at each start', async () => {
    let run = await start('away', '2026-11-02T01:00:00.000Z')
    try {
      assert.equal(await lookAt(run, '2026-11-02T19:30:00.000Z'), 1)
      await run.okite.close()
      run = await start('away', '2026-11-10T00:00:00.000Z')
      assert.equal(
        await lookAt(run, '2026-11-10T00:20:00.000Z'),
        1,
        'the next night is soon enough',
      )
      await run.okite.close()
      run = await start('away', '2026-11-11T00:00:00.000Z')
      assert.equal(await lookAt(run, '2026-11-11T00:14:00.000Z'), 1, 'it has just started')
      assert.equal(await lookAt(run, '2026-11-11T00:15:00.000Z'), 2)
      await run.okite.close()
      run = await start('away', '2026-11-11T01:00:00.000Z')
      assert.equal(await lookAt(run, '2026-11-11T03:00:00.000Z'), 2)
    } finally {
      await run.okite.close()
    }
  })

  test('E6 with checkDays: 0 it is left to people, and another time of day is kept', async () => {
    const never = await start('never', '2026-11-02T01:00:00.000Z', ['checkDays: 0'])
    try {
      assert.equal(await lookAt(never, '2026-12-20T19:30:00.000Z'), 0)
    } finally {
      await never.okite.close()
    }
    const noon = await start('noon', '2026-11-02T01:00:00.000Z', [
      'checkDays: 1',
      "checkTime: '12:00'",
    ])
    try {
      assert.equal(await lookAt(noon, '2026-11-02T04:00:00.000Z'), 1)
      assert.equal(await lookAt(noon, '2026-11-03T03:59:00.000Z'), 1)
      assert.equal(await lookAt(noon, '2026-11-03T04:00:00.000Z'), 2)
    } finally {
      await noon.okite.close()
    }
  })

  test('E6 an entry that was altered is found by itself, and the sentence breaks', async () => {
    const run = await start('altered', '2026-11-02T01:00:00.000Z')
    try {
      await record(run, {
        type: 'data.set.listed',
        occurred: '2026-11-02T01:00:00.000Z',
        body: {
          ...{ set: 'okite', contents: ['operation'], class: 'confidential', level: 2 },
          ...{ owner: 'ciso', stores: [], readers: [], isProtected: true },
        },
      })
      assert.equal(await lookAt(run, '2026-11-02T19:30:00.000Z'), 1)
      await settle(run)
      assert.deepEqual((await run.okite.reader.latest(integrityChecked, 1))[0]?.body.differing, 0)
      await alter(run)
      assert.equal(await lookAt(run, '2026-11-09T19:30:00.000Z'), 2, run.lines.join(''))
      assert.equal((await newest(run))?.isSound, false)
      await settle(run)
      const verdict = (await run.okite.reader.latest(verdictChanged, 10_000)).find(
        ({ body }) => body.control === control,
      )
      assert.equal(verdict?.body.status, 'broken')
      const sentence = (await run.okite.reader.latest(statementVerdictChanged, 10_000)).find(
        ({ body }) => body.controls.includes(control),
      )
      assert.equal(sentence?.body.status, 'broken')
      assert.ok(run.lines.some(line => line.includes('fsck.differs')))
    } finally {
      await run.okite.close()
    }
  })

  test('E6 one that the program cuts short as it stops says nothing, and the next start makes it', async () => {
    let run = await start('cut', '2026-11-02T01:00:00.000Z')
    try {
      run.clock.set('2026-11-02T19:30:00.000Z')
      const looked = run.okite.checks.look()
      // A person who asks meanwhile joins it.
      for (let turns = 0; turns < 10_000 && !run.okite.checks.state().running; turns++)
        await new Promise(setImmediate)
      assert.ok(run.okite.checks.state().running)
      const joined = run.okite.checks.check()
      await run.okite.close()
      await Promise.all([looked, joined])
      assert.equal(run.okite.checks.state().code, 'STOPPING')
      assert.equal(run.okite.checks.state().running, false)
      run = await start('cut', '2026-11-02T19:40:00.000Z')
      assert.equal(await checks(run), 0)
      assert.equal(await lookAt(run, '2026-11-02T19:41:00.000Z'), 1)
    } finally {
      await run.okite.close()
    }
  })
})
