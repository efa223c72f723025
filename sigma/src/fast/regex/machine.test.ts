import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile, type Engine } from '../../index.ts'
import { ruleOf } from '../../testing/ask.ts'

const source = { products: [], services: [], categories: ['test'] }
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
/** What is asked more often than this is answered by the kernel alone. */
const often = 20

/** Both engines of a rule about A; the fast one has been asked often enough. */
function enginesOf(item: Record<string, unknown>): readonly [plain: Engine, fast: Engine] {
  const rule = ruleOf({ sel: item, condition: 'sel' })
  const [plain, fast] = [compile(rule, { engine: 'reference' }), compile(rule)]
  for (let time = 0; time < often; time++)
    for (const value of values) fast.match(bytes({ A: value }), source)
  return [plain, fast]
}

const values: readonly unknown[] = [
  ...[
    '',
    'a',
    'ab',
    'abc',
    'ABC',
    'a\nb',
    'a\tb c',
    '\\cmd',
    'a\\b"c/d',
    '12',
    'x 12 y',
    'é',
    'aé',
  ],
  ...[
    '\u212a',
    'ſ',
    'K',
    'k s',
    '\u0000',
    'ab\u0000cd',
    '😀',
    'a'.repeat(5_000),
    `${'ab'.repeat(90)} c`,
  ],
  ...[12, -1.5, true, null, [], ['ab', 'x'], [['a'], null], { b: 'abc' }],
]

describe('M40 searches that the kernel follows by tables', () => {
  const items = [
    ...[
      'a.c',
      '^a',
      'b$',
      '[a-c]+x?$',
      '\\bcmd\\b',
      '(?i)K\\b',
      'a{2,3}b?$',
      '(a|b)+ ?c',
      '\\s',
      '\\W',
    ],
    ...[
      '^$',
      '^.{0,3}$',
      '[^a]',
      '\\\\',
      '(?m)^b',
      '(?s)a.b',
      '[^\\x00-\\x7f]',
      '\\d+',
      '(ab){50}',
    ],
  ].map(text => ({ 'A|re': text }))
  const texts = ['a*b', '*a?c*', 'k*s', '\\\\*', '*"*/*', '?', '??*', 'é*'].flatMap(text => [
    { A: text },
    { 'A|cased': text },
  ])
  for (const item of [...items, ...texts])
    it(`${JSON.stringify(item)} means what it meant`, () => {
      const [plain, fast] = enginesOf(item)
      for (const value of values) {
        const event = bytes({ A: value })
        assert.deepEqual(fast.match(event, source), plain.match(event, source), String(value))
      }
      assert.deepEqual(
        fast.match(bytes({ B: 'a' }), source),
        plain.match(bytes({ B: 'a' }), source),
      )
    })

  it('are counted, and end where the budget does', () => {
    const engine = compile(ruleOf({ sel: { 'A|re': '(a|b)*c{3}[de]+f' }, condition: 'sel' }), {
      stepsMax: 1_000,
    })
    const costs = (): number[] =>
      engine.costs().flatMap(({ steps, overBudget }) => [steps, overBudget])
    const event = bytes({ A: `${'ab'.repeat(200)}ccc` })
    for (let time = 0; time < often; time++) engine.match(event, source)
    const [before = 0] = costs()
    for (let time = 0; time < 10; time++) engine.match(event, source)
    assert.deepEqual(costs(), [before + 10 * 404, 0])
    engine.match(bytes({ A: 'ab'.repeat(2_000) }), source)
    assert.equal(costs()[1], 1)
  })

  it('leave to the host what has too many states', () => {
    const [plain, fast] = enginesOf({ 'A|re': '(a|b)*a(a|b){12}c' })
    for (let seed = 1; seed < 500; seed++) {
      const letters = Array.from({ length: 40 }, (_, at) => 'abbaac'[(seed * (at + 7) ** 2) % 6])
      const event = bytes({ A: letters.join('') })
      assert.deepEqual(fast.match(event, source), plain.match(event, source), letters.join(''))
    }
  })
})
