import { strict as assert } from 'node:assert'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { clock as clockControl } from '../../src/core/control/clock.ts'
import { lawAdopted } from '../../src/core/facts.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { adoptLaws } from '../../src/core/run/calendars.ts'
import { caseClosed, caseOpened } from '../synthetic.ts'
import { closeRuns, createRun } from './harness.ts'

const shipped = join(import.meta.dirname, '../../policy/laws')
const key = (f: any) => f.body.subject as string
const told = clockControl({
  ...{ id: 'synthetic.told', version: 1, owner: 'legal', zone: 'UTC', window: 'P1Y' },
  start: [{ type: caseOpened, key }],
  stop: [{ type: caseClosed, key }],
  limit: 'P1Y',
  law: () => 'GDPR-33-1',
})

let server: TestServer
const folder = mkdtempSync(join(tmpdir(), 'okite-laws-'))
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('V8 V18 laws are adopted once, a changed one at the next start, and running legs follow it', async () => {
  const run = await createRun(server, { start: '2026-06-01T00:00:00.000Z' })
  const adopt = (from: string) =>
    adoptLaws({ ledger: run.ledger, pool: run.pool, clock: run.clock, folder: from })
  await run.start({ controls: [told] })
  await run.adopt()
  await run.fact(caseOpened, { subject: 'c1', topic: 0 })
  const said = async () => {
    const { is } = (await run.row('synthetic.told', 'c1')).kind
    return [is.reason.code, is.reason.args.deadline, is.reason.args.provision]
  }
  assert.equal((await said())[0], 'law.unknown')
  await adopt(shipped)
  await run.settle()
  const [code, deadline, provision] = await said()
  assert.deepEqual([code, provision], ['running', 'Art. 33(1)'])
  const laws = await run.facts(lawAdopted)
  assert.ok(laws.length >= 6)
  const draft = laws.flatMap(fact => fact.body.clocks).find(one => one.id === 'TWPDPA-DRAFT72')
  assert.deepEqual(draft.versions, [], 'a draft has no version')
  await adopt(shipped)
  assert.equal((await run.facts(lawAdopted)).length, laws.length, 'nothing has changed')

  const text = readFileSync(join(shipped, 'gdpr.yaml'), 'utf8')
  writeFileSync(join(folder, 'gdpr.yaml'), text.replace('limit: PT72H', 'limit: PT96H'))
  run.clock.add(60_000)
  await adopt(folder)
  await run.settle()
  assert.equal((await run.facts(lawAdopted)).length, laws.length + 1)
  const day = 86_400_000
  assert.equal(Date.parse((await said())[1]) - Date.parse(deadline), day)
  // A row that is built again, and everything that is performed again, find the same.
  await run.stop()
  await run.start({ controls: [told] })
  assert.equal(Date.parse((await said())[1]) - Date.parse(deadline), day)
  await run.finish()
})
