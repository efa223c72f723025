import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile, type Engine } from '../index.ts'
import { refusalIn, ruleOf } from '../testing/ask.ts'

const id = '7e4b4c6e-0000-4000-8000-000000000001'
const rule = ruleOf({ selection: { A: 1 }, condition: '1 of selection*' }, { id, name: 'host' })
const filterOf = (filter: object, logsource: object = { category: 'test' }): string =>
  JSON.stringify({ title: 'f', logsource, filter })
const exclusion = { rules: ['host'], selection: { B: 1 }, condition: 'not selection' }

const engineOf = (...filters: string[]): Engine => compile([rule, ...filters])
const matches = (engine: Engine, event: object): boolean =>
  engine.match({ category: 'test', ...event }).includes(id)

describe('filters', () => {
  it('M80 a filter is a condition more, in a namespace of its own', () => {
    const engine = engineOf(filterOf({ ...exclusion, condition: 'not 1 of selection*' }))
    assert.ok(matches(engine, { A: 1 }))
    assert.ok(!matches(engine, { A: 1, B: 1 }))
    assert.ok(!matches(engine, { B: 1 }))
  })

  it('M80 rules are named by name, by id, or are any', () => {
    for (const rules of [['host'], [id.toUpperCase()], id, 'any']) {
      assert.ok(!matches(engineOf(filterOf({ ...exclusion, rules })), { A: 1, B: 1 }))
    }
    assert.ok(matches(engineOf(filterOf({ ...exclusion, rules: ['other'] })), { A: 1, B: 1 }))
  })

  it('M80 several filters stack', () => {
    const second = { ...exclusion, selection: { C: 1 } }
    const engine = engineOf(filterOf(exclusion), filterOf(second))
    assert.ok(matches(engine, { A: 1 }))
    assert.ok(!matches(engine, { A: 1, B: 1 }) && !matches(engine, { A: 1, C: 1 }))
  })

  it('M80 its log source must be in that of the rule; what is named in vain is remarked', () => {
    const engine = engineOf(
      filterOf({ ...exclusion, rules: ['host', 'none'] }, { product: 'windows' }),
    )
    assert.ok(matches(engine, { A: 1, B: 1 }))
    const codes = engine.rules[1]?.remarks.map(({ code }) => code)
    assert.deepEqual(codes, ['FILTER_LOGSOURCE', 'FILTER_RULE_UNKNOWN'])
  })

  it('M80 a condition without not is remarked, a filter without rules refused', () => {
    const engine = engineOf(filterOf({ ...exclusion, condition: 'selection' }))
    assert.equal(engine.rules[1]?.remarks[0]?.code, 'FILTER_WITHOUT_NOT')
    assert.equal(refusalIn(filterOf({ ...exclusion, rules: undefined })), 'FILTER_SHAPE')
  })
})
