import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { statementRollup } from '../../src/core/control/rollup.ts'
import { judgeVersionChanged } from '../../src/core/facts.ts'
import { factsOf, readFacts } from '../../src/core/ledger/read.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { foldApart, type Threads } from '../../src/core/run/apart.ts'
import type { List } from '../../src/core/run/list.ts'
import { Overlay, targetOf } from '../../src/core/run/overlay.ts'
import { foldSilently, type SilentFold } from '../../src/core/run/takeover.ts'
import { createCalendars } from '../../src/core/time.ts'
import {
  assetListed,
  assetScanned,
  caseOpened,
  createRandom,
  exerciseRun,
  inventoryDeclared,
  personJoined,
  rosterDeclared,
  topicsOf,
  trainingDone,
} from '../synthetic.ts'
import { controls } from './apart-judges.ts'
import { closeRuns, createRun, person, type Run } from './harness.ts'

let server: TestServer
let run: Run
before(async () => {
  server = await startTestServer()
  run = await busy()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

const statements = statementRollup(() => new Map([['st1', ['synthetic.c000', 'synthetic.c001']]]))
const threads: Threads = {
  maker: new URL('./apart-judges.ts', import.meta.url).href,
  data: 'all',
  ids: new Set(controls.map(control => control.id)),
  count: 2,
  listMin: 0,
}

/** Some months of everything, with amendments; more facts than a thread is sent at once. */
async function busy(): Promise<Run> {
  const made = await createRun(server)
  await made.start({ controls, judges: [statements] })
  await made.adopt()
  for (let n = 0; n < 5; n++) await made.append(personJoined, { subject: `p${n}` })
  for (let n = 0; n < 8; n++) await made.append(assetListed, { subject: `a${n}` })
  await made.append(rosterDeclared, { count: 5 })
  await made.append(inventoryDeclared, { count: 8 })
  const random = createRandom(7)
  const topics = topicsOf(40)
  const of = (kind: keyof typeof topics) => topics[kind][random(topics[kind].length)] as number
  for (let round = 0; round < 40; round++) {
    made.clock.add(2 * 86_400_000)
    for (let n = 0; n < 30; n++) {
      const scan = { subject: `a${random(8)}`, topic: of('scan'), faults: random(5) }
      await made.append(assetScanned, scan)
      const training = { subject: `p${random(5)}`, topic: of('training') }
      await made.append(trainingDone, training, { private: { by: person(`trainer${random(9)}`) } })
    }
    await made.append(caseOpened, { subject: `case${round}`, topic: of('case') })
    await made.append(exerciseRun, { topic: of('exercise'), passed: random(9) > 0 })
    await made.settle()
  }
  const [scan] = await made.facts(assetScanned)
  await made.correct(scan!.pos, { ...scan!.body, faults: 4 })
  const [training] = await made.facts(trainingDone)
  await made.retract(training!.pos)
  await made.fact(assetScanned, { subject: 'a0', topic: 0, faults: 9 })
  return made
}

async function options() {
  const list = await run.list()
  const overlay = new Overlay(controls.map(control => control.judge))
  for (const fact of list) {
    const target = targetOf(fact)
    if (target !== null) overlay.take(fact, list[target]!)
  }
  assert(overlay.silenced.size >= 2)
  return {
    judges: [...controls.map(control => control.judge), statements],
    defaults: new Map(controls.map(({ id, params }) => [id, params])),
    packParams: () => new Map(),
    calendars: createCalendars([]),
    list: run.ledger,
    until: list.length,
    overlay,
  }
}

/** All that a takeover reads of a fold. */
const view = ({ engine, unsaid }: SilentFold) =>
  engine.seats.map(({ judge, stopped, rows }) => ({
    judge: judge.id,
    stopped,
    rows: rows.keys().map(key => {
      const { state, wake, rank, share, made, upto } = rows.byKey.get(key)!
      return [key, JSON.parse(JSON.stringify({ state, wake, rank, share, made, upto }))]
    }),
    verdicts: [...unsaid.get(judge.id)!.verdicts].map(([key, { type, body, because }]) => [
      [key, type.name, because],
      JSON.parse(JSON.stringify(body)),
    ]),
    findings: [...unsaid.get(judge.id)!.findings.keys()].sort(),
  }))

describe('V46 a fold on several cores', () => {
  test('leads to the rows and conclusions of a fold on one', async () => {
    const of = await options()
    assert(of.until > 4_096, 'more than a page')
    const apart = await foldApart({ ...of, threads })
    assert(apart !== null)
    const together = await foldSilently(of)
    assert.deepEqual(view(apart), view(together))
    assert.equal(apart.until, together.until)
    assert.equal(apart.engine.nextWake(), together.engine.nextWake())
    assert.equal(apart.engine.seatOf('synthetic.throwing').stopped, 'JUDGE_THREW')
    const folded = apart.engine.seats.filter(seat => seat.steps > 0)
    assert(folded.length < controls.length / 2, 'most judges were folded elsewhere')
    // And it goes on where it is, as any fold does.
    const later = '2027-06-01T00:00:00.000Z'
    for (const { engine, emit } of [apart, together]) engine.wakeUntil(later, of.until - 1, emit)
    assert.deepEqual(view(apart), view(together))
  })

  test('is not made of a short list, with one core, or when nobody waits for it', async () => {
    const of = await options()
    assert.equal(await foldApart({ ...of, threads: { ...threads, count: 0 } }), null)
    assert.equal(await foldApart({ ...of, threads: { ...threads, listMin: of.until + 1 } }), null)
    assert.equal(await foldApart({ ...of, threads, isStopped: () => true }), null)
  })

  test('changes nothing in a takeover; a thread that is lost neither', async () => {
    const size = async () => (await run.list()).length
    for (const data of ['all', 'lost'] as const) {
      await run.stop()
      const before = await size()
      const sources = Object.fromEntries(controls.map(({ id }) => [id, `source ${data}`]))
      const lines = run.lines.length
      let pages = 0
      const list = (of: List): List => ({
        ...of,
        leaves: (from, countMax) => {
          pages += 1
          return of.leaves(from, countMax)
        },
      })
      const program = { controls, judges: [statements], sources, list }
      await run.start({ ...program, threads: { ...threads, data } })
      assert(pages > 1, 'it was folded apart')
      await run.settle()
      const said = (await run.list()).slice(before)
      assert.deepEqual([...new Set(said.map(fact => fact.type))], [judgeVersionChanged.name], data)
      const lost = run.lines.slice(lines).filter(line => line.includes('fold.threads.lost'))
      assert.equal(lost.length, data === 'lost' ? 1 : 0)
    }
  })

  test('of facts that nobody reads, only what time needs is read', async () => {
    const leaves = await run.ledger.leaves(0, 5_000)
    const whole = await readFacts(run.pool, 0, 5_000)
    const some = [...factsOf(leaves, new Set([assetScanned.name]))]
    assert.equal(some.length, whole.length)
    for (const [pos, fact] of whole.entries()) {
      const { type, recorded } = fact
      assert.deepEqual(some[pos], type === assetScanned.name ? fact : { pos, type, recorded })
    }
  })
})
