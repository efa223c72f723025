import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Fact } from '../../src/core/fact.ts'
import { occurrenceClosed, statementVerdictChanged } from '../../src/core/facts.ts'
import { memoryLog } from '../../src/core/ledger/testing.ts'
import { type ComposeOptions, compose, type Okite } from '../../src/core/run/compose.ts'
import { type Filled, fill } from '../../src/core/sample/fill.ts'
import { systemClock } from '../../src/core/time.ts'

const project = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'okite-sample-'))
const seed = 7
const untilMs = Date.parse('2026-11-26T10:00:00.000Z')

const optionsOf = (dataDir: string): ComposeOptions => ({
  ...{ source: join(project, 'src'), project, dataDir, create: true },
  ...{ flags: {}, environment: {}, clock: systemClock, log: memoryLog().log },
})

const fillNew = (name: string): Promise<Filled> => {
  const dataDir = mkdtempSync(join(folder, name))
  return fill({ ...optionsOf(dataDir), seed, untilMs }).then(filled => {
    folders.push(dataDir)
    return filled
  })
}
const folders: string[] = []

describe('the sample organisation', () => {
  let filled: Filled
  let okite: Okite
  const facts: Fact[] = []
  before(async () => {
    filled = await fillNew('one-')
    okite = await compose(optionsOf(folders[0] as string))
    for (let from = 0; from < filled.size; from += 10_000)
      facts.push(...(await okite.ledger.read(from, 10_000)))
  })
  after(async () => {
    await okite?.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  })

  test('its policy page shows every colour: what is kept, broken, unknown and due at the end', () => {
    const statuses = new Map<string, string>()
    for (const { type, body } of facts as Fact<any>[])
      if (type === statementVerdictChanged.name) statuses.set(body.statement, body.status)
    const count = (status: string) => [...statuses.values()].filter(one => one === status).length
    assert.equal(statuses.size, 159)
    assert.ok(count('kept') >= 60, `kept: ${count('kept')}`)
    assert.ok(count('broken') >= 5, `broken: ${count('broken')}`)
    assert.ok(count('unknown') >= 5, `unknown: ${count('unknown')}`)
    assert.ok(count('due') >= 1, `due: ${count('due')}`)
    assert.deepEqual(okite.judges.stopped, [])
  })

  test('what was missed or late in earlier months is on its list', () => {
    const closed = (facts as Fact<any>[]).filter(({ type }) => type === occurrenceClosed.name)
    const outcomes = new Set(closed.map(({ body }) => body.outcome))
    for (const outcome of ['done', 'missed', 'late', 'met'])
      assert.ok(outcomes.has(outcome), outcome)
  })

  test('verdicts are spread over the year: time passed while it was judged', () => {
    const months = new Set(
      facts
        .filter(({ type }) => type === statementVerdictChanged.name)
        .map(({ recorded }) => recorded.slice(0, 7)),
    )
    assert.ok(months.size >= 12, [...months].join(' '))
  })

  test('it is known as a sample, and its time goes on from the end of the year', () => {
    assert.equal(okite.isSample, true)
    const aheadMs = okite.clock.nowMs() - untilMs
    assert.ok(aheadMs > -60_000 && aheadMs < 600_000, `${aheadMs}`)
  })

  test('the same seed and end make the same list, byte by byte', async () => {
    const again = await fillNew('two-')
    assert.deepEqual(again, filled)
  })
})
