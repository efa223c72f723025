import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { automatonOf, search } from '../reference/regex.ts'
import { SigmaError } from '../refusal.ts'
import { parseRegex, type RegexFlags } from './parse.ts'

const none: RegexFlags = { i: false, m: false, s: false }

const found = (regex: string, text: string, flags: Partial<RegexFlags> = {}): boolean =>
  search(automatonOf(parseRegex(regex, { ...none, ...flags })), text)

function refusal(regex: string): string | null {
  try {
    parseRegex(regex, none)
    return null
  } catch (error) {
    assert.ok(error instanceof SigmaError)
    return error.refusal.code
  }
}

// Characters on which both dialects agree: neither \r nor the separators of Unicode.
const character = fc.constantFrom('a', 'b', 'B', '_', '1', ' ', '\n', '-', 'ä', '😀')
const atom = fc.oneof(
  fc.constantFrom('a', 'b', 'B', '1', ' ', '-', 'ä', '😀', '.', '\\d', '\\w', '\\s', '\\W', '\\.'),
  fc.constantFrom('[ab]', '[^a]', '[a-c1]', '[\\w.]', '[^\\s😀]', '\\x61', '^', '$', '\\b', '\\B'),
)
const quantifier = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{0,}', '*?', '+?')
const isAssertion = (text: string): boolean => ['^', '$', '\\b', '\\B'].includes(text)
const { regex: expression } = fc.letrec<{ regex: string; part: string; sequence: string }>(tie => ({
  regex: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map(parts => parts.join('|')),
  sequence: fc.array(tie('part'), { maxLength: 3 }).map(parts => parts.join('')),
  part: fc.oneof(
    { maxDepth: 1 },
    fc.tuple(atom, quantifier).map(([a, q]) => (isAssertion(a) ? a : a + q)),
    // Loops inside loops would keep the platform busy for hours.
    fc.tuple(tie('regex'), fc.constantFrom('', '?', '{2}')).map(([inner, q]) => `(?:${inner})${q}`),
  ),
}))

describe('regular expressions', () => {
  it('M40d agree with those of the platform where the dialects are one', () => {
    const texts = fc.array(character, { maxLength: 12 }).map(characters => characters.join(''))
    const flags = fc.record({ i: fc.boolean(), m: fc.boolean(), s: fc.boolean() })
    fc.assert(
      fc.property(expression, texts, flags, (regex, text, flags) => {
        const letters = `u${flags.i ? 'i' : ''}${flags.m ? 'm' : ''}${flags.s ? 's' : ''}`
        assert.equal(found(regex, text, flags), new RegExp(regex, letters).test(text))
      }),
      { numRuns: 300 },
    )
  })

  it('M40d flags may be set inside, for the rest of a group', () => {
    assert.ok(found('(?i)FOO', 'foo'))
    assert.ok(found('a(?i:B)c', 'abc'))
    assert.ok(!found('a(?i:B)C', 'abc'))
    assert.ok(found('(?:x|(?i)A)b', 'ab'))
    assert.ok(!found('(?:(?i)a)B', 'Ab'))
    assert.ok(found('(?s-i)a.b', 'a\nb', { i: true }))
  })

  it('M40d braces and brackets that begin nothing are themselves', () => {
    assert.ok(found('\\$\\{?input\\}?', '${input}'))
    assert.ok(found('a{x', 'a{x'))
    assert.ok(found('clip]::\\(', 'clip]::('))
    assert.ok(found('[]a]+', ']'))
    assert.ok(found('[\\w+|\\s]', '|'))
  })

  it('M40d whatever needs memory or is not known is refused with its reason', () => {
    const unsupported = [
      '(?=a)',
      '(?!a)',
      '(?<=a)',
      '(?<!a)',
      '(a)\\1',
      'a++',
      '(?>a)',
      '\\p{L}',
      '[[:alpha:]]',
    ]
    for (const regex of unsupported) assert.equal(refusal(regex), 'REGEX_UNSUPPORTED', regex)
    for (const regex of ['(', ')', '[a', '*', 'a**', 'a{3,2}', '[z-a]', '\\', '\\xg1']) {
      assert.equal(refusal(regex), 'REGEX_SYNTAX', regex)
    }
    for (const regex of ['a{1001}', '((a{100}){100}){100}', '('.repeat(1_000)]) {
      assert.equal(refusal(regex), 'REGEX_TOO_LARGE', regex.slice(0, 20))
    }
  })

  it('M40d take linear time: what would run for hours elsewhere is done at once', {
    timeout: 20_000,
  }, () => {
    assert.ok(!found('(a*)*b', 'a'.repeat(20_000)))
    assert.ok(!found('\\+.*\\+.*\\+.*\\+.*\\+.*\\+.*\\+.*\\+.*\\+z', '+'.repeat(2_000)))
    assert.ok(!found('(x+x+)+y', 'x'.repeat(20_000)))
  })

  it('M40d no text makes the parser do anything but parse or refuse', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '?',
      '*',
      '+',
      '\\',
      '|',
      '^',
      '-',
      ',',
      '1',
      'a',
      ':',
      '<',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), parts => {
        refusal(parts.join(''))
      }),
      { numRuns: 300 },
    )
  })
})
