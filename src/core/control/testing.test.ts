import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact } from '../fact.ts'
import type { Judge, Step } from '../judge.ts'
import { createBench } from './testing.ts'
import { at } from './testing-facts.ts'

const rang = defineFact('test.bell.rang', {
  module: 'test',
  schema: z.strictObject({ n: z.int() }),
})
const echoed = defineFact('test.bell.echoed', {
  module: 'test',
  schema: z.strictObject({ n: z.int() }),
})

/** A judge with one row, `bell`, whose step is given. */
const bell = (step: Judge<any>['step'], rest: Partial<Judge<any>> = {}): Judge<any> => ({
  id: 'test.bell',
  version: 1,
  from: [rang],
  makes: [echoed],
  keys: () => ['bell'],
  init: () => ({ seen: [] }),
  step,
  ...rest,
})

const ring = (judge: Judge<any>) => () =>
  createBench([judge]).fact(rang, { n: 1 }, { at: at('01') })

test('V1 a judge sees facts by position, whatever their times say', () => {
  const bench = createBench([
    bell((state, input) => ({ state: { seen: [...state.seen, (input as any).body.n] } })),
  ])
  bench.fact(rang, { n: 1 }, { at: at('05'), occurred: at('04') })
  bench.fact(rang, { n: 2 }, { at: at('05'), occurred: at('01') })
  bench.fact(rang, { n: 3 }, { at: at('06'), occurred: at('03') })
  assert.deepEqual(bench.state('test.bell', 'bell').seen, [1, 2, 3])
})

test('V42 M7 a step that remembers, or that changes what it is given, is found out', () => {
  let count = 0
  const counting = bell(state => {
    count += 1
    return { state: { ...state, count } }
  })
  assert.throws(ring(counting), /not pure/)
  const pushing = bell(state => {
    state.seen.push(1)
    return { state }
  })
  assert.throws(ring(pushing), TypeError)
  const writing = bell((state, input) => {
    ;(input as any).body.n = 2
    return { state }
  })
  assert.throws(ring(writing), TypeError)
})

test('V42 a state is kept as plain JSON, so nothing else can be relied on', () => {
  const bench = createBench([bell(() => ({ state: { at: new Date(0), none: undefined } }))])
  bench.fact(rang, { n: 1 }, { at: at('01') })
  assert.deepEqual(bench.state('test.bell', 'bell'), { at: '1970-01-01T00:00:00.000Z' })
})

test('M8 a derived fact rests on at least one earlier position, and fits its schema', () => {
  const saying = (because: readonly number[], body: unknown = { n: 1 }) =>
    bell(
      (state): Step<any> => ({
        state,
        facts: [{ type: echoed, occurred: at('01'), because, body }],
      }),
    )
  ring(saying([0]))()
  assert.throws(ring(saying([])), /M8/)
  assert.throws(ring(saying([1])), /M8/)
  assert.throws(ring(saying([0], { n: 'one' })), z.ZodError)
  assert.throws(ring({ ...saying([0]), makes: [] }), /makes no/)
})

test('V29 a wake that is not ahead of now is refused', () => {
  assert.throws(ring(bell(state => ({ state, wakeAt: at('01') }))), /is not after/)
})

test('V45 a cycle of judges stops the start and shows its path', () => {
  const echo = bell(state => ({ state }), { id: 'test.echo', from: [echoed], makes: [rang] })
  assert.throws(
    () => createBench([bell(state => ({ state })), echo]),
    /test\.bell → test\.echo → test\.bell|test\.echo → test\.bell → test\.echo/,
  )
})
