import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile, type RefusalCode, SigmaError } from '../index.ts'
import { ruleOf } from '../testing/ask.ts'

const id = '7e4b4c6e-0000-4000-8000-000000000001'
const source = { products: ['windows'], services: [], categories: ['test'] }
const logsource = { product: 'windows', category: 'test' }

type Item = Record<string, unknown>

const pipelineOf = (...transformations: Item[]): string =>
  JSON.stringify({ name: 'test', priority: 10, transformations })

const engineOf = (detection: object, pipelines: readonly string[], more: object = {}) =>
  compile(ruleOf(detection, { id, logsource, ...more }), { engine: 'reference', pipelines })

/** Whether a rule of one selection matches after these steps. */
function asks(selection: unknown, event: object, ...steps: Item[]): boolean {
  const engine = engineOf({ s: selection, condition: 's' }, [pipelineOf(...steps)])
  assert.equal(engine.rules[0]?.refusal ?? null, null)
  return engine.match(event, source).length === 1
}

function codeOf(work: () => unknown): RefusalCode | null {
  try {
    work()
    return null
  } catch (error) {
    if (error instanceof SigmaError) return error.refusal.code
    throw error
  }
}

const refusalOf = (detection: object, ...steps: Item[]): RefusalCode | null =>
  engineOf(detection, [pipelineOf(...steps)]).rules[0]?.refusal?.code ?? null

const whenTest: Item = { rule_conditions: [{ type: 'logsource', category: 'test' }] }
const whenOther: Item = { rule_conditions: [{ type: 'logsource', category: 'other' }] }
const only = (...fields: string[]): Item => ({
  field_name_conditions: [{ type: 'include_fields', fields }],
})
const map = (mapping: object, more: Item = {}): Item => ({
  type: 'field_name_mapping',
  mapping,
  ...more,
})

describe('names of fields', () => {
  it('S91 one or several other names; the old one is not looked for any more', () => {
    assert.ok(asks({ A: 1 }, { X: 1 }, map({ A: 'X' })))
    assert.ok(!asks({ A: 1 }, { A: 1 }, map({ A: 'X' })))
    const two = map({ A: ['X', 'Y'] })
    assert.ok(asks({ 'A|contains': 'b' }, { Y: 'abc' }, two))
    assert.ok(!asks({ 'A|contains': 'b' }, { X: 'x' }, two))
    assert.ok(!asks({ 'A|neq': 'b' }, { X: 'x', Y: 'b' }, two), 'neq holds for every name')
    assert.ok(asks({ 'B|fieldref': 'A' }, { B: 'v', Y: 'v' }, two))
  })

  it('S91 prefixes, suffixes and the names they are meant for', () => {
    const prefix = { type: 'field_name_prefix', prefix: 'win.' }
    assert.ok(asks({ A: 1, B: 2 }, { win: { A: 1, B: 2 } }, prefix))
    assert.ok(asks({ A: 1, B: 2 }, { win: { A: 1 }, B: 2 }, { ...prefix, ...only('A') }))
    const others = { field_name_conditions: [{ type: 'exclude_fields', fields: ['B'] }] }
    assert.ok(asks({ A: 1, B: 2 }, { win: { A: 1 }, B: 2 }, { ...prefix, ...others }))
    const dotless = {
      field_name_conditions: [{ type: 'include_fields', fields: ['\\w+\\.'], mode: 're' }],
      field_name_cond_not: true,
    }
    assert.ok(asks({ A: 1, 'b.c': 2 }, { win: { A: 1 }, b: { c: 2 } }, { ...prefix, ...dotless }))
    assert.ok(asks({ A: 1 }, { A_s: 1 }, { type: 'field_name_suffix', suffix: '_s' }))
    const prefixes = {
      type: 'field_name_prefix_mapping',
      mapping: { win: 'w', 'a.': ['b.', 'c.'] },
    }
    assert.ok(asks({ winX: 1, 'a.x': 2 }, { wX: 1, c: { x: 2 } }, prefixes))
    assert.ok(asks(['word'], { m: 'a word' }, prefix), 'keywords have no name')
  })

  it('S91 steps are taken in order, and only for the log source they are meant for', () => {
    assert.ok(asks({ A: 1 }, { C: 1 }, map({ A: 'B' }), map({ B: 'C' })))
    assert.ok(asks({ A: 1 }, { B: 1 }, map({ A: 'B' }, whenTest), map({ B: 'C' }, whenOther)))
    const first = JSON.stringify({ priority: 1, transformations: [map({ A: 'B' })] })
    const second = JSON.stringify({ priority: 2, transformations: [map({ B: 'C' })] })
    const engine = engineOf({ s: { A: 1 }, condition: 's' }, [second, first])
    assert.equal(engine.match({ C: 1 }, source).length, 1)
  })

  it('S91 what a step has changed another can leave alone', () => {
    const rest = {
      type: 'field_name_prefix',
      prefix: 'data.',
      field_name_conditions: [{ type: 'processing_item_applied', processing_item_id: 'known' }],
      field_name_cond_not: true,
    }
    const event = { image: 'a', data: { Other: 'b' } }
    assert.ok(
      asks({ Image: 'a', Other: 'b' }, event, map({ Image: 'image' }, { id: 'known' }), rest),
    )
  })
})

