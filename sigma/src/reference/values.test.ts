import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../index.ts'
import { asks, refusal, remarksIn, ruleOf } from '../testing/ask.ts'

describe('fields', () => {
  it('M20 literal names, paths, and paths through lists', () => {
    assert.ok(!asks({ a: 'x' }, { A: 'x' }))
    assert.ok(!asks({ 'A.b': 'y' }, { 'A.b': 'x', A: { b: 'y' } }))
    assert.ok(asks({ 'A.b.c': 'x' }, { A: [{ b: { c: ['y', 'x'] } }] }))
    assert.ok(!asks({ __proto__x: 'x', toString: '*' }, { A: 1 }))
  })

  it('M23 any member of a list; an object is its JSON', () => {
    assert.ok(asks({ A: 'x' }, { A: ['y', ['X']] }))
    assert.ok(!asks({ A: '*' }, { A: [] }))
    assert.ok(asks({ 'A|contains': '"b":[1,"x"]' }, { A: { b: [1, 'x'] } }))
  })
})

describe('values', () => {
  it('M30 M31 whole, without case, * over line ends, ? for one code point', () => {
    assert.ok(asks({ A: 'Ä*Z' }, { A: 'ä\r\nz' }))
    assert.ok(asks({ A: 'a?c' }, { A: 'a😀c' }))
    assert.ok(!asks({ A: 'a??c' }, { A: 'a😀c' }))
    assert.ok(!asks({ A: 'ab*ba' }, { A: 'aba' }))
  })

  it('M32 escapes', () => {
    const pairs: [string, string][] = [
      ['\\*', '*'],
      ['\\?', '?'],
      ['a\\\\b', 'a\\b'],
      ['a\\b', 'a\\b'],
      ['\\\\\\b', '\\\\b'],
      ['\\\\\\\\b', '\\\\b'],
      ['a\\', 'a\\'],
      ['a\\\\\\*', 'a\\*'],
    ]
    for (const [written, meant] of pairs) assert.ok(asks({ A: written }, { A: meant }), written)
    assert.ok(asks({ A: 'a\\\\*' }, { A: 'a\\bc' }))
    assert.ok(!asks({ A: '\\*' }, { A: 'x' }))
  })

  it('M33 numbers by value, exactly; booleans', () => {
    assert.ok(asks({ A: 5 }, { A: '5.0' }) && asks({ A: '5' }, { A: 5 }))
    assert.ok(!asks({ A: 16 }, { A: '0x10' }) && !asks({ A: 0 }, { A: '' }))
    assert.ok(asks({ A: true }, { A: 'True' }) && asks({ A: true }, { A: true }))
    assert.ok(!asks({ A: true }, { A: 1 }))
    const rule =
      'title: t\nlogsource: {category: test}\ndetection:\n  s: {A: -9223372036854775807}\n  condition: s'
    const match = (number: string): number =>
      compile(rule).match(Buffer.from(`{"category":"test","A":${number}}`)).length
    assert.deepEqual([match('-9223372036854775807'), match('-9223372036854775808')], [1, 0])
  })

  it('M34 null, the empty text and the empty list', () => {
    assert.ok(
      asks({ A: null }, {}) && asks({ A: null }, { A: null }) && !asks({ A: null }, { A: '' }),
    )
    assert.ok(asks({ A: '' }, { A: '' }) && !asks({ A: '' }, {}) && asks({ A: [] }, {}))
    const rule = ruleOf({ s: { A: [null, 'x'] }, condition: 's' })
    assert.deepEqual(remarksIn(rule), ['VALUE_NULL_IN_LIST'])
  })

  it('M36 M37 lists are or, all makes and, maps are and', () => {
    assert.ok(asks({ 'A|contains': ['x', 'b'] }, { A: 'abc' }))
    assert.ok(!asks({ 'A|contains|all': ['x', 'b'] }, { A: 'abc' }))
    assert.ok(!asks([{ A: 1, B: 2 }, { C: 3 }], { A: 1 }))
    assert.ok(asks([[{ A: 1 }], 'word'], { B: 'a word' }))
  })

  it('M38 keywords search all values, or the line', () => {
    assert.ok(asks(['a*c', 7], { x: { y: ['xxABCx'] } }) && asks(4625, { x: 'id 4625' }))
    assert.ok(!asks(['user'], { user: 'x' }))
    assert.ok(asks({ '|all': ['dd', 'if='] }, { a: 'dd', b: 'if=x' }))
    assert.equal(refusal({ '|exists': true }), 'MODIFIER_KEYWORD')
    const engine = compile(ruleOf({ k: ['failed*root'], condition: 'k' }))
    const source = { products: [], services: [], categories: ['test'] }
    assert.equal(engine.match(Buffer.from('sshd: Failed for ROOT'), source).length, 1)
  })
})

