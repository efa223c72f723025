import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../index.ts'
import { matches, refusalIn, ruleOf } from '../testing/ask.ts'
import { parseSelector } from './members.ts'

const three = { 'sigma-version': 3 }
const asks = (selection: object, event: object): boolean =>
  matches(ruleOf({ s: selection, condition: 's' }, three), event)
const refusal = (selection: object) => refusalIn(ruleOf({ s: selection, condition: 's' }, three))

const connections = (...list: object[]) => ({ connections: list })
const tcp = { protocol: 'TCP', ip: '123.1.9.9' }
const udp = { protocol: 'UDP', ip: '123.1.5.5' }
const far = { protocol: 'TCP', ip: '10.0.0.1' }

describe('members of lists, of version 3', () => {
  it('S90 any: all that is asked holds for the same member', () => {
    const near = { 'connections[any]': { protocol: 'tcp', 'ip|cidr': '123.1.0.0/16' } }
    assert.ok(asks(near, connections(udp, tcp)))
    assert.ok(!asks(near, connections(far, udp)))
    const apart = { 'connections[any].protocol': 'tcp', 'connections[any].ip|cidr': '123.1.0.0/16' }
    assert.ok(asks(apart, connections(far, udp)))
    for (const none of [{}, { connections: [] }, { connections: null }])
      assert.ok(!asks(near, none))
    assert.ok(asks(near, { connections: tcp }))
  })

  it('S90 all, all_or_empty and none differ where there is no member', () => {
    const ask = (which: string, event: object): boolean =>
      asks({ [`connections[${which}]`]: { protocol: 'TCP' } }, event)
    const answers = (event: object) =>
      ['any', 'all', 'all_or_empty', 'none'].map(which => Number(ask(which, event))).join('')
    assert.equal(answers(connections(tcp, far)), '1110')
    assert.equal(answers(connections(tcp, udp)), '1000')
    assert.equal(answers(connections(udp)), '0001')
    for (const none of [{}, { connections: [] }, { connections: null }]) {
      assert.equal(answers(none), '0011')
    }
  })

  it('S90 members that are no objects, and the dot', () => {
    assert.ok(asks({ 'tags[all]|startswith': '123.' }, { tags: ['123.1', '123.2'] }))
    assert.ok(!asks({ 'tags[all]|startswith': '123.' }, { tags: ['123.1', '5'] }))
    assert.ok(asks({ 'tags[any]': ['a', 'b'] }, { tags: ['x', 'B'] }))
    const codes = {
      'rcodes[any]': {
        condition: 'server and not gateway',
        server: { '.|gte': 500, '.|lte': 599 },
        gateway: { '.': 504 },
      },
    }
    assert.ok(asks(codes, { rcodes: [200, 504, 503] }))
    assert.ok(!asks(codes, { rcodes: [200, 504, 600] }))
  })

  it('S90 a body with a condition of its own, patterns too', () => {
    const body = {
      'connections[any]': {
        condition: 'in_cidr and not 1 of is_*',
        in_cidr: { 'ip|cidr': '123.1.0.0/16' },
        is_tcp: { protocol: 'TCP' },
        is_icmp: { protocol: 'ICMP' },
      },
    }
    assert.ok(asks(body, connections(tcp, udp)))
    assert.ok(!asks(body, connections(tcp, far)))
    assert.equal(refusal({ 'a[any]': { condition: 'x', y: { z: 1 } } }), 'CONDITION_UNKNOWN')
  })

  it('S90 the member at a place, from the start and from the end', () => {
    const args = { args: ['C:\\powershell.exe', '-enc', 'x'] }
    assert.ok(asks({ 'args[0]|endswith': '\\powershell.exe', 'args[1]': '-enc' }, args))
    assert.ok(asks({ 'args[-1]': 'x', 'args[-3]|contains': 'power' }, args))
    for (const index of [1, 3, -4]) assert.ok(!asks({ [`args[${index}]`]: 'x' }, args))
    assert.ok(!asks({ 'args[0]': 'x' }, { args: 'x' }), 'what is no list has no places')
    assert.ok(asks({ 'connections[1].ip': '10.0.0.1' }, connections(tcp, far)))
    assert.ok(asks({ 'm[0][1]': 'b' }, { m: [['a', 'b']] }))
    // A member that is not there is a missing field.
    assert.ok(asks({ 'args[9]': null, 'args[9]|neq': 'x', 'args[8]|exists': false }, args))
  })

  it('S90 selectors inside each other', () => {
    const rules = { 'rules[any]': { type: 'allow', 'ip[all]|startswith': '123.1.1' } }
    const event = (...ip: string[]) => ({
      rules: [
        { type: 'deny', ip: ['123.1.1.1'] },
        { type: 'allow', ip },
      ],
    })
    assert.ok(asks(rules, event('123.1.1.1', '123.1.1.2')))
    assert.ok(!asks(rules, event('123.1.1.1', '9')))
    assert.ok(asks({ 'rules[any].ip[0]': '9' }, event('9', '8')))
    assert.ok(asks({ 'a.b[any].c': 1 }, { a: { b: [{ c: 2 }, { c: 1 }] } }))
  })

  it('S90 brackets behind a backslash, and all brackets below version 3, are letters', () => {
    assert.ok(asks({ 'args\\[0\\]': 'x' }, { 'args[0]': 'x' }))
    const literal = { s: { 'args[0]': 'x' }, condition: 's' }
    for (const version of [{}, { 'sigma-version': 2 }, { 'sigma-version': '2.1.0' }]) {
      assert.ok(matches(ruleOf(literal, version), { 'args[0]': 'x' }))
      assert.ok(!matches(ruleOf(literal, version), { args: ['x'] }))
    }
    assert.ok(matches(ruleOf(literal, { 'sigma-version': '3.0.0' }), { args: ['x'] }))
  })

  it('S90 what is no selector or of no known version is refused', () => {
    for (const key of ['a[some]', 'a[0', 'a]', '[any]', 'a[any]b', 'a[1.5]', 'a[-0]', 'a[any].']) {
      assert.equal(refusal({ [key]: 1 }), 'FIELD_SELECTOR', key)
    }
    assert.equal(refusal({ 'a[any].b': { c: 1 } }), 'VALUE_SHAPE')
    assert.equal(refusal({ 'a[any]|contains': { c: 1 } }), 'VALUE_SHAPE')
    assert.equal(refusal({ 'a[any]': { 'b|fieldref': 'c' } }), 'VERSION_UNSUPPORTED')
    for (const version of [1, 4, 'x', null, [3]]) {
      const rule = ruleOf({ s: { A: 1 }, condition: 's' }, { 'sigma-version': version })
      assert.equal(refusalIn(rule), 'VERSION_UNSUPPORTED', String(version))
    }
    const key = `a${'[any]'.repeat(100)}`
    assert.equal(refusal({ [key]: 1 }), 'DETECTION_TOO_DEEP')
  })

  it('S90 the fast engine asks the plain one, line by line too', () => {
    const rules = [
      ruleOf({ s: { 'a[any]': 1 }, condition: 's' }, { ...three, id: 'one' }),
      ruleOf({ s: { b: 2 }, condition: 's' }, { id: 'two' }),
      ruleOf({ s: { 'a[none]': 1 }, condition: 'not s' }, { ...three, id: 'three' }),
    ]
    const engine = compile(rules, { engine: 'fast' })
    const source = { products: [], services: [], categories: ['test'] }
    assert.deepEqual(engine.match({ a: [1], b: 2 }, source), ['one', 'two', 'three'])
    const lines = Buffer.from('{"b":2}\n\n{"a":[2,1]}\n')
    const found: string[] = []
    engine.matchLines(lines, {
      source,
      onMatch: ({ ruleId, line }) => found.push(`${line} ${ruleId}`),
    })
    assert.deepEqual(found, ['0 two', '2 one', '2 three'])
  })

  it('S90 why names the selector and its list', () => {
    const rule = ruleOf({ s: { 'tags[all]': 'a' }, condition: 's' }, three)
    const engine = compile(rule)
    const source = { products: [], services: [], categories: ['test'] }
    const { matched, leaves } = engine.why(engine.rules[0]?.id ?? '', { tags: ['a', 'b'] }, source)
    assert.equal(matched, false)
    assert.deepEqual(
      leaves.map(({ key, found }) => [key, ...found]),
      [['tags[all]', 'a', 'b']],
    )
  })

  it('S90 a selector is cut where its bracket closes', () => {
    assert.deepEqual(parseSelector('a[any].b[0]|contains', 1), {
      field: 'a',
      which: 'any',
      rest: 'b[0]|contains',
    })
    assert.equal(parseSelector('a|re', 1), null)
  })

  it('S90 no key is more than refused, and object and bytes answer alike', () => {
    let state = 5
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >>> 8) % below
    }
    const pieces = [
      'a',
      'b',
      '.',
      '[any]',
      '[all]',
      '[none]',
      '[0]',
      '[-1]',
      '[',
      ']',
      '\\[',
      '|re',
    ]
    const values = [1, 'x', null, [1, [2, { b: 1 }]], { b: [1, 'x', null] }, []]
    const value = (): unknown => values[random(values.length)]
    let answers = 0
    for (let run = 0; run < 500; run++) {
      const key = Array.from({ length: 1 + random(4) }, () => pieces[random(pieces.length)]).join(
        '',
      )
      const body = random(2) === 0 ? 1 : { b: 1, '.': 'x' }
      const rule = ruleOf({ s: { [key]: body }, condition: 's' }, three)
      const engine = compile(rule, { engine: 'reference' })
      if (engine.rules[0]?.refusal) continue
      answers++
      const event = { a: value(), b: [value(), value()], category: 'test' }
      const bytes = new TextEncoder().encode(JSON.stringify(event))
      assert.deepEqual(engine.match(bytes), engine.match(event), rule)
    }
    assert.ok(answers > 50)
  })
})