describe('other steps', () => {
  it('S91 a condition more, for rules of a log source, with its names, or negated', () => {
    const add = (conditions: object, more: Item = {}): Item => ({
      type: 'add_condition',
      conditions,
      ...more,
    })
    const channel = add({ Channel: ['a', 'b'] }, whenTest)
    assert.ok(asks({ A: 1 }, { A: 1, Channel: 'b' }, channel))
    assert.ok(!asks({ A: 1 }, { A: 1 }, channel))
    assert.ok(asks({ A: 1 }, { A: 1 }, add({ Channel: 'a' }, whenOther)))
    assert.ok(!asks({ A: 1 }, { A: 1, X: 1 }, add({ X: 1 }, { negated: true })))
    const template = add({ index: '$product-${category}-$service' }, { template: true })
    assert.ok(asks({ A: 1 }, { A: 1, index: 'windows-test-None' }, template))
    assert.ok(asks({ A: 1 }, { A: 1, C: 'a' }, channel, map({ Channel: 'C' })))
  })

  it('S91 another log source decides which events are asked', () => {
    const change = { type: 'change_logsource', category: 'x' }
    const engine = engineOf({ s: { A: 1 }, condition: 's' }, [pipelineOf(change)])
    assert.deepEqual(engine.match({ A: 1 }, source), [])
    assert.deepEqual(engine.match({ A: 1, category: 'x' }), [id])
  })

  it('S91 items that are dropped are no part of the condition any more', () => {
    const drop = { type: 'drop_detection_item', ...only('B') }
    assert.ok(asks({ A: 1, B: 2 }, { A: 1 }, drop))
    const rule = { s: { A: 1 }, f: { B: 1 }, condition: 's and not f' }
    const engine = engineOf(rule, [pipelineOf(drop)])
    assert.equal(engine.match({ A: 1, B: 1 }, source).length, 1)
    assert.equal(refusalOf({ s: { B: 1 }, condition: 's' }, drop), 'PIPELINE_EMPTY')
  })

  it('S91 texts are replaced, wildcards too', () => {
    const replace = (regex: string, replacement: string, more: Item = {}): Item => ({
      type: 'replace_string',
      regex,
      replacement,
      ...more,
    })
    assert.ok(asks({ A: '*\\x.exe' }, { A: 'x.exe' }, replace('^\\*\\\\', '')))
    assert.ok(asks({ A: 'C:\\a' }, { A: 'D:\\a' }, replace('^(C):', 'D:')))
    assert.ok(asks({ A: 'ab*' }, { A: 'ba-x' }, replace('(a)(b)', '\\2\\g<1>-')))
    assert.ok(asks({ 'A|contains': 'x' }, { A: '1y2' }, replace('x', 'y', { skip_special: true })))
    assert.ok(asks({ A: 12 }, { A: 'a2' }, replace('1', 'a')))
    assert.ok(asks({ A: 5 }, { A: '5.0' }, replace('1', 'a')), 'a number stays one')
    const mapped = { type: 'map_string', mapping: { a: ['b', 'c*'], d: 'e' } }
    assert.ok(asks({ A: 'a' }, { A: 'cc' }, mapped) && !asks({ A: 'a' }, { A: 'a' }, mapped))
  })

  it('S91 hashes are asked of the field of their kind', () => {
    const split = {
      type: 'hashes_fields',
      valid_hash_algos: ['MD5', 'SHA1'],
      field_prefix: 'file.hash.',
      ...only('Hashes'),
    }
    const hashes = { 'Hashes|contains': ['MD5=aa', 'SHA1=bb', 'IMPHASH=cc'] }
    assert.ok(asks(hashes, { file: { hash: { MD5: 'AA' } } }, split))
    assert.ok(asks(hashes, { file: { hash: { SHA1: 'bb' } } }, split))
    assert.ok(!asks(hashes, { file: { hash: { MD5: 'bb' } } }, split))
    const each = { 'Hashes|contains|all': ['MD5=aa', 'SHA1=bb'] }
    assert.ok(asks(each, { file: { hash: { MD5: 'aa', SHA1: 'bb' } } }, split))
    assert.ok(!asks(each, { file: { hash: { MD5: 'aa' } } }, split))
    const none = { 'Hashes|contains|neq': ['MD5=aa', 'SHA1=bb'] }
    assert.ok(!asks(none, { file: { hash: { SHA1: 'bb' } } }, split))
    const md5 = 'd41d8cd98f00b204e9800998ecf8427e'
    assert.ok(asks({ Hashes: md5 }, { file: { hash: { MD5: md5 } } }, split))
    assert.equal(refusalOf({ s: { Hashes: 'IMPHASH=a' }, condition: 's' }, split), 'PIPELINE_RULE')
  })

  it('S91 steps inside a step share its conditions', () => {
    const nest = (more: Item): Item => ({
      type: 'nest',
      items: [map({ A: 'B' }), map({ B: 'C' })],
      ...more,
    })
    assert.ok(asks({ A: 1 }, { C: 1 }, nest(whenTest)))
    assert.ok(asks({ A: 1 }, { A: 1 }, nest(whenOther)))
  })

  it('S91 states, tags, fields and values decide whether a step is taken', () => {
    const mark = { type: 'set_state', key: 'index', val: 'win', ...whenTest }
    const when = (condition: object): Item => map({ A: 'X' }, { rule_conditions: [condition] })
    const state = (val: string) => when({ type: 'processing_state', key: 'index', val })
    assert.ok(asks({ A: 1 }, { X: 1 }, mark, state('win')))
    assert.ok(asks({ A: 1 }, { A: 1 }, mark, state('other')))
    assert.ok(asks({ A: 1 }, { X: 1 }, when({ type: 'contains_field', field: 'A' })))
    assert.ok(asks({ A: 1 }, { A: 1 }, when({ type: 'contains_field', field: 'B' })))
    const item = { type: 'contains_detection_item', field: 'A', value: 1 }
    assert.ok(asks({ A: 1 }, { X: 1 }, when(item)) && asks({ A: 2 }, { A: 2 }, when(item)))
    const strings = (pattern: string): Item =>
      map(
        { A: 'X', B: 'Y' },
        { detection_item_conditions: [{ type: 'match_string', cond: 'any', pattern }] },
      )
    assert.ok(asks({ A: 'ab', B: 'b' }, { X: 'ab', B: 'b' }, strings('a.')))
    const tagged = pipelineOf(when({ type: 'tag', tag: 'attack.t1059' }))
    const rule = engineOf({ s: { A: 1 }, condition: 's' }, [tagged], { tags: ['attack.t1059'] })
    assert.equal(rule.match({ X: 1 }, source).length, 1)
  })

  it('S91 a step may refuse a rule, or a rule with some item', () => {
    const rule = { s: { A: 1 }, condition: 's' }
    const failure = { type: 'rule_failure', message: 'not here' }
    assert.equal(refusalOf(rule, { ...failure, ...whenTest }), 'PIPELINE_RULE')
    assert.equal(refusalOf(rule, { ...failure, ...whenOther }), null)
    const item = { type: 'detection_item_failure', message: 'no B' }
    assert.equal(refusalOf(rule, { ...item, ...only('B') }), null)
    assert.equal(refusalOf(rule, { ...item, ...only('A') }), 'PIPELINE_RULE')
    const ten = Array.from({ length: 10 }, (_, at) => [
      `A${at}`,
      Array.from('0123456789', digit => `A${digit}`),
    ])
    const bomb = Array.from({ length: 8 }, () => map({ A: ['A0'], ...Object.fromEntries(ten) }))
    assert.equal(refusalOf(rule, ...bomb), 'VALUE_TOO_MANY')
    const members = ruleOf({ s: { 'A[any]': 1 }, condition: 's' }, { 'sigma-version': 3 })
    const pipelines = [pipelineOf(map({ A: 'B' }))]
    const [state] = compile(members, { engine: 'reference', pipelines }).rules
    assert.equal(state?.refusal?.code, 'VERSION_UNSUPPORTED')
  })
})

