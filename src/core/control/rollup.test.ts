import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact, type Instant } from '../fact.ts'
import { statementVerdictChanged } from '../facts.ts'
import type { Adoption } from '../judge.ts'
import { rollup, statementRollup } from './rollup.ts'
import { state } from './state.ts'
import { type Bench, createBench } from './testing.ts'
import { at, follows } from './testing-facts.ts'

const switchTurned = defineFact('test.switch.turned', {
  module: 'test',
  schema: z.strictObject({ id: z.string(), on: z.boolean() }),
})

/** A control that is kept while its switch is on. */
const light = (id: string, repair?: string) =>
  state({
    id,
    version: 1,
    owner: 'x',
    ...(repair === undefined ? {} : { repair }),
    slots: { is: { type: switchTurned, if: f => f.body.id === id } },
    holds: slots => slots.is.body.on,
  })

const turn = (bench: Bench, id: string, on: boolean) => (when: Instant) =>
  bench.fact(switchTurned, { id, on }, { at: when })

const roll = (worst: true | { atLeast: number } = true) =>
  rollup({ id: 'test.all', version: 1, owner: 'ciso', of: ['c.b', 'c.a'], worst })

test('V26 a roll-up is the worst of its controls; one that said nothing is unknown', () => {
  const bench = createBench([roll(), light('c.a'), light('c.b', 'P2D')])
  const rows: Parameters<typeof follows>[1] = [
    ['01', when => bench.adopt({ at: when }), 'unknown / controls.unknown'],
    ['02', turn(bench, 'c.a', true), 'unknown / controls.unknown'],
    ['03', turn(bench, 'c.b', true), 'kept / controls.kept'],
    ['04', turn(bench, 'c.b', false), 'due / controls.due'],
    ['05', turn(bench, 'c.a', false), 'broken / controls.broken'],
    ['05 01:00', turn(bench, 'c.a', true), 'due / controls.due'],
    ['06 00:05', null, 'broken / controls.broken'],
  ]
  follows(bench, rows, 'test.all')
  const { since, reason } = bench.verdict('test.all')
  assert.equal(since, at('06'), 'since its control is, not since it heard of it')
  assert.deepEqual(reason.args, { control: 'c.b', why: 'failing', count: 1, of: 2 })
})

test('V26 V45 it is judged after the controls that it reads, and names their verdict', () => {
  const bench = createBench([roll(), light('c.a'), light('c.b')])
  bench.adopt({ at: at('01') })
  turn(bench, 'c.a', false)(at('02'))
  const below = bench.verdict('c.a').pos!
  const above = bench.verdict('test.all').pos!
  assert.ok((bench.list[above]!.because as number[]).includes(below))
})

test('V26 a share of the controls may be enough', () => {
  const bench = createBench([roll({ atLeast: 500_000 }), light('c.a'), light('c.b')])
  const rows: Parameters<typeof follows>[1] = [
    ['01', when => bench.adopt({ at: when }), 'unknown / controls.unknown'],
    ['02', turn(bench, 'c.a', false), 'broken / controls.broken'],
    ['03', turn(bench, 'c.b', true), 'kept / controls.kept'],
  ]
  follows(bench, rows, 'test.all')
})

test('V26 a roll-up over a predicate learns its controls when all are known', () => {
  const open = rollup({ id: 'r', version: 1, owner: 'x', of: c => c.id !== 'c.b', worst: true })
  assert.deepEqual(open.reads, [])
  const resolved = open.resolve?.([light('c.b'), light('c.a'), open])
  assert.deepEqual(resolved?.reads, ['c.a'])
  assert.deepEqual(resolved?.judge.reads, ['c.a'])
  const alone = createBench([open])
  alone.adopt({ at: at('01') })
  assert.equal(alone.verdict('r').reason.code, 'no.control')
  assert.equal(alone.verdict('r').status, 'unknown')
})

const packs: Record<string, Record<string, string[]>> = {
  '1': { 's.1': ['c.a'], 's.2': ['c.a', 'c.b'], 's.3': [], 's.4': ['c.gone'] },
  '2': { 's.1': ['c.a'], 's.2': ['c.b'], 's.5': ['c.b'] },
}

const statements = () => {
  const bindings = ({ version }: Adoption) =>
    packs[version] === undefined ? null : new Map(Object.entries(packs[version]))
  const bench = createBench([statementRollup(bindings), light('c.a'), light('c.b')])
  const read = () => {
    const last = new Map<string, string>()
    for (const { body } of bench.facts(statementVerdictChanged)) {
      last.set(body.statement, `${body.status} / ${body.reason.code}`)
    }
    return Object.fromEntries(last)
  }
  return { bench, read }
}

test('V26 a statement is the roll-up of the controls that the pack binds; none is unknown', () => {
  const { bench, read } = statements()
  assert.deepEqual(read(), {})
  bench.adopt({ at: at('01'), version: '1' })
  turn(bench, 'c.a', true)(at('02'))
  turn(bench, 'c.b', false)(at('02'))
  assert.deepEqual(read(), {
    's.1': 'kept / controls.kept',
    's.2': 'broken / controls.broken',
    's.3': 'unknown / no.control',
    's.4': 'unknown / controls.unknown',
  })
  turn(bench, 'c.b', true)(at('03'))
  assert.equal(read()['s.2'], 'kept / controls.kept')
  const last = bench.facts(statementVerdictChanged).at(-1)!
  assert.deepEqual(last.body.controls, ['c.a', 'c.b'])
  const named = (last.because as number[]).map(pos => bench.list[pos]!.type)
  assert.equal(named.filter(type => type === 'control.verdict.changed').length, 2)
  assert.ok(named.includes('policy.version.adopted'))
})

test('V36 a statement that disappears ends as retired; one that stays keeps its history', () => {
  const { bench, read } = statements()
  bench.adopt({ at: at('01'), version: '1' })
  turn(bench, 'c.a', true)(at('02'))
  turn(bench, 'c.b', true)(at('03'))
  bench.adopt({ at: at('05'), version: '2' })
  assert.deepEqual(read(), {
    's.1': 'kept / controls.kept',
    's.2': 'kept / controls.kept',
    's.3': 'unknown / retired',
    's.4': 'unknown / retired',
    's.5': 'kept / controls.kept',
  })
  const of = (id: string) =>
    bench.facts(statementVerdictChanged).filter(f => f.body.statement === id)
  assert.equal(of('s.1').at(-1)!.body.since, at('02'))
  bench.adopt({ at: at('06'), version: '2' })
  assert.equal(of('s.3').filter(f => f.body.reason.code === 'retired').length, 1)
})

test('V32 statements are not judged before the policy begins', () => {
  const { bench, read } = statements()
  turn(bench, 'c.a', true)(at('01'))
  bench.adopt({ at: at('02'), version: '1', from: at('05') })
  bench.advance(at('04 23:59'))
  assert.deepEqual(read(), {})
  bench.advance(at('05'))
  assert.equal(read()['s.1'], 'kept / controls.kept')
})

test('V32 a policy whose pack nobody knows judges no statement', () => {
  const { bench, read } = statements()
  bench.adopt({ at: at('02'), version: 'lost' })
  assert.deepEqual(read(), {})
})
