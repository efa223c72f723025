import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import type { Fact, FactType } from '../fact.ts'
import { parameterDecided, policyAdopted, timeReached } from '../facts.ts'
import { Policies } from './adoption.ts'

const fact = (type: FactType, pos: number, body: object): Fact =>
  ({ type: type.name, pos, body }) as unknown as Fact
const adopt = (pos: number, from: string, hash = 'h1') =>
  fact(policyAdopted, pos, { version: `${pos}`, from, hash })
const decide = (pos: number, from: string, value: number, control = 'c') =>
  fact(parameterDecided, pos, { control, parameter: 'days', value, from })

const packs = new Map([
  ['h1', new Map([['c', { params: { days: 7 }, assumed: ['size'] }]])],
  ['h2', new Map([['c', { params: { days: 14 }, assumed: [] }]])],
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
    policies.take(decide(8, '3', 9))
    assert.equal(policies.inForce('c', defaults, '2').params['days'], 7)
    assert.equal(policies.inForce('c', defaults, '3').params['days'], 9)
    assert.equal(policies.inForce('c', defaults, '3').paramsPos, 8)
    assert.equal(policies.inForce('d', defaults, '3').params['days'], 30)
    assert.deepEqual(policies.inForce('d', defaults, '3').assumed, ['days', 'size'])
    assert.equal(policies.inForce('c', defaults, '3', 8).params['days'], 7, 'before position 8')
  })
})