describe('filters and correlations', () => {
  const filter = JSON.stringify({
    title: 'f',
    logsource: { product: 'windows' },
    filter: { rules: [id], selection: { A: 'good' }, condition: 'not selection' },
  })
  const correlation = (more: object) =>
    JSON.stringify({
      title: 'c',
      correlation: {
        type: 'event_count',
        rules: [id],
        timespan: '1m',
        'group-by': ['A'],
        condition: { gte: 2 },
        ...more,
      },
    })

  it('S91 a filter is taken through the steps of the rule that it filters', () => {
    const rule = ruleOf({ s: { 'A|contains': 'o' }, condition: 's' }, { id, logsource })
    const pipelines = [pipelineOf(map({ A: 'X' }, whenTest))]
    const engine = compile(`${rule}\n---\n${filter}`, { engine: 'reference', pipelines })
    assert.deepEqual(engine.match({ X: 'other' }, source), [id])
    assert.deepEqual(engine.match({ X: 'good' }, source), [])
  })

  it('S91 groups go by the new names', () => {
    const rule = ruleOf({ s: { A: '*' }, condition: 's' }, { id, logsource })
    const make = (mapping: object) =>
      compile([rule, correlation({})], {
        engine: 'reference',
        pipelines: [pipelineOf(map(mapping, whenTest))],
      })
    const engine = make({ A: 'X' })
    const matches = ['a', 'b', 'a'].map((X, at) => ({
      rules: engine.match({ X }, source),
      timeMs: at,
      id: String(at),
      source: '',
      field: engine.fields({ X }, source),
    }))
    assert.deepEqual(
      engine.replay(matches).map(({ events }) => events),
      [['0', '2']],
    )
    assert.equal(make({ A: ['X', 'Y'] }).rules[1]?.refusal?.code, 'PIPELINE_CORRELATION')
  })
})

