import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compile, SigmaError } from './index.ts'

const rule = `title: t
logsource:
    category: test
detection:
    one:
        - A|re|i: '(a|b)+[^c]{2,3}$'
        - B|contains|all|windash: [' -x', 'y*']
    two: {C|cidr: 10.0.0.0/8, "D.e": null}
    condition: 1 of them and not (one or two)
`
const event =
  '{"category":"test","A":"x\\u00e4","B":[1.5e3,{"e":null}],"D":{"e":[true]},"C":"10.0.0.1"}'
const other = [
  ...Array.from('{}[]":,\\|*?()&!%\n \u0000-0aé'),
  '\ud800',
  '__proto__',
  ': ',
  '- ',
  '---\n',
]

/** The text with some of its pieces cut out, doubled or replaced. */
const mutated = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(text.length), fc.nat(6), fc.constantFrom(...other)), {
      minLength: 1,
      maxLength: 4,
    })
    .map(edits =>
      edits.reduce((now, [at, cut, put]) => now.slice(0, at) + put + now.slice(at + cut), text),
    )

function ask(source: string, bytes: Uint8Array): void {
  const engine = compile(source)
  for (const { state, refusal } of engine.rules) assert.equal(state === 'refused', refusal !== null)
  try {
    engine.match(bytes, { products: [], services: [], categories: ['test'] })
  } catch (error) {
    assert.ok(error instanceof SigmaError, String(error))
  }
}

describe('bad input', () => {
  it('M6 any change of a rule is read or refused', () => {
    const check = fc.property(mutated(rule), source => ask(source, Buffer.from(event)))
    fc.assert(check, { numRuns: 300 })
  })

  it('M6 any change of an event is read or refused', () => {
    const check = fc.property(mutated(event), text => ask(rule, Buffer.from(text)))
    fc.assert(check, { numRuns: 300 })
  })

  it('M6 events too deep, cut off or of another shape are refused with their reason', () => {
    const engine = compile(rule)
    const codeOf = (event: unknown): string => {
      try {
        engine.match(event)
        return 'none'
      } catch (error) {
        return error instanceof SigmaError ? error.refusal.code : 'bug'
      }
    }
    assert.equal(codeOf(Buffer.from('{"a":'.repeat(100_000))), 'EVENT_TOO_DEEP')
    assert.equal(codeOf(Buffer.from('{"a":1')), 'EVENT_SYNTAX')
    assert.equal(codeOf(Buffer.from('{"a":01}')), 'EVENT_SYNTAX')
    assert.equal(codeOf(new Uint8Array(17 * 1024 * 1024)), 'EVENT_TOO_LARGE')
    assert.equal(codeOf([1]), 'EVENT_SHAPE')
    assert.equal(codeOf({ a: () => 1 }), 'EVENT_SHAPE')
    assert.equal(codeOf(Buffer.from('{"__proto__":{"A":1},"a":"\\ud800\\u0000"}')), 'none')
  })
})
