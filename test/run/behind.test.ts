import { strict as assert } from 'node:assert'
import { after, before, test } from 'node:test'
import { state } from '../../src/core/control/state.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { limits } from '../../src/core/limits.ts'
import { createReader } from '../../src/core/run/reader.ts'
import { assetListed, assetScanned, inventoryDeclared } from '../synthetic.ts'
import { closeRuns, createRun } from './harness.ts'

const subjectOf = (f: any) => f.body.subject as string
const scanned = state({
  version: 1,
  owner: 'ciso',
  id: 'synthetic.scanned',
  population: {
    id: 'assets',
    enter: { type: assetListed, key: subjectOf },
    complete: { type: inventoryDeclared },
    fresh: 'P90D',
  },
  slots: { scan: { type: assetScanned, key: subjectOf, fresh: 'P14D' } },
  holds: ({ scan }) => scan?.body.faults === 0,
})

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

async function startKept() {
  const run = await createRun(server)
  const reader = createReader(run.reading, run.ledger)
  await run.start({ controls: [scanned] })
  await run.adopt()
  await run.fact(assetListed, { subject: 'a' })
  await run.fact(inventoryDeclared, { count: 1 })
  await run.fact(assetScanned, { subject: 'a', topic: 0, faults: 0 })
  assert.equal(await run.says('synthetic.scanned'), 'kept / holds')
  const behind = (ms: number) => reader.behind(run.clock.nowMs() + ms)
  assert.equal(await behind(limits.behindMsMax * 2), null, 'nothing is due')
  return { run, reader, behind }
}

test('V31a a fact that nobody has judged for a minute puts the conclusions behind', async () => {
  const { run, behind } = await startKept()
  await run.stop()
  const pos = await run.append(assetScanned, { subject: 'a', topic: 0, faults: 3 })
  const [fact] = await run.ledger.readPositions([pos])
  assert.equal(await behind(limits.behindMsMax), null)
  assert.equal(await behind(limits.behindMsMax + 1), fact?.recorded)
  await run.start({ controls: [scanned] })
  await run.settle()
  assert.equal(await behind(limits.behindMsMax + 1), null)
  assert.equal(await run.says('synthetic.scanned'), 'broken / failing')
  await run.finish()
})

test('V31a judged and not yet in the tables is behind as well', async () => {
  const { run, behind } = await startKept()
  await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
  await run.runner.reached((await run.ledger.size()) - 1)
  assert.notEqual(await behind(limits.behindMsMax + 1), null)
  await run.settle()
  assert.equal(await behind(limits.behindMsMax + 1), null)
  await run.finish()
})

test('V3 V32 a policy that begins at midnight, when days are sealed too, stops no judge', async () => {
  const { run } = await startKept()
  const midnight = '2026-01-06T00:00:00.000Z'
  const pos = await run.adopt({ from: midnight, hash: 'b'.repeat(64) })
  await run.advance('2026-01-06T00:01:00.000Z')
  assert.deepEqual(run.runner.stopped, [])
  assert.equal((await run.verdict('synthetic.scanned')).body.policy, pos)
  assert.equal(await run.says('synthetic.scanned'), 'kept / holds')
  await run.finish()
})

test('V31a a wake that nobody has stepped for a minute puts them behind; one of a stopped judge does not', async () => {
  const { run, reader } = await startKept()
  const stale = run.clock.nowMs() + 14 * 86_400_000
  await run.stop()
  // The first is the midnight at which counts are sealed (V27).
  const { rows } = await run.pool.query('select min(wake) as wake from fold.judge_row')
  assert.equal(await reader.behind(stale + 60_000), rows[0].wake)
  await run.pool.query(`update fold.judge set stopped = 'X' where judge = 'synthetic.scanned'`)
  assert.equal(await reader.behind(stale + 86_400_000), null)
  await run.pool.query('update fold.judge set stopped = null')
  await run.start({ controls: [scanned] })
  await run.advance(new Date(stale + 60_000).toISOString())
  assert.equal(await reader.behind(stale + 60_000), null)
  assert.match(await run.says('synthetic.scanned'), /^unknown/)
  await run.finish()
})
