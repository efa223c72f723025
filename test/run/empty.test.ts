import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { cadence } from '../../src/core/control/cadence.ts'
import {
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  statementVerdictChanged,
  verdictChanged,
} from '../../src/core/facts.ts'
import { handClock, memoryLog, startTestServer } from '../../src/core/ledger/testing.ts'
import { compose, type Okite } from '../../src/core/run/compose.ts'
import { trainingDone } from '../synthetic.ts'
import { closeRuns, createRun } from './harness.ts'

test('V15a an empty organisation: 159 unknown, 0 kept, 0 broken, also after fourteen months', async () => {
  const project = join(import.meta.dirname, '..', '..')
  const dataDir = mkdtempSync(join(tmpdir(), 'oke-'))
  const clock = handClock(Date.parse('2026-11-01T08:00:00.000Z'))
  const { log, lines } = memoryLog()
  let open: Okite | null = null
  const start = async (create: boolean) => {
    open = await compose({
      ...{ source: join(project, 'src'), project, dataDir, create, clock, log },
      ...{ flags: {}, environment: {} },
    })
    return open
  }
  const stop = async () => {
    await open?.close()
    open = null
  }
  try {
    const first = await start(true)
    await allUnknown(first)
    await stop()
    // Nobody looked for so long; every wake is stepped in its turn before the start is over (V7).
    clock.set('2028-01-02T08:00:00.000Z')
    const second = await start(false)
    assert.deepEqual(second.judges.stopped, [])
    await allUnknown(second)
    for (const { body } of await second.reader.latest(occurrenceClosed, 10_000))
      assert.equal(body.outcome, 'unknown', `${body.control} ${body.occurrence}`)
    for (const { body } of await second.reader.latest(findingOpened, 1_000))
      assert.equal(body.status, 'unknown', JSON.stringify(body))
    await stop()
    assert.deepEqual(
      lines.filter(line => line.includes('"error"')),
      [],
    )
  } finally {
    await stop()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
})

test('V15a V41 a word that is retracted was none: what rested on it is restated', async () => {
  const server = await startTestServer()
  try {
    const control = cadence({
      ...{ id: 'synthetic.met', version: 1, owner: 'ciso', period: 'P1M', zone: 'Asia/Taipei' },
      ...{ joins: 'next', done: [{ type: trainingDone, key: () => 'org' }] },
    })
    const run = await createRun(server)
    await run.start({ controls: [control] })
    await run.adopt()
    const word = await run.fact(trainingDone, { subject: 'p', topic: 0 })
    assert.equal(await run.says(control.id), 'kept / done')
    await run.advance('2026-03-02T00:00:00.000Z')
    assert.equal(await run.says(control.id), 'broken / missed')
    await run.retract(word)
    assert.equal(await run.says(control.id), 'unknown / evidence.missing')
    const restated = await run.facts(occurrenceRestated)
    assert.deepEqual(
      restated.map(({ body }) => [body.was, body.now]),
      [
        ['done', 'unknown'],
        ['missed', 'unknown'],
      ],
    )
    await run.finish()
  } finally {
    await closeRuns()
    await server.stop()
  }
})

/** Not only now: nothing else was ever said. */
async function allUnknown(okite: Okite): Promise<void> {
  assert.equal(okite.judges.judged, await okite.ledger.size())
  const said = await okite.reader.latest(statementVerdictChanged, 10_000)
  assert.equal(new Set(said.map(fact => fact.body.statement)).size, 159)
  const controls = await okite.reader.latest(verdictChanged, 10_000)
  assert.equal(new Set(controls.map(fact => fact.body.control)).size, okite.controls.length)
  for (const { body } of [...controls, ...said])
    assert.equal(body.status, 'unknown', JSON.stringify(body))
}
