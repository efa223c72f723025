import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Bench, createBench } from '../src/core/control/testing.ts'
import type { Draft, Fact } from '../src/core/fact.ts'
import type { Params } from '../src/core/judge.ts'
import { Policies } from '../src/core/run/adoption.ts'
import { Engine } from '../src/core/run/engine.ts'
import { onlyRow } from '../src/core/run/rebuild.ts'
import { stratify } from '../src/core/run/strata.ts'
import { createCalendars } from '../src/core/time.ts'
import {
  assetListed,
  assetScanned,
  caseClosed,
  caseOpened,
  createRandom,
  exerciseRun,
  inventoryDeclared,
  personJoined,
  personLeft,
  rosterDeclared,
  syntheticControls,
  topicsOf,
  trainingDone,
} from './synthetic.ts'

const count = 20
const controls = syntheticControls(count)
const calendars = createCalendars([])
const topics = topicsOf(count)

describe('the engine', () => {
  test('V43 concludes what the plain runner concludes, fact for fact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), seed => {
        const bench = createBench(controls, { calendars })
        happen(bench, seed, 80)
        const { said, derived } = replay(bench.list)
        assert.equal(said.length, derived.length)
        for (const [index, draft] of said.entries()) {
          const fact = derived[index]
          assert.deepEqual(
            {
              type: draft.type.name,
              occurred: draft.occurred,
              because: draft.because,
              body: draft.body,
            },
            {
              type: fact?.type,
              occurred: fact?.occurred,
              because: fact?.because,
              body: fact?.body,
            },
          )
        }
      }),
      { numRuns: 6 },
    )
  })

  test('V44 keeps the rows that the plain runner keeps', () => {
    const bench = createBench(controls, { calendars })
    happen(bench, 7, 300)
    const { engine } = replay(bench.list)
    for (const seat of engine.seats) {
      assert.deepEqual(seat.rows.keys(), [...bench.keys(seat.judge.id)].sort())
      for (const key of seat.rows.keys()) {
        assert.deepEqual(seat.rows.byKey.get(key)?.state, bench.state(seat.judge.id, key))
      }
    }
  })

  test('I7 rows that were written and read again go on as if nothing had happened', () => {
    const bench = createBench(controls, { calendars })
    happen(bench, 11, 200)
    const half = Math.floor(bench.list.length / 2)
    const whole = replay(bench.list)
    const first = replay(bench.list.slice(0, half), bench.list)
    const second = freshEngine()
    for (const fact of bench.list.slice(0, half)) second.policies.take(fact)
    second.engine.resume(bench.list[half - 1]?.recorded ?? '')
    for (const seat of first.engine.seats) {
      for (const [key, row] of seat.rows.byKey) {
        second.engine.restore(seat.judge.id, key, JSON.parse(JSON.stringify(row)) as typeof row)
      }
    }
    const rest = replay(bench.list.slice(half), bench.list, second.engine, first.said.length)
    assert.deepEqual(
      [...first.said, ...rest.said].map(draft => draft.body),
      whole.said.map(draft => draft.body),
    )
  })

  test('V41 one row is rebuilt, and no other', () => {
    const bench = createBench(controls, { calendars })
    happen(bench, 7, 300)
    const [seat] = freshEngine()
      .engine.seats.filter(({ judge }) => judge.keysOfType !== undefined)
      .filter(({ judge }) => bench.keys(judge.id).filter(key => key !== '').length > 1)
    assert.ok(seat)
    const key = bench.keys(seat.judge.id).find(one => one !== '') ?? ''
    const { engine } = freshEngine([onlyRow(seat.judge, key)])
    let said = bench.list.length
    for (const fact of bench.list.filter(isWorld)) engine.step(fact, () => said++)
    const rows = engine.seatOf(seat.judge.id).rows.keys()
    assert.deepEqual(
      rows.filter(one => one !== ''),
      [key],
    )
    assert.deepEqual(engine.stopped, [])
  })

  test('V45 a cycle of judges is named', () => {
    const complaints: string[] = []
    const [a, b] = controls.slice(0, 2).map(control => control.judge)
    assert(a && b)
    stratify(
      [
        { ...a, id: 'x.a', from: [trainingDone], makes: [assetScanned] },
        { ...b, id: 'x.b', from: [assetScanned], makes: [trainingDone] },
      ],
      complaints,
    )
    assert.match(complaints.join(), /x\.a → x\.b → x\.a|x\.b → x\.a → x\.b/)
  })

  test('a judge that throws is stopped and said, its control is unknown, and the others go on', () => {
    const [first] = controls
    assert(first)
    const broken = {
      ...first.judge,
      step: () => {
        throw new Error('a bug')
      },
    }
    const bench = createBench(controls.slice(1), { calendars })
    happen(bench, 3, 60)
    const { engine } = freshEngine([broken, ...controls.slice(1).map(c => c.judge)])
    const said: Draft[] = []
    for (const fact of bench.list.filter(f => isWorld(f))) {
      engine.step(fact, draft => {
        said.push(draft)
        return 100_000 + said.length
      })
    }
    assert.deepEqual(
      engine.stopped.map(s => s.code),
      ['JUDGE_THREW'],
    )
    const verdicts = said.filter(d => (d.body as { control?: string }).control === first.id)
    assert.deepEqual(
      verdicts.map(d => (d.body as { status: string; reason: { code: string } }).reason.code),
      ['judge.stopped'],
    )
    assert.ok(said.length > 1, 'the others spoke')
  })
})

