import { strict as assert } from 'node:assert'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { clock as clockControl } from '../../src/core/control/clock.ts'
import { calendarAdopted } from '../../src/core/facts.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { adoptCalendars } from '../../src/core/run/calendars.ts'
import { caseClosed, caseOpened } from '../synthetic.ts'
import { closeRuns, createRun, type Run } from './harness.ts'

const folder = join(import.meta.dirname, '../../policy/calendars')
const key = (f: any) => f.body.subject as string
const answered = clockControl({
  id: 'synthetic.answered',
  version: 1,
  owner: 'desk',
  start: [{ type: caseOpened, key }],
  stop: [{ type: caseClosed, key }],
  limit: 'P80BD',
  calendar: 'tw',
  zone: 'Asia/Taipei',
  window: 'P1Y',
})

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

const adopt = (run: Run) =>
  adoptCalendars({ ledger: run.ledger, pool: run.pool, clock: run.clock, folder })

test('V8 the newest published version is adopted once, and the next when it is published', async () => {
  const run = await createRun(server, { start: '2025-05-01T00:00:00.000Z' })
  await adopt(run)
  const versions = async () =>
    (await run.facts(calendarAdopted))
      .filter(fact => fact.body.calendar === 'tw')
      .map(fact => fact.body.version)
  const first = await versions()
  assert.equal(first.length, 1)
  run.clock.set('2025-06-01T00:00:00.000Z')
  await adopt(run)
  assert.deepEqual(await versions(), first, 'nothing was published meanwhile')
  run.clock.set('2025-06-14T00:00:00.000Z')
  await adopt(run)
  assert.deepEqual((await versions()).slice(1), ['2025-06-13'])
  await run.close()
})

test('V8 V18 a running deadline is counted anew under the amendment of 2025-06-13, and says so', async () => {
  const run = await createRun(server, { start: '2025-06-10T00:00:00.000Z' })
  await adopt(run)
  await run.start({ controls: [answered] })
  await run.adopt()
  await run.fact(caseOpened, { subject: 'c1', topic: 0 })
  const said = async () => {
    const { is } = (await run.row('synthetic.answered', 'c1')).kind
    return [is.reason.code, is.reason.args.deadline, is.reason.args.version]
  }
  const [code, deadline, version] = await said()
  assert.equal(code, 'running')
  run.clock.set('2025-06-14T00:00:00.000Z')
  await adopt(run)
  await run.settle()
  const [codeNow, deadlineNow, versionNow] = await said()
  assert.equal(codeNow, 'recounted')
  assert.ok(versionNow > version && versionNow === '2025-06-13')
  // 29 September became a day off.
  assert.deepEqual(
    [deadline, deadlineNow],
    ['2025-09-30T15:59:59.999Z', '2025-10-01T15:59:59.999Z'],
  )
  // Another program on the same list counts the same, and so does a row that is built again.
  await run.stop()
  await run.start({ controls: [answered] })
  assert.deepEqual(await said(), [codeNow, deadlineNow, versionNow])
  await run.finish()
})