describe('modifiers', () => {
  it('M40a contains, startswith, endswith', () => {
    assert.ok(asks({ 'A|endswith': '8???' }, { A: '0x18010' }))
    assert.ok(
      asks({ 'A|startswith': 'a*c' }, { A: 'abcd' }) && !asks({ 'A|startswith': 'b' }, { A: 'ab' }),
    )
  })

  it('M40b all, at any place; of one value it is remarked', () => {
    assert.ok(!asks({ 'A|all|contains': ['a', 'z'] }, { A: 'a' }))
    const rule = ruleOf({ s: { 'A|contains|all': 'x' }, condition: 's' })
    assert.deepEqual(remarksIn(rule), ['MODIFIER_ALL_SINGLE'])
  })

  it('M40c cased', () => {
    assert.ok(asks({ 'A|cased': 'B*' }, { A: 'Bc' }) && !asks({ 'A|cased': 'B*' }, { A: 'bc' }))
  })

  it('M40d re', () => {
    assert.ok(
      asks({ 'A|re|ignorecase': ['x', '^B$'] }, { A: 'b' }) && !asks({ 'A|re': '^B$' }, { A: 'b' }),
    )
    assert.equal(refusal({ 'A|contains|re': 'x' }), 'MODIFIER_ORDER')
    assert.equal(refusal({ 'A|i': 'x' }), 'MODIFIER_ORDER')
    assert.equal(refusal({ 'A|re': '(?=a)' }), 'REGEX_UNSUPPORTED')
  })

  it('M40e neq is none of the values, and true where the field is missing', () => {
    assert.ok(!asks({ 'A|neq': ['x', 'y'] }, { A: 'Y' }) && asks({ 'A|neq': ['x', 'y'] }, {}))
  })

  it('M40f lt, lte, gt, gte', () => {
    assert.ok(asks({ 'A|gt': 10 }, { A: '10.5' }) && !asks({ 'A|gte': 10 }, { A: '' }))
    assert.ok(asks({ 'A|lt': 10 }, { A: '-1e300' }) && !asks({ 'A|lte': 1 }, {}))
    assert.equal(refusal({ 'A|gt': '5' }), 'VALUE_TYPE')
  })

  it('M40g parts of times, as written', () => {
    const T = '2027-01-01T23:59:00.5+09:00'
    const parts = { minute: 59, hour: 23, day: 1, week: 53, month: 1, year: 2027 }
    for (const [part, value] of Object.entries(parts))
      assert.ok(asks({ [`T|${part}`]: value }, { T }), part)
    assert.ok(asks({ 'T|hour|gte': 20 }, { T: '2026-01-02 21:00:00' }))
    for (const T of ['2026-02-30', '2026-01-02T25:00', '20:15', 5])
      assert.ok(!asks({ 'T|year|gt': 0 }, { T }))
  })

  it('M40h M40i M40j base64, base64offset and UTF-16 before them', () => {
    const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
      Buffer.from(text, encoding).toString('base64')
    for (const before of ['', 'x', 'xx', 'xxx']) {
      assert.ok(
        asks({ 'A|base64offset|contains': 'tést' }, { A: base64(`${before}tést!!`) }),
        before,
      )
    }
    assert.ok(asks({ 'A|base64': 'a\\*' }, { A: base64('a*') }))
    assert.ok(asks({ 'A|wide|base64offset|contains': 'Ж😀' }, { A: base64('Ж😀', 'utf16le') }))
    assert.equal(refusal({ 'A|base64': 'a*' }), 'VALUE_WILDCARD')
    assert.equal(refusal({ 'A|wide': 'a' }), 'MODIFIER_ORDER')
  })

  it('M40k windash', () => {
    for (const dash of ['-', '/', '–', '—', '―']) {
      assert.ok(asks({ 'A|contains|windash': ' /a-b' }, { A: `x ${dash}a-b` }))
    }
    assert.ok(!asks({ 'A|contains|windash': ' /a-b' }, { A: 'x /a/b' }))
    assert.equal(refusal({ 'A|windash': ' -a'.repeat(20) }), 'VALUE_TOO_MANY')
  })

  it('M40l cidr', () => {
    const v4 = { 'A|cidr': '10.0.0.0/8' }
    assert.ok(
      asks(v4, { A: '10.1.2.3' }) &&
        asks(v4, { A: '::ffff:10.1.2.3' }) &&
        !asks(v4, { A: '010.1.2.3' }),
    )
    assert.ok(asks({ 'A|cidr': 'fe80::/10' }, { A: 'FE80:0:0:0:0:0:0:1%eth0' }))
    assert.equal(refusal({ 'A|cidr': '10.0.0.1/8' }), 'CIDR_SYNTAX')
  })

  it('M40m M35 exists', () => {
    assert.ok(asks({ 'A|exists': true }, { A: null }) && asks({ 'A|exists': false }, {}))
    assert.equal(refusal({ 'A|exists': 'x' }), 'VALUE_TYPE')
    assert.equal(refusal({ 'A|exists|all': true }), 'MODIFIER_ORDER')
  })

  it('M40n fieldref', () => {
    assert.ok(
      asks({ 'A|fieldref|startswith': 'B' }, { A: 'X*y', B: 'x*' }) &&
        !asks({ 'A|fieldref': 'B' }, { B: 'x' }),
    )
    assert.ok(asks({ 'A|fieldref|neq': 'B' }, { A: 'x', B: 'y' }))
    assert.equal(refusal({ 'A|fieldref': 'a*' }), 'VALUE_WILDCARD')
  })

  it('M40o expand', () => {
    const placeholders = { admins: ['al*', 'bob'] }
    assert.ok(asks({ 'A|contains|expand': '-%admins%-' }, { A: 'x-ALICE-x' }, { placeholders }))
    assert.ok(asks({ 'A|expand': '5\\%admins\\%' }, { A: '5%admins%' }, { placeholders }))
    assert.equal(refusal({ 'A|expand': '%other%' }, { placeholders }), 'PLACEHOLDER_UNKNOWN')
  })

  it('M40p what is not known is refused', () => {
    assert.equal(refusal({ 'A|contain': 'x' }), 'MODIFIER_UNKNOWN')
    assert.equal(refusal({ 'A|__proto__': 'x' }), 'MODIFIER_UNKNOWN')
  })
})
