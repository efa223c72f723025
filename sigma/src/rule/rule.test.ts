import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../index.ts'
import { refusal, refusalIn, remarksIn, ruleOf, statesOf } from '../testing/ask.ts'

const detection = { sel: { A: 1 }, condition: 'sel' }

describe('documents and their metadata', () => {
  it('M3 each document is a detection, a correlation or a filter, and nothing else', () => {
    assert.equal(statesOf(ruleOf(detection))[0]?.kind, 'detection')
    assert.equal(refusalIn('title: a'), 'DOCUMENT_KIND')
    assert.equal(refusalIn('- a'), 'DOCUMENT_KIND')
    assert.equal(refusalIn(ruleOf(detection, { filter: {} })), 'DOCUMENT_KIND')
    assert.equal(refusalIn(ruleOf(detection, { custom: { deep: [1] } })), null)
  })

  it('M4 what breaks the schema is remarked, what a rule needs is asked for', () => {
    const bad = { id: 'no uuid', status: 'new', level: 'huge', date: '2020-13-01', tags: ['x'] }
    assert.deepEqual(new Set(remarksIn(ruleOf(detection, bad))), new Set(['METADATA_SCHEMA']))
    assert.equal(remarksIn(ruleOf(detection, bad)).length, 5)
    assert.equal(remarksIn(ruleOf(detection, { title: 'x'.repeat(257) })).length, 1)
    assert.equal(refusalIn(ruleOf(detection, { title: undefined })), 'TITLE_MISSING')
    assert.equal(refusalIn(ruleOf(detection, { logsource: undefined })), 'LOGSOURCE_MISSING')
    assert.equal(refusalIn(ruleOf('text')), 'DETECTION_SHAPE')
    assert.equal(refusalIn(ruleOf({ sel: { A: 1 } })), 'CONDITION_MISSING')
    assert.equal(refusalIn(ruleOf({ condition: 'sel' })), 'DETECTION_EMPTY')
  })

  it('M5 rules of the past load disabled; an id or name that comes again is reported', () => {
    const [state] = statesOf(ruleOf(detection, { status: 'deprecated' }))
    assert.equal(state?.state, 'disabled')
    const rule = ruleOf(detection, { id: '7e4b4c6e-0000-4000-8000-000000000001', name: 'one' })
    const states = statesOf(`${rule}\n---\n${rule}\n---\n${ruleOf(detection, { name: 'one' })}`)
    assert.equal(states[1]?.refusal?.code, 'ID_TAKEN')
    assert.equal(states[2]?.remarks[0]?.code, 'NAME_TAKEN')
  })

  it('M6 every document of every source has a state, and a refusal its line', () => {
    const { rules } = compile([
      { name: 'good.yml', text: ruleOf(detection) },
      { name: 'bad.yml', text: 'a: [\n---\nb: 1' },
      {
        name: 'rule.yml',
        text: 'title: t\nlogsource: {product: p}\ndetection:\n  s:\n    A|no: 1\n  condition: s',
      },
    ])
    assert.equal(rules.find(({ source }) => source === 'good.yml')?.state, 'runs')
    assert.ok(rules.some(({ source, state }) => source === 'bad.yml' && state === 'refused'))
    assert.deepEqual(rules.at(-1)?.refusal, { code: 'MODIFIER_UNKNOWN', at: 5, detail: 'no' })
  })

  it('M10 a log source names a category, product or service; more attributes are no matter', () => {
    assert.equal(refusalIn(ruleOf(detection, { logsource: {} })), 'LOGSOURCE_SHAPE')
    assert.equal(
      refusalIn(ruleOf(detection, { logsource: { definition: 'x' } })),
      'LOGSOURCE_SHAPE',
    )
    assert.equal(refusalIn(ruleOf(detection, { logsource: { product: 'X', other: 1 } })), null)
  })

  it('M14 rules for sources that are not there are listed as such', () => {
    const rule = ruleOf(detection, { logsource: { product: 'linux', service: 'auth' } })
    const stateWith = (sources: { product: string; service?: string }[]): string | undefined =>
      compile(rule, { engine: 'reference', sources }).rules[0]?.state
    assert.equal(stateWith([{ product: 'windows' }]), 'no source')
    assert.equal(stateWith([{ product: 'Linux', service: 'auth' }]), 'runs')
  })

  it('M37 what has no meaning in a detection is refused', () => {
    assert.equal(refusal({ A: { B: 1 } }), 'VALUE_SHAPE')
    assert.equal(refusal({ A: [[1]] }), 'VALUE_SHAPE')
    assert.equal(refusal([]), 'DETECTION_EMPTY')
    assert.equal(refusal({}), 'DETECTION_EMPTY')
    assert.equal(refusal(null), 'VALUE_TYPE')
    let deep: unknown = 'x'
    for (let depth = 0; depth < 50; depth++) deep = [deep]
    assert.equal(refusal(deep), 'DETECTION_TOO_DEEP')
  })
})
