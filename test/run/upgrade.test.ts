import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import type { Control } from '../../src/core/control/kind.ts'
import { rollup, statementRollup } from '../../src/core/control/rollup.ts'
import { state } from '../../src/core/control/state.ts'
import type { Fact } from '../../src/core/fact.ts'
import {
  controlVersionChanged,
  factRetracted,
  findingClosed,
  findingOpened,
  judgeVersionChanged,
  occurrenceClosed,
  statementVerdictChanged,
  verdictChanged,
} from '../../src/core/facts.ts'
import { isFact, type Judge } from '../../src/core/judge.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { limits } from '../../src/core/limits.ts'
import type { List } from '../../src/core/run/list.ts'
import { assetListed, assetScanned, inventoryDeclared, syntheticControls } from '../synthetic.ts'
import { closeRuns, createRun, duringFold, type Run, two } from './harness.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

const subjectOf = (f: any) => f.body.subject as string

/** Holds while a scan finds no more than so many faults. */
const scanned = (version: number, faultsMax: number, id = 'synthetic.scanned'): Control =>
  state({
    id,
    version,
    owner: 'ciso',
    population: {
      id: 'assets',
      enter: { type: assetListed, key: subjectOf },
      complete: { type: inventoryDeclared },
      fresh: 'P90D',
    },
    slots: { scan: { type: assetScanned, key: subjectOf, fresh: 'P60D' } },
    holds: ({ scan }) => scan?.body.faults <= faultsMax,
  })
const above = rollup({
  id: 'synthetic.above',
  version: 1,
  owner: 'ciso',
  of: ['synthetic.scanned', 'synthetic.second'],
  worst: true,
})
const statements = statementRollup(
  () =>
    new Map([
      ['st1', ['synthetic.scanned']],
      ['st2', ['synthetic.above']],
    ]),
)

async function filled(controls: readonly Control[]): Promise<Run> {
  const run = await createRun(server)
  await run.start({ controls, judges: [statements] })
  await run.adopt()
  for (const subject of ['a', 'b']) await run.append(assetListed, { subject })
  await run.append(inventoryDeclared, { count: 2 })
  await run.append(assetScanned, { subject: 'a', topic: 0, faults: 0 })
  await run.fact(assetScanned, { subject: 'b', topic: 0, faults: 2 })
  return run
}

const count = async (run: Run) => (await run.list()).length
const since = async (run: Run, pos: number): Promise<readonly Fact<any>[]> =>
  (await run.list()).slice(pos)
/** What the list says of each statement. */
async function read(run: Run): Promise<Record<string, string>> {
  const facts = await run.facts(statementVerdictChanged)
  return Object.fromEntries(
    facts.map(({ body }) => [body.statement, `${body.status} / ${body.reason.code}`]),
  )
}
const types = (facts: readonly Fact[]) => facts.map(fact => fact.type)