describe('pipelines that cannot be done to the letter', () => {
  const codeFor = (pipeline: object | string): RefusalCode | null =>
    codeOf(() =>
      engineOf({ s: { A: 1 }, condition: 's' }, [
        typeof pipeline === 'string' ? pipeline : JSON.stringify(pipeline),
      ]),
    )

  it('S91 are refused with a code of their own', () => {
    const of = (item: Item): object => ({ transformations: [item] })
    assert.equal(codeFor({ transformations: [] }), null)
    assert.equal(codeFor({}), 'PIPELINE_SHAPE')
    assert.equal(codeFor('- a'), 'PIPELINE_SHAPE')
    assert.equal(codeFor('a: ['), 'YAML_SYNTAX')
    assert.equal(codeFor({ transformations: [], other: 1 }), 'PIPELINE_SHAPE')
    assert.equal(codeFor(of({ type: 'regex' })), 'PIPELINE_TRANSFORMATION')
    assert.equal(codeFor({ transformations: [], postprocessing: [{}] }), 'PIPELINE_TRANSFORMATION')
    assert.equal(codeFor(of(map({ A: [] }))), 'PIPELINE_SHAPE')
    assert.equal(codeFor(of(map({ A: 'B' }, { rule_cond_expr: 'a' }))), 'PIPELINE_SHAPE')
    assert.equal(
      codeFor(of(map({ A: 'B' }, { rule_conditions: [{ type: 'unheard' }] }))),
      'PIPELINE_CONDITION',
    )
    assert.equal(
      codeFor(of({ type: 'add_condition', conditions: { 'A|unheard': 1 } })),
      'MODIFIER_UNKNOWN',
    )
    assert.equal(codeFor(of({ type: 'change_logsource' })), 'PIPELINE_SHAPE')
  })

  it('S91 expressions whose time is not bounded are refused', () => {
    const replace = (regex: string) =>
      codeFor({ transformations: [{ type: 'replace_string', regex, replacement: '' }] })
    for (const regex of ['(a+)+', '(a{1,9}){1,9}', '.*.*', '(?=a)', '(a)\\1', '(']) {
      assert.equal(replace(regex), 'PIPELINE_REGEX', regex)
    }
    for (const regex of ['a+', '^\\\\\\\\', '(a|b)?c*']) assert.equal(replace(regex), null, regex)
  })

  it('S91 no damaged text is more than refused', () => {
    const text = `transformations:
  - type: field_name_mapping
    mapping: {A: [B, C], D: E}
    rule_conditions: [{type: logsource, product: windows}]
    field_name_conditions: [{type: include_fields, fields: ['A.*'], mode: re}]
  - {type: replace_string, regex: '^(a)b', replacement: '\\1'}
  - {type: add_condition, conditions: {'X|contains': [1, y]}, template: true}
  - {type: nest, items: [{type: drop_detection_item, field_name_cond_op: or}]}
`
    let state = 11
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >>> 8) % below
    }
    for (let run = 0; run < 500; run++) {
      let damaged = text
      for (let count = 1 + random(3); count > 0; count--) {
        const at = random(damaged.length)
        const insert = ['', '{', ']', ':', '- ', '*', '(', 'a+', '\n', '|'][random(10)]
        damaged = damaged.slice(0, at) + insert + damaged.slice(at + random(4))
      }
      codeFor(damaged)
    }
  })
})
