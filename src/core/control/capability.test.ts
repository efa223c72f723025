import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact, type Instant } from '../fact.ts'
import { capability } from './capability.ts'
import { createBench } from './testing.ts'
import { at, follows } from './testing-facts.ts'

const drillRun = defineFact('test.drill.run', {
  module: 'test',
  schema: z.strictObject({ answered: z.boolean(), tookMs: z.int(), drill: z.literal(true) }),
})
const runbookFiled = defineFact('test.runbook.filed', {
  module: 'test',
  schema: z.strictObject({ name: z.string() }),
})

const callOut = (rest: Partial<Parameters<typeof capability>[0]> = {}) => {
  const control = capability({
    id: 'test.call-out',
    version: 1,
    owner: 'ciso',
    canary: { type: drillRun, amount: f => f.body.tookMs },
    passed: f => (f.body as { answered: boolean }).answered,
    every: 'P10D',
    ...rest,
  })
  const bench = createBench([control])
  const run =
    (answered: boolean) =>
    (when: Instant, occurred = when, tookMs = 1_000) =>
      bench.fact(drillRun, { answered, tookMs, drill: true }, { at: when, occurred })
  return {
    bench,
    adopt: (when: Instant) => bench.adopt({ at: when }),
    pass: run(true),
    fail: run(false),
    filed: (name: string) => (when: Instant) => bench.fact(runbookFiled, { name }, { at: when }),
    follows: (rows: Parameters<typeof follows>[1]) => follows(bench, rows, 'test.call-out'),
  }
}

test('V24 never exercised is unknown, passed is kept, passed too long ago is unknown', () => {
  const { adopt, pass, follows } = callOut()
  follows([
    ['01', adopt, 'unknown / canary.never 0 of 1'],
    ['02', pass, 'kept / passed 1 of 1'],
    ['09 23:59', null, 'kept / passed'],
    // In the last fifth the duty for the next one opens; it stays kept.
    ['10', null, 'kept / exercise.next'],
    ['11 23:59', null, 'kept / exercise.next'],
    ['12', null, 'unknown / canary.stale'],
    ['13', pass, 'kept / passed'],
  ])
})

test('V24 a failed exercise breaks it, however well the one before went', () => {
  const { adopt, pass, fail, follows } = callOut()
  follows([
    ['01', adopt, 'unknown / canary.never'],
    ['02', pass, 'kept / passed'],
    ['03', fail, 'broken / canary.failed'],
    ['30', null, 'broken / canary.failed'],
    ['31', pass, 'kept / passed'],
  ])
})

test('V24 where failures must be confirmed, one alone proves nothing either way', () => {
  const { adopt, pass, fail, follows } = callOut({ confirm: 2 })
  follows([
    ['01', adopt, 'unknown / canary.never'],
    ['02', fail, 'unknown / canary.unconfirmed'],
    ['03', pass, 'kept / passed'],
    ['04', fail, 'kept / passed'],
    ['05', fail, 'broken / canary.failed'],
    ['06', pass, 'kept / passed'],
    ['07', fail, 'kept / passed'],
    ['16', null, 'unknown / canary.stale'],
  ])
})

test('V24 an exercise told of late takes its place by when it was', () => {
  const { adopt, pass, fail, follows } = callOut()
  follows([
    ['01', adopt, 'unknown / canary.never'],
    ['05', pass, 'kept / passed'],
    ['06', when => fail(when, at('04')), 'kept / passed'],
    ['07', when => fail(when, at('06')), 'broken / canary.failed'],
  ])
})

test('V24 an exercise that took longer than allowed, or that nobody timed, has not passed', () => {
  const { bench, adopt, pass, follows } = callOut({ within: 'PT15M' })
  follows([
    ['01', adopt, 'unknown / canary.never'],
    ['02', when => pass(when, when, 15 * 60_000), 'kept / passed'],
    ['03', when => pass(when, when, 15 * 60_000 + 1), 'broken / canary.failed'],
  ])
  assert.equal(bench.verdict('test.call-out').reason.args['failed'], 1)
  const untimed = callOut({ within: 'PT15M', canary: { type: drillRun } })
  untimed.adopt(at('01'))
  untimed.follows([['02', untimed.pass, 'broken / canary.failed']])
})

test('V24 it must exist: what is not shown to be there is unknown', () => {
  const { adopt, pass, filed, follows, bench } = callOut({
    exists: [
      { type: runbookFiled, if: f => f.body.name === 'call' },
      { type: runbookFiled, if: f => f.body.name === 'restore' },
    ],
  })
  follows([
    ['01', adopt, 'unknown / exists.incomplete'],
    ['02', pass, 'unknown / exists.incomplete'],
    ['03', filed('call'), 'unknown / exists.incomplete'],
    ['04', filed('restore'), 'kept / passed'],
  ])
  const verdict = bench.facts(drillRun)[0]!
  assert.ok(bench.state('test.call-out', 'org').kind.exists.every((p: number) => p > verdict.pos))
})
