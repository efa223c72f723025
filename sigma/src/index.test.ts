import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from './index.ts'
import { ruleOf } from './testing/ask.ts'

const id = '7e4b4c6e-0000-4000-8000-000000000001'
const engineFor = (logsource: object, detection: object) =>
  compile(ruleOf(detection, { id, logsource }))

const anything = { s: { EventID: '*' }, condition: 's' }
const sysmon = 'microsoft-windows-sysmon/OPERATIONAL'

describe('log sources of events', () => {
  it('M11 M12 M13 channel and number tell the service and all categories, whatever the case', () => {
    const event = { Channel: sysmon, EventID: 12, EventType: 'DeleteKey' }
    const matches = (logsource: object): boolean =>
      engineFor(logsource, anything).match(event).length === 1
    assert.ok(matches({ product: 'Windows', service: 'sysmon' }))
    assert.ok(matches({ product: 'windows', category: 'registry_event' }))
    assert.ok(matches({ product: 'windows', category: 'registry_delete' }))
    assert.ok(!matches({ product: 'windows', category: 'registry_add' }))
    assert.ok(!matches({ product: 'linux' }))
  })

  it('M11 what an event says of itself goes before', () => {
    const engine = engineFor({ category: 'b' }, anything)
    assert.deepEqual(engine.match({ EventID: 1, category: 'A', _categories: ['a', 'b'] }), [id])
    assert.deepEqual(engine.match({ EventID: 1, category: ['b'] }), [])
  })

  it('M12 M22 fields have other names where a source gives them others', () => {
    const image = { s: { 'Image|endswith': '\\x.exe' }, condition: 's' }
    const engine = engineFor({ product: 'windows', category: 'process_creation' }, image)
    const event = { Channel: 'security', EventID: 4688, NewProcessName: 'C:\\x.exe' }
    assert.deepEqual(engine.match(event), [id])
    assert.deepEqual(engine.match({ ...event, Image: 'C:\\y.exe' }), [])
  })
})

describe('why', () => {
  const detection = { s: { A: 1, B: 2 }, f: { C: 3 }, condition: 's and not f' }
  const engine = engineFor({ category: 'test' }, detection)
  const leaves = (event: object) => {
    const { matched, leaves } = engine.why(id, { category: 'test', ...event })
    return [
      matched,
      leaves.map(({ detection, key, found }) => [detection, key, ...found].join(' ')),
    ]
  }

  it('names all leaves of a match and the one that prevented it', () => {
    assert.deepEqual(leaves({ A: 1, B: 2 }), [true, ['s A 1', 's B 2', 'f C']])
    assert.deepEqual(leaves({ A: 1, B: 3 }), [false, ['s B 3']])
    assert.deepEqual(leaves({ A: 1, B: 2, C: 3 }), [false, ['f C 3']])
  })

  it('says when the event is from elsewhere', () => {
    assert.equal(engine.why(id, { A: 1, B: 2 }).applies, false)
    assert.throws(() => engine.why('unknown', {}), { name: 'SigmaError' })
  })
})
