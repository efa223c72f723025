import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../index.ts'
import { refusalIn, ruleOf, statesOf } from '../testing/ask.ts'
import { parseDocuments } from './document.ts'

const count = { type: 'event_count', rules: ['one'], timespan: '5m', condition: { gte: 10 } }
const document = (correlation: object, more: object = {}): string =>
  JSON.stringify({ title: 'c', correlation: { ...count, ...correlation }, ...more })

function parsed(correlation: object) {
  const [first] = parseDocuments(document(correlation))
  assert.equal(first?.kind, 'correlation')
  return first as Extract<typeof first, { kind: 'correlation' }>
}

const refusal = (correlation: object): string | null => refusalIn(document(correlation))
const parses = 'CORRELATION_RULE_UNKNOWN'

describe('correlations', () => {
  it('M60 all types are known', () => {
    for (const type of [
      'value_count',
      'value_sum',
      'value_avg',
      'value_percentile',
      'value_median',
    ]) {
      assert.equal(refusal({ type, condition: { gt: 1, field: 'A' } }), parses)
    }
    for (const type of ['temporal', 'temporal_ordered']) {
      assert.equal(refusal({ type, condition: undefined }), parses)
    }
    assert.equal(refusal({ type: 'near' }), 'CORRELATION_TYPE')
  })

  it('M61 a rule that is disabled or has no source is waited for in vain, which is remarked', () => {
    const rule = (name: string, more: object = {}): string =>
      ruleOf({ sel: { A: 1 }, condition: 'sel' }, { name, ...more })
    const sources = [
      rule('one', { status: 'deprecated' }),
      rule('two', { logsource: { product: 'elsewhere' } }),
      rule('three'),
      document({}, { name: 'four', status: 'unsupported' }),
      document({ rules: ['one', 'two', 'three', 'four'] }),
      document({ rules: ['three'] }),
    ].join('\n---\n')
    const states = statesOf(sources, { sources: [{ category: 'test' }] })
    const remarks = states.map(({ remarks }) => remarks.map(({ detail }) => detail).join(' '))
    assert.deepEqual(remarks, ['', '', '', 'one', 'one two four', ''])
    assert.equal(states[4]?.remarks[0]?.code, 'CORRELATION_WAITS')
    assert.equal(states[4]?.state, 'runs with remark')
    assert.equal(states[5]?.state, 'runs')
  })

  it('M71 only the outermost needs a title; its own level goes before those of its rules', () => {
    const base = (name: string, level: string): string =>
      ruleOf({ sel: { A: 1 }, condition: 'sel' }, { name, level, title: undefined })
    const rules = [base('one', 'low'), base('two', 'high')]
    const both = { rules: ['one', 'two'], type: 'temporal', condition: undefined }
    const levelOf = (more: object): string | null | undefined => {
      const engine = compile([...rules, document(both, more)])
      for (const { refusal } of engine.rules) assert.equal(refusal, null)
      const correlator = engine.correlate()
      const add = (rule: string, timeMs: number) =>
        correlator.add({ rules: [rule], timeMs, id: rule, field: () => '' })
      const [one, two] = engine.rules.map(({ id }) => id) as [string, string]
      return [...add(one, 1), ...add(two, 2)][0]?.level
    }
    assert.equal(levelOf({}), 'high')
    assert.equal(levelOf({ level: 'medium' }), 'medium')
    assert.equal(refusalIn(document(both, { title: undefined })), 'TITLE_MISSING')
  })

  it('M61 rules are named by id or name, in chains; circles and unknown ones are refused', () => {
    const base = ruleOf({ sel: { A: 1 }, condition: 'sel' }, { name: 'one' })
    const chain = [
      base,
      document({}, { name: 'two' }),
      document({ rules: ['two'] }, { name: 'three' }),
    ]
    const codes = statesOf(chain.join('\n---\n')).map(({ refusal }) => refusal?.code ?? null)
    assert.deepEqual(codes, [null, null, null])
    const circle = [
      document({ rules: ['b'] }, { name: 'a' }),
      document({ rules: ['a'] }, { name: 'b' }),
    ]
    assert.equal(refusalIn(circle.join('\n---\n')), 'CORRELATION_CYCLE')
    assert.equal(refusal({}), 'CORRELATION_RULE_UNKNOWN')
    assert.equal(refusal({ rules: [] }), 'CORRELATION_SHAPE')
    assert.deepEqual([parsed({}).generate, parsed({ generate: true }).generate], [false, true])
  })

  it('M62 timespans', () => {
    const seconds = ['30s', '5m', '2h', '1d', '1w', '1M', '1y'].map(
      timespan => parsed({ timespan }).timespanSeconds,
    )
    assert.deepEqual(seconds, [30, 300, 7_200, 86_400, 604_800, 2_592_000, 31_536_000])
    for (const timespan of ['5', 'm', '0s', '-1m', '1.5h', '5x', null]) {
      assert.equal(refusal({ timespan }), 'CORRELATION_TIMESPAN')
    }
  })

  it('M63 M64 groups are optional, aliases name a field for each rule', () => {
    assert.deepEqual(parsed({}).groupBy, [])
    const { groupBy, aliases } = parsed({ 'group-by': ['ip'], aliases: { ip: { one: 'SrcIp' } } })
    assert.deepEqual(groupBy, ['ip'])
    assert.equal(aliases.get('ip')?.get('one'), 'SrcIp')
    assert.equal(refusal({ aliases: ['ip'] }), 'CORRELATION_SHAPE')
  })

  it('M65 one bound or a range of two, and the field that a type needs', () => {
    const range = parsed({ condition: { gt: 5, lte: 10 } })
    assert.deepEqual(
      range.bounds.map(({ operator, text }) => operator + text),
      ['gt5', 'lte10'],
    )
    const tuple = parsed({ type: 'value_count', condition: { gt: 5, field: ['A', 'B'] } })
    assert.deepEqual(tuple.fields, ['A', 'B'])
    for (const condition of [
      {},
      { gt: 1, lt: 2, neq: 3 },
      { gt: 'x' },
      { over: 1 },
      { gt: 1, field: 'A' },
    ]) {
      assert.equal(refusal({ condition }), 'CORRELATION_SHAPE')
    }
    assert.equal(refusal({ type: 'value_sum', condition: { gt: 1 } }), 'CORRELATION_SHAPE')
  })

  it('M66 a temporal condition may join the names of its rules', () => {
    const temporal = { type: 'temporal', rules: ['one', 'two'], condition: 'one and not two' }
    assert.equal(parsed(temporal).condition?.kind, 'and')
    assert.equal(refusal({ ...temporal, condition: 'one and three' }), 'CONDITION_UNKNOWN')
    assert.equal(refusal({ condition: 'one' }), 'CORRELATION_SHAPE')
  })

  it('M67 the percentile is 50 unless said', () => {
    const rank = (condition: object): number | null =>
      parsed({ type: 'value_percentile', condition: { gt: 1, field: 'A', ...condition } })
        .percentile
    assert.deepEqual([rank({}), rank({ percentile: 95 })], [50, 95])
    const over = { type: 'value_percentile', condition: { gt: 1, field: 'A', percentile: 101 } }
    assert.equal(refusal(over), 'CORRELATION_SHAPE')
  })
})
