import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { caseVariants, fold } from './fold.ts'

describe('case folding', () => {
  it('M30 is the simple folding of Unicode: the one of the u and i flags of the platform', () => {
    for (let codePoint = 0x80; codePoint <= 0x1_ffff; codePoint++) {
      const character = String.fromCodePoint(codePoint)
      const folded = fold(character)
      if (folded === character) continue
      const hex = codePoint.toString(16)
      assert.ok(new RegExp(`^\\u{${hex}}$`, 'iu').test(folded), hex)
    }
  })

  it('M30 joins what has one letter in common, and nothing else', () => {
    assert.equal(fold('ÄÖ ΣΊΣΥΦΟΣ ſ \u212A'), fold('äö σίσυφος s k'))
    assert.notEqual(fold('ı'), fold('i'))
    assert.notEqual(fold('ß'), fold('ss'))
    assert.notEqual(fold('e\u0301'), fold('\u00e9'))
    assert.equal(fold('a\ud800B'), 'a\ud800b')
  })

  it('M40d the variants of a letter are all that fold as it does', () => {
    const letters = caseVariants('K'.codePointAt(0) as number).map(c => String.fromCodePoint(c))
    assert.deepEqual(letters.toSorted(), ['K', 'k', '\u212A'])
  })
})
