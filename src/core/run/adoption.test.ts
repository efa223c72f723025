import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { organisationConfigured } from '../account/facts.ts'
import type { Fact, FactType } from '../fact.ts'
import { parameterDecided, policyAdopted, timeReached } from '../facts.ts'
import { Policies, unbound } from './adoption.ts'

const fact = (type: FactType, pos: number, body: object): Fact =>
  ({ type: type.name, pos, body }) as unknown as Fact
const adopt = (pos: number, from: string, hash = 'h1') =>
  fact(policyAdopted, pos, { version: `${pos}`, from, hash })
const decide = (pos: number, from: string, value: number, parameter = 'days') =>
  fact(parameterDecided, pos, { control: 'c', parameter, value, from })

const packs = new Map([
  ['h1', new Map([['c', { params: { days: 7 }, assumed: ['size'] }]])],
  ['h2', new Map([['c', { params: { days: 14 }, assumed: [] }]])],
  ['h3', new Map([['c', { params: { days: 7 }, assumed: ['days'] }]])],
])
const create = () => new Policies(hash => packs.get(hash) ?? null)
const defaults = { days: 30, size: 1 }

describe('adoption', () => {
  test('V32 before a policy is in force nothing is', () => {
    const policies = create()
    assert.equal(policies.inForce('c', defaults, '2').adopted, null)
    assert.equal(policies.take(adopt(5, '3')), true)
    assert.equal(policies.inForce('c', defaults, '2').adopted, null)
    assert.deepEqual(policies.comingAfter('2'), ['3'])
    assert.equal(policies.inForce('c', defaults, '3').adopted?.pos, 5)
    assert.deepEqual(policies.comingAfter('3'), [])
    assert.equal(policies.take(fact(timeReached, 6, { at: '4' })), false)
  })

  test('V8 a control that the pack binds to nothing has the zone of the organisation all the same', () => {
    const zone = { params: { zone: 'Asia/Taipei' }, assumed: [] }
    const bound = { params: { zone: 'Asia/Tokyo', days: 7 }, assumed: [] }
    const policies = new Policies(
      () =>
        new Map([
          [unbound, zone],
          ['c', bound],
        ]),
    )
    policies.take(adopt(5, '1'))
    const of = (control: string) => policies.inForce(control, defaults, '1')
    assert.deepEqual(of('d').params, { ...defaults, zone: 'Asia/Taipei' })
    assert.deepEqual(of('d').assumed, ['days', 'size'], 'it is known, and the rest is not')
    assert.deepEqual(of('c').params, { days: 7, size: 1, zone: 'Asia/Tokyo' })
  })

  test('V35 calendar and fiscal year of the organisation answer what the policy leaves open', () => {
    const configured = fact(organisationConfigured, 7, {
      ...{ name: 'o', zone: 'Asia/Tokyo', calendar: 'jp', fiscalYearMonth: 4, languages: ['ja'] },
    })
    const policies = new Policies(
      () => new Map([['stated', { params: { calendar: 'tw' }, assumed: [] }]]),
    )
    policies.take(adopt(5, '1'))
    const open = { calendar: 'tw', days: 3 }
    assert.deepEqual(policies.inForce('c', open, '2').assumed, ['calendar', 'days'])
    policies.take({ ...configured, recorded: '3' })
    const { params, assumed, paramsPos } = policies.inForce('c', open, '3')
    assert.deepEqual([params, assumed, paramsPos], [{ calendar: 'jp', days: 3 }, ['days'], 7])
    assert.equal(policies.inForce('c', open, '2').params['calendar'], 'tw', 'not before')
    assert.equal(policies.inForce('c', { days: 3 }, '3').params['fiscalYearMonth'], undefined)
    assert.equal(policies.inForce('stated', open, '3').params['calendar'], 'tw')
    policies.take(decide(8, '4', 2, 'calendar'))
    assert.equal(policies.inForce('c', open, '4').params['calendar'], 2, 'decided by name')
  })

  test('V34 of several the last adopted whose instant has come is in force', () => {
    const policies = create()
    policies.take(adopt(5, '1', 'h1'))
    policies.take(adopt(6, '9', 'h2'))
    policies.take(adopt(7, '4', 'h1'))
    assert.equal(policies.inForce('c', defaults, '3').adopted?.pos, 5)
    assert.equal(policies.inForce('c', defaults, '4').adopted?.pos, 7)
    // The one adopted for later was adopted before: what was decided last stands.
    assert.equal(policies.inForce('c', defaults, '9').adopted?.pos, 7)
    assert.equal(policies.inForce('c', defaults, '3').adopted?.pos, 5, 'also when asked again')
  })

  test('V35 a parameter that nobody decided is assumed; a decision clears the mark', () => {
    const policies = create()
    policies.take(adopt(5, '1'))
    assert.deepEqual(policies.inForce('c', defaults, '1'), {
      adopted: { pos: 5, version: '5', hash: 'h1', from: '1' },
      params: { days: 7, size: 1 },
      assumed: ['size'],
      paramsPos: 5,
      since: '1',
      until: '9999',
    })
    policies.take(decide(8, '3', 9, 'size'))
    assert.equal(policies.inForce('c', defaults, '2').params['size'], 1)
    assert.equal(policies.inForce('c', defaults, '3').params['size'], 9)
    assert.deepEqual(policies.inForce('c', defaults, '3').assumed, [])
    assert.equal(policies.inForce('c', defaults, '3').paramsPos, 8)
    assert.equal(policies.inForce('d', defaults, '3').params['days'], 30)
    assert.deepEqual(policies.inForce('d', defaults, '3').assumed, ['days', 'size'])
    assert.equal(policies.inForce('c', defaults, '3', 8).params['size'], 1, 'before position 8')
  })

  test('V35 what the policy states nobody decides otherwise; a version that states it wins', () => {
    const policies = create()
    policies.take(adopt(5, '1', 'h3'))
    policies.take(decide(6, '2', 9))
    const open = policies.inForce('c', defaults, '2')
    assert.deepEqual([open.params['days'], open.assumed, open.paramsPos], [9, ['size'], 6])
    policies.take(adopt(7, '3', 'h1'))
    const stated = policies.inForce('c', defaults, '3')
    assert.deepEqual([stated.params['days'], stated.assumed, stated.paramsPos], [7, ['size'], 7])
    policies.take(decide(8, '4', 10))
    assert.equal(policies.inForce('c', defaults, '4').params['days'], 7)
    // The next leaves it open again: what was decided of it stands.
    policies.take(adopt(9, '5', 'h3'))
    assert.equal(policies.inForce('c', defaults, '5').params['days'], 10)
  })
})