/** A stream of plausible facts: some in time, some late, some after long silence. */
function happen(bench: Bench, seed: number, facts: number): void {
  const random = createRandom(seed)
  let ms = Date.parse('2026-01-05T00:00:00.000Z')
  const at = () => new Date((ms += 1 + random(6 * 3_600_000))).toISOString()
  const pick = (list: number[]) => list[random(list.length)] ?? 0
  bench.adopt({ at: at() })
  for (let index = 0; index < facts; index++) {
    const subject = `s${random(6)}`
    switch (random(12)) {
      case 0:
        bench.fact(personJoined, { subject }, { at: at() })
        break
      case 1:
        bench.fact(random(4) === 0 ? personLeft : personJoined, { subject }, { at: at() })
        break
      case 2:
        bench.fact(assetListed, { subject }, { at: at() })
        break
      case 3:
        bench.fact(random(2) ? rosterDeclared : inventoryDeclared, { count: 6 }, { at: at() })
        break
      case 4:
        ms += random(40) * 86_400_000
        bench.advance(new Date(ms).toISOString())
        break
      case 5:
        bench.fact(
          exerciseRun,
          { topic: pick(topics.exercise), passed: random(5) > 0 },
          { at: at() },
        )
        break
      case 6:
      case 7:
        bench.fact(
          caseOpened,
          { subject: `case${random(5)}`, topic: pick(topics.case) },
          { at: at() },
        )
        break
      case 8:
        bench.fact(
          caseClosed,
          { subject: `case${random(5)}`, topic: pick(topics.case) },
          { at: at() },
        )
        break
      case 9: {
        const now = at()
        const occurred = new Date(ms - random(30) * 86_400_000).toISOString()
        bench.fact(
          trainingDone,
          { subject, topic: pick(topics.training) },
          { at: now, occurred, trust: random(3) ? 'instrument' : 'claim' },
        )
        break
      }
      default:
        bench.fact(
          assetScanned,
          { subject, topic: pick(topics.scan), faults: random(6) },
          { at: at() },
        )
    }
  }
}

const isWorld = (fact: Fact): boolean => !Array.isArray(fact.because) || fact.because.length === 0

function freshEngine(judges = controls.map(control => control.judge)) {
  const policies = new Policies(() => new Map())
  const engine = new Engine({
    judges: stratify(judges, []),
    defaults: new Map<string, Params>(controls.map(control => [control.id, control.params])),
    policies,
    calendars,
  })
  return { engine, policies }
}

/** Steps a list through the engine; what it says must be what stands on the list. */
function replay(list: readonly Fact[], whole = list, engine = freshEngine().engine, already = 0) {
  const derived = whole.filter(fact => !isWorld(fact))
  const said: Draft[] = []
  for (const fact of list) {
    engine.step(fact, draft => {
      said.push(draft)
      return derived[already + said.length - 1]?.pos
    })
  }
  return { engine, said, derived }
}