describe('new versions', () => {
  test('V46 a new version is folded silently and says once what is different', async () => {
    const run = await filled([scanned(1, 0)])
    assert.equal(await run.says('synthetic.scanned'), 'broken / failing')
    const before = await count(run)
    const standing = await run.verdict('synthetic.scanned')
    await run.stop()
    await run.start({
      controls: [scanned(2, 3)],
      judges: [statements],
      sources: { 'synthetic.scanned': 'two' },
    })
    const [changed, ...said] = await since(run, before)
    assert.equal(changed?.type, judgeVersionChanged.name)
    assert.deepEqual(
      types(said.slice(0, 3)),
      [findingClosed, controlVersionChanged, verdictChanged].map(type => type.name),
    )
    assert.deepEqual(said[1]?.body, {
      control: 'synthetic.scanned',
      from: 1,
      to: 2,
      was: 'broken',
      now: 'kept',
    })
    assert.deepEqual(said[1]?.because, [standing.pos, changed?.pos])
    assert.equal(said[0]?.body.reason.code, 'rejudged')
    assert.equal(said[2]?.body.previous, standing.pos)
    assert.equal(await run.says('synthetic.scanned'), 'kept / holds')
    await run.fact(assetScanned, { subject: 'b', topic: 0, faults: 4 })
    assert.equal(await run.says('synthetic.scanned'), 'broken / failing')
    await run.finish()
  })

  test('V46 a changed source that concludes the same says nothing but that', async () => {
    const run = await filled([scanned(1, 0)])
    const before = await count(run)
    await run.stop()
    await run.start({
      controls: [scanned(1, 0)],
      judges: [statements],
      sources: { 'synthetic.scanned': 'two' },
    })
    assert.deepEqual(types(await since(run, before)), [judgeVersionChanged.name])
    await run.stop()
    await run.start({
      controls: [scanned(1, 0)],
      judges: [statements],
      sources: { 'synthetic.scanned': 'two' },
    })
    assert.equal(await count(run), before + 1, 'and that once')
    await run.fact(assetScanned, { subject: 'b', topic: 0, faults: 0 })
    assert.equal(await run.says('synthetic.scanned'), 'kept / holds')
    await run.finish()
  })

  test('V46 a crash in the middle of a takeover leaves the old version', async () => {
    const run = await filled([scanned(1, 0)])
    const before = await count(run)
    const rows = await run.row('synthetic.scanned', '')
    await run.stop()
    const list = (of: List): List => ({
      ...of,
      write: work =>
        of.write(async batch => {
          await work(batch)
          throw new Error('crash')
        }),
    })
    const next = {
      controls: [scanned(2, 3)],
      judges: [statements],
      sources: { 'synthetic.scanned': 'two' },
    }
    await assert.rejects(run.start({ ...next, list }), /crash/)
    assert.equal(await count(run), before)
    assert.deepEqual(await run.row('synthetic.scanned', ''), rows)
    await run.stop()
    await run.start({ controls: [scanned(1, 0)], judges: [statements] })
    assert.equal(await count(run), before)
    await run.stop()
    await run.start(next)
    assert.equal(await run.says('synthetic.scanned'), 'kept / holds')
    await run.finish()
  })

  describe('V46 a long list is folded before the head is locked', () => {
    const next = {
      controls: [scanned(2, 3)],
      judges: [statements],
      sources: { 'synthetic.scanned': 'two' },
    }

    async function long(): Promise<Run> {
      const run = await filled([scanned(1, 0)])
      const scans = Array.from({ length: limits.factsPerBatchMax }, (_, nth) =>
        run.append(assetScanned, { subject: 'a', topic: nth, faults: 0 }),
      )
      await Promise.all(scans)
      await run.fact(assetScanned, { subject: 'a', topic: 0, faults: 0 })
      return run
    }

    test('others append meanwhile, and are judged by the new version', async () => {
      const run = await long()
      const before = await count(run)
      await run.stop()
      let folded = 0
      const list = duringFold(async length => {
        folded = length
        // Under the head lock this would wait for the fold, and the fold for it.
        await run.append(assetScanned, { subject: 'b', topic: 0, faults: 4 })
        assert.equal(await count(run), before + 1)
      })
      await run.start({ ...next, list })
      assert.equal(folded, before, 'the whole list was being folded')
      await run.settle()
      assert.equal(await run.says('synthetic.scanned'), 'broken / failing')
      const changed = (await run.facts(judgeVersionChanged)).at(-1)
      assert.equal(changed?.body.from, before)
      await run.finish()
    })

    test('what another process judges meanwhile is folded under the lock', async () => {
      const run = await long()
      await run.stop()
      const other = run.second({ controls: [scanned(1, 0)], judges: [statements] })
      await other.start()
      const list = duringFold(async () => {
        await run.append(assetScanned, { subject: 'b', topic: 0, faults: 4 })
        await run.settle(other)
        await other.close()
      })
      await run.start({ ...next, list })
      assert.equal(await run.says('synthetic.scanned'), 'broken / failing')
      await run.finish()
    })

    test('what was folded before an amendment is folded again', async () => {
      const run = await long()
      const [target] = (await run.facts(assetScanned)).filter(f => f.body.subject === 'b')
      await run.stop()
      const other = run.second({ controls: [scanned(1, 0)], judges: [statements] })
      await other.start()
      const list = duringFold(async () => {
        await run.append(factRetracted, { target: target!.pos }, { private: two })
        await run.settle(other)
        await other.close()
      })
      await run.start({ ...next, list })
      assert.equal(await run.says('synthetic.scanned'), 'unknown / evidence.missing')
      await run.finish()
    })
  })

  test('V46 a brand-new control on an old list, and several at once under a roll-up', async () => {
    const run = await filled([scanned(1, 0)])
    const before = await count(run)
    await run.stop()
    await run.start({
      controls: [scanned(2, 1), scanned(1, 5, 'synthetic.second'), above],
      judges: [statements],
      sources: { 'synthetic.scanned': 'two' },
    })
    await run.settle()
    const said = await since(run, before)
    assert.equal(said.filter(f => f.type === judgeVersionChanged.name).length, 3)
    assert.deepEqual(
      said.filter(f => f.type === occurrenceClosed.name),
      [],
    )
    assert.equal(await run.says('synthetic.second'), 'kept / holds')
    assert.equal(await run.says('synthetic.scanned'), 'broken / failing')
    assert.equal(await run.says('synthetic.above'), 'broken / controls.broken')
    const heard = await run.facts(statementVerdictChanged)
    assert.equal(heard.findLast(f => f.body.statement === 'st2')?.body.status, 'broken')
    await run.fact(assetScanned, { subject: 'b', topic: 0, faults: 0 })
    assert.equal(await run.says('synthetic.above'), 'kept / controls.kept')
    await run.finish()
  })

  test('V46 a new version of the roll-up says every statement that it concludes otherwise', async () => {
    const run = await filled([scanned(1, 3), above])
    assert.deepEqual(await read(run), {
      st1: 'kept / controls.kept',
      st2: 'unknown / controls.unknown',
    })
    const standing = (await run.facts(statementVerdictChanged)).at(-1)
    const before = await count(run)
    await run.stop()
    const [st1, st2] = [['synthetic.above'], ['synthetic.above']]
    const rebound = statementRollup(() => new Map(Object.entries({ st1, st2 })))
    const sources = { 'core.statement': 'two' }
    await run.start({ controls: [scanned(1, 3), above], judges: [rebound], sources })
    await run.settle()
    const [changed, ...said] = await since(run, before)
    assert.equal(changed?.type, judgeVersionChanged.name)
    assert.deepEqual(
      said.map(({ type, because, body }) => [type, because, body.statement, body.status]),
      [[statementVerdictChanged.name, [standing?.pos, changed?.pos], 'st1', 'unknown']],
      'st2 stands as it did',
    )
    await run.fact(assetScanned, { subject: 'b', topic: 0, faults: 4 })
    assert.equal((await run.integrity()).ok, true)
    await run.pool.query(
      `update fold.judge_row set state = '7' where judge = 'core.statement' and key = 'st1'`,
    )
    const { rows } = await run.integrity()
    assert.deepEqual(rows.differing, ['core.statement st1'], 'it is performed again (V43)')
    await run.close()
  })

  test('V46 when the roll-up is stopped no statement reads as it did, until its source changes', async () => {
    const controls = [scanned(1, 3), above]
    const throwing: Judge<any> = {
      ...statements,
      step(row, input, ctx) {
        if (isFact(input) && (input.body as any).status === 'broken') throw new Error('a bug')
        return statements.step(row, input, ctx)
      },
    }
    const run = await createRun(server)
    await run.start({ controls, judges: [throwing] })
    await run.adopt()
    for (const subject of ['a', 'b']) await run.append(assetListed, { subject })
    await run.append(inventoryDeclared, { count: 2 })
    for (const subject of ['a', 'b']) await run.fact(assetScanned, { subject, topic: 0, faults: 0 })
    assert.equal((await read(run))['st1'], 'kept / controls.kept')
    await run.fact(assetScanned, { subject: 'a', topic: 0, faults: 4 })
    const stopped = { st1: 'unknown / judge.stopped', st2: 'unknown / judge.stopped' }
    assert.deepEqual(await read(run), stopped)
    const last = (await run.facts(statementVerdictChanged)).at(-1)
    assert.deepEqual(last?.body.controls, ['synthetic.above'])
    assert.equal(last?.body.reason.args.code, 'JUDGE_THREW')
    assert.equal(await run.says('synthetic.scanned'), 'broken / failing', 'controls go on')
    assert.equal((await run.integrity()).ok, true)
    await run.stop()
    await run.start({ controls, judges: [throwing], sources: { 'core.statement': 'two' } })
    await run.settle()
    assert.deepEqual(await read(run), stopped, 'stopped again while it was folded')
    await run.stop()
    await run.start({ controls, judges: [statements], sources: { 'core.statement': 'three' } })
    await run.settle()
    assert.deepEqual(await read(run), {
      st1: 'broken / controls.broken',
      st2: 'broken / controls.broken',
    })
    await run.finish()
  })

  test('V46 what no policy is in force for takes over without a word', async () => {
    const run = await createRun(server)
    await run.start({ controls: [scanned(1, 0)] })
    await run.fact(assetListed, { subject: 'a' })
    await run.stop()
    await run.start({ controls: syntheticControls(10), judges: [] })
    assert.deepEqual(await run.facts(verdictChanged), [])
    await run.finish()
  })

  test('V46 a control that the program no longer has ends as retired, and is trusted no more', async () => {
    const run = await filled([scanned(1, 3), scanned(1, 0, 'synthetic.second'), above])
    assert.equal(await run.says('synthetic.scanned'), 'kept / holds')
    assert.equal(await run.says('synthetic.second'), 'broken / failing')
    const standing = await run.verdict('synthetic.scanned')
    const second = await run.verdict('synthetic.second')
    const open = (await run.facts(findingOpened)).filter(f => f.body.control === 'synthetic.second')
    await run.stop()
    await run.start({ controls: [above], judges: [statements] })
    await run.settle()
    for (const before of [standing, second]) {
      const retired = await run.verdict(before.body.control)
      assert.deepEqual([retired.body.status, retired.body.reason.code], ['unknown', 'retired'])
      assert.deepEqual(retired.because, [before.pos], 'M8')
      assert.equal(retired.body.previous, before.pos)
      assert.equal(retired.source, `${before.body.control}@1`)
    }
    const closed = (await run.facts(findingClosed)).filter(f => f.body.reason.code === 'retired')
    assert.deepEqual(
      closed.map(f => [f.body.subject, f.because]),
      [['b', [open.find(f => f.body.subject === 'b')?.pos]]],
    )
    assert.equal(await run.row('synthetic.scanned', ''), null)
    const heard = await run.facts(statementVerdictChanged)
    assert.equal(heard.findLast(f => f.body.statement === 'st1')?.body.status, 'unknown')
    assert.equal(heard.findLast(f => f.body.statement === 'st2')?.body.status, 'unknown')
    const before = await count(run)
    await run.stop()
    await run.start({ controls: [above], judges: [statements] })
    await run.settle()
    assert.equal(await count(run), before, 'and says so once')
    await run.stop()
    await run.start({ controls: [scanned(1, 3), above], judges: [statements] })
    await run.settle()
    assert.equal(await run.says('synthetic.scanned'), 'kept / holds', 'it may come back')
    assert.equal(
      (await run.verdict('synthetic.scanned')).body.previous,
      (await run.facts(verdictChanged)).find(
        f => f.body.control === 'synthetic.scanned' && f.body.reason.code === 'retired',
      )?.pos,
    )
    await run.finish()
  })
})
