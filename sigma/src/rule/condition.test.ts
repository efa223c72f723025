import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matches, refusalIn, remarksIn, ruleOf } from '../testing/ask.ts'

const detections = {
  a: { A: 1 },
  b: { B: 1 },
  'sel-x': { X: 1 },
  sel_y: { Y: 1 },
  _hidden: { Z: 1 },
}
const rule = (condition: unknown): string => ruleOf({ ...detections, condition })
const holds = (condition: unknown, ...fields: string[]): boolean =>
  matches(rule(condition), Object.fromEntries(fields.map(field => [field, 1])))

describe('conditions', () => {
  it('M50 or binds less than and, and less than not', () => {
    assert.ok(holds('a or b and sel-x', 'A'))
    assert.ok(!holds('(a or b) and sel-x', 'A'))
    assert.ok(holds('not a and b', 'B'))
    assert.ok(!holds('not (a or b)', 'B'))
    assert.ok(holds('not not a', 'A'))
    assert.ok(holds('not 1 of sel* and a', 'A'))
  })

  it('M50 words in capitals are accepted and remarked', () => {
    assert.ok(holds('a AND NOT b', 'A'))
    assert.ok(remarksIn(rule('a AND b')).includes('CONDITION_UPPER_CASE'))
    assert.ok(!remarksIn(rule('a and b')).includes('CONDITION_UPPER_CASE'))
  })

  it('M51 1 of, any of, all of, them and patterns with * anywhere', () => {
    assert.ok(holds('1 of them', 'X') && holds('any of them', 'X'))
    assert.ok(!holds('all of them', 'X'))
    assert.ok(holds('all of them', 'A', 'B', 'X', 'Y'))
    assert.ok(holds('all of sel*', 'X', 'Y'))
    assert.ok(holds('1 of *_y', 'Y') && !holds('1 of *_y', 'X'))
    assert.ok(holds('1 of s*l*x', 'X'))
    assert.ok(!holds('1 of *', 'Z') && holds('1 of _*', 'Z'))
  })

  it('M52 a list of conditions is an or', () => {
    assert.ok(holds(['a', 'b'], 'B'))
    assert.ok(!holds(['a', 'b'], 'X'))
  })

  it('M53 what cannot be meant is refused', () => {
    const wrong = {
      'a and c': 'CONDITION_UNKNOWN',
      '1 of c*': 'CONDITION_PATTERN_EMPTY',
      '2 of sel*': 'CONDITION_QUANTIFIER',
      'a | count() > 5': 'CONDITION_AGGREGATION',
      'a and (b': 'CONDITION_SYNTAX',
      'a b': 'CONDITION_SYNTAX',
      'a and': 'CONDITION_SYNTAX',
      '1 of': 'CONDITION_SYNTAX',
      ')': 'CONDITION_SYNTAX',
      'a & b': 'CONDITION_SYNTAX',
      '': 'CONDITION_SYNTAX',
    }
    for (const [condition, code] of Object.entries(wrong)) {
      assert.equal(refusalIn(rule(condition)), code, condition)
    }
    assert.equal(refusalIn(rule([])), 'CONDITION_MISSING')
  })

  it('M53 size and depth are bounded', () => {
    assert.ok(holds(Array.from({ length: 10_000 }, () => 'a').join(' or '), 'A'))
    assert.equal(refusalIn(rule(`${'('.repeat(5_000)}a`)), 'CONDITION_TOO_DEEP')
    assert.equal(refusalIn(rule(`${'not '.repeat(5_000)}a`)), 'CONDITION_TOO_DEEP')
  })
})
