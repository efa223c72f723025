import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  findingOpened,
  occurrenceClosed,
  statementVerdictChanged,
  verdictChanged,
} from '../../src/core/facts.ts'
import { handClock, memoryLog } from '../../src/core/ledger/testing.ts'
import { compose, type Okite } from '../../src/core/run/compose.ts'

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
