import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pack } from '../../core/policy/pack.ts'
import { counts, referencePack, withControls, withoutControl } from './testing.ts'
import type { ControlRow, Judged, StatementRow } from './view.ts'
import { statementViewSchema, viewOf } from './view.ts'

const pack = referencePack()
const nothing: Judged = { adopted: null, statements: new Map(), controls: new Map() }
const from = '2026-11-01T00:00:00.000Z'
const adopted = { pos: 3, policy: pack.id, version: pack.version, from }

const control = (id: string, more: Partial<ControlRow>): [string, ControlRow] => [
  id,
  {
    control: id,
    pos: 9,
    status: 'kept',
    reason: {
      code: 'holds',
      args: {},
    },
    since: from,
    ...{
      next: null,
      population: counts(2),
      because: [7, 8],
    },
    ...more,
  },
]
const statement = (id: string, more: Partial<StatementRow>): [string, StatementRow] => [
  id,
  {
    statement: id,
    pos: 11,
    status: 'kept',
    reason: {
      code: 'controls.kept',
      args: {},
    },
    ...{
      since: from,
      policy: 3,
    },
    ...more,
  },
]
const view56 = (given: Pack, judged: Judged) => viewOf(given, judged)[55]!

test('V32 without a policy in force all 159 are unknown, and none is kept', () => {
  const rows = [statement('5.1.1', {})]
  const views = viewOf(pack, { ...nothing, statements: new Map(rows) })
  assert.equal(views.length, 159)
  for (const [index, view] of views.entries()) {
    assert.equal(view.number, index + 1)
    assert.deepEqual([view.status, view.reason.code], ['unknown', 'not.adopted'])
    assert.equal(view.since, null)
  }
})

test('V26 a sentence without a control is unknown and says which one it awaits', () => {
  const awaiting = withoutControl(pack, 1, ['govern.policy.not-yet', 'govern.risk.not-yet'])
  const views = viewOf(awaiting, { ...nothing, adopted })
  assert.ok(views.every(view => view.status === 'unknown'))
  assert.deepEqual(views[0]?.reason, {
    code: 'awaits',
    args: { control: 'govern.policy.not-yet, govern.risk.not-yet' },
  })
  const bare = viewOf(withoutControl(pack, 1, []), { ...nothing, adopted })
  assert.equal(bare[0]?.reason.code, 'no.control')
  assert.equal(views[1]?.reason.code, 'no.verdict', 'bound, and not judged yet')
})

test('each object has exactly the eight fields of the interface', () => {
  for (const view of viewOf(pack, { ...nothing, adopted })) {
    const fields = [
      'number',
      'id',
      'controls',
      'status',
      'since',
      'reason',
      'population',
      'evidence',
    ]
    assert.deepEqual(Object.keys(view).sort(), fields.sort())
    statementViewSchema.strict().parse(view)
  }
})

test('V30 evidence is the verdicts and what they rest on, oldest first, each once', () => {
  const [binding] = pack.statements[55]!.controls
  const judged = {
    adopted,
    statements: new Map([statement('5.1.1', { reason: { code: 'controls.kept', args: {} } })]),
    controls: new Map([control(binding!.control, { because: [8, 7, 8] })]),
  }
  const view = view56(pack, judged)
  assert.equal(view.status, 'kept')
  assert.deepEqual(view.evidence, [7, 8, 9, 11])
  assert.deepEqual(view.population, counts(2))
})

test('V46 a roll-up that judges no more says so, whatever its one control says', () => {
  const [binding] = pack.statements[55]!.controls
  const reason = { code: 'judge.stopped', args: { code: 'JUDGE_THREW' } }
  const judged = {
    adopted,
    statements: new Map([statement('5.1.1', { status: 'unknown', reason })]),
    controls: new Map([control(binding!.control, {})]),
  }
  const view = view56(pack, judged)
  assert.deepEqual([view.status, view.reason], ['unknown', reason])
})

test('V26 of several controls the worst decides: its reason and its population are shown', () => {
  const two = withControls(pack, { 56: 'test.good' })
  const bound = {
    ...two.statements[55]!,
    controls: ['test.good', 'test.bad'].map(id => ({ control: id, params: {}, assumed: [] })),
  }
  const both: Pack = { ...two, statements: two.statements.with(55, bound) }
  const judged = {
    adopted,
    statements: new Map([
      statement('5.1.1', {
        status: 'broken',
        reason: {
          code: 'controls.broken',
          args: { control: 'test.bad', why: 'failing', count: 1, of: 2 },
        },
      }),
    ]),
    controls: new Map([
      control('test.good', {}),
      control('test.bad', {
        status: 'broken',
        reason: { code: 'failing', args: { n: 1 } },
        population: counts(2, 1),
      }),
    ]),
  }
  const view = view56(both, judged)
  assert.deepEqual(view.reason, { code: 'failing', args: { n: 1 } })
  assert.deepEqual(view.population, counts(2, 1))
})

test('V31a a sentence that reads better than a control of its own is unknown', () => {
  const [binding] = pack.statements[55]!.controls
  const judged = (status: ControlRow['status']) => ({
    adopted,
    statements: new Map([statement('5.1.1', {})]),
    controls: new Map([control(binding!.control, { status, since: '2026-11-02T00:00:00.000Z' })]),
  })
  for (const status of ['broken', 'unknown', 'due'] as const) {
    const view = view56(pack, judged(status))
    assert.deepEqual(
      [view.status, view.reason.code, view.since],
      ['unknown', 'judges.behind', '2026-11-02T00:00:00.000Z'],
    )
    assert.ok(view.evidence.includes(9), 'what it rested on is still shown')
  }
  assert.equal(view56(pack, judged('kept')).status, 'kept')
})

test('V32 a verdict under an earlier policy says nothing about the present one', () => {
  const judged = {
    adopted: { ...adopted, pos: 40 },
    statements: new Map([statement('5.1.1', {})]),
    controls: new Map(),
  }
  assert.deepEqual(
    [view56(pack, judged).status, view56(pack, judged).reason.code],
    ['unknown', 'no.verdict'],
  )
})
