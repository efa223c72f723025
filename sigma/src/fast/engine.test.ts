import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile, type EngineEvent, type LineMatch, SigmaError } from '../index.ts'
import { ruleOf } from '../testing/ask.ts'

const source = { products: [], services: [], categories: ['test'] }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const contains = (text: string): string => ruleOf({ sel: { 'A|contains': text }, condition: 'sel' })

describe('lines', () => {
  it('are matched in order, with their number and place; blank ones count but are no events', () => {
    const engine = compile([contains('x'), contains('xy')])
    const chunk = bytes('{"A":"x"}\r\n\n{"A":"n"}\n  {"A":"XY"} \nraw text\n{"A":"x"}')
    const found: LineMatch[] = []
    const lines = engine.matchLines(chunk, {
      source,
      firstLine: 10,
      onMatch: match => found.push(match),
    })
    assert.equal(lines, 6)
    const text = new TextDecoder()
    assert.deepEqual(
      found.map(({ ruleId, line, start, end }) => [
        ruleId,
        line,
        text.decode(chunk.subarray(start, end)).trim(),
      ]),
      [
        ['source-0#0', 10, '{"A":"x"}'],
        ['source-0#0', 13, '{"A":"XY"}'],
        ['source-1#0', 13, '{"A":"XY"}'],
        ['source-0#0', 15, '{"A":"x"}'],
      ],
    )
  })

  it('that are no events are told, and the next ones are read', () => {
    const engine = compile(contains('x'))
    const refused: [unknown, number][] = []
    let matches = 0
    const broken = [
      '{"A":"x"',
      '{"A":"x"} {"A":"x"}',
      '{"A":01}',
      '{"A":"\u0001"}',
      '{"A":tru}',
      `{"A":${'['.repeat(300)}`,
    ]
    engine.matchLines(bytes(broken.flatMap(line => [line, '{"A":"x"}']).join('\n')), {
      source,
      onMatch: () => matches++,
      onRefused: (error, line) =>
        refused.push([error instanceof SigmaError && error.refusal.code, line]),
    })
    assert.equal(matches, broken.length)
    assert.deepEqual(
      refused.map(([, line]) => line),
      broken.map((_, index) => index * 2),
    )
    assert.deepEqual(
      new Set(refused.map(([code]) => code)),
      new Set(['EVENT_SYNTAX', 'EVENT_TOO_DEEP']),
    )
  })

  it('longer than a block, and chunks of many blocks, are whole', () => {
    const engine = compile(contains('needle'))
    const long = `{"A":"${'a'.repeat(3_000_000)}needle"}`
    const short = `{"A":"${'b'.repeat(500)}"}\n`.repeat(5_000)
    const lines: number[] = []
    engine.matchLines(bytes(`${short}${long}\n${short}${long}`), {
      source,
      onMatch: ({ line }) => lines.push(line),
    })
    assert.deepEqual(lines, [5_000, 10_001])
  })
})

describe('M38 keywords', () => {
  it('are found however they are written, and in values alone', () => {
    const engine = compile(
      ruleOf({ keywords: ['Mimi\u212aatz', 'a/b"c', '日本'], condition: 'keywords' }),
    )
    const isFound = (line: string): boolean => engine.match(bytes(line), source).length === 1
    for (const line of [
      '{"x":["MIMIKATZ"]}',
      '{"x":"mimi\\u004batz"}',
      '{"x":"mimi\u212aatz"}',
      'a mimikatz',
    ])
      assert.ok(isFound(line), line)
    for (const line of [
      '{"x":{"y":"A/B\\"C"}}',
      '{"x":"a\\/b\\u0022c"}',
      '{"x":"日本"}',
      '{"x":"\\u65e5\\u672c"}',
      '日本',
    ])
      assert.ok(isFound(line), line)
    for (const line of ['{"mimikatz":1}', '{"x":"mimi katz"}', '{"x":"日"}', '日'])
      assert.ok(!isFound(line), line)
  })
})

describe('M38 a line of text', () => {
  it('is folded without escapes', () => {
    const engine = compile(ruleOf({ keywords: ['c:\\new folder'], condition: 'keywords' }))
    assert.equal(engine.match(bytes('\u017fee C:\\NEW FOLDER'), source).length, 1)
    assert.equal(engine.match(bytes('\u017fee C:\\\\NEW FOLDER'), source).length, 0)
  })
})

describe('M40 a field that says where events come from', () => {
  it('is compared with another field of each event anew', () => {
    const engine = compile(
      ruleOf({ sel: { 'Channel|fieldref|startswith': 'A' }, condition: 'sel' }),
    )
    const found = ['', 'x', '', 'x'].map(text =>
      engine.match(bytes(JSON.stringify({ Channel: '', A: text })), source),
    )
    assert.deepEqual(
      found.map(({ length }) => length),
      [1, 0, 1, 0],
    )
  })
})

describe('learning', () => {
  it('changes no answer', () => {
    const rules = Array.from({ length: 50 }, (_, index) => contains(`w${index % 7} v${index}`))
    const line = (index: number): string =>
      `{"A":"w${index % 7} v${index % 50} w1 v1","B":"${'w1 v1 '.repeat(index % 5)}"}`
    const chunk = bytes(Array.from({ length: 3_000 }, (_, index) => line(index)).join('\n'))
    const found = (engine: ReturnType<typeof compile>): string[] => {
      const all: string[] = []
      engine.matchLines(chunk, {
        source,
        onMatch: ({ ruleId, line }) => all.push(`${line} ${ruleId}`),
      })
      return all
    }
    const engine = compile(rules)
    const before = found(engine)
    assert.ok(before.length > 3_000)
    assert.deepEqual(found(engine), before, 'after its first lesson')
    engine.learn(chunk)
    assert.deepEqual(found(engine), before)
  })
})

describe('cost', () => {
  const regex = ruleOf(
    { sel: { 'A|re': '(a|b)*c{3}[de]+f' }, condition: 'sel' },
    { id: '11111111-1111-4111-8111-111111111111' },
  )
  const dear = { A: `${'ab'.repeat(200)}cccdddd` }

  it('is counted for each rule', () => {
    const engine = compile([regex, contains('x')])
    for (let times = 0; times < 5; times++) engine.match(dear, source)
    const [first, second] = engine.costs()
    assert.equal(first?.ruleId, '11111111-1111-4111-8111-111111111111')
    assert.equal(first?.evaluations, 5)
    assert.ok((first?.steps ?? 0) > 5 * 400, 'a step for each character at least')
    assert.deepEqual([second?.steps, second?.overBudget, second?.isQuarantined], [0, 0, false])
  })

  it('over budget gives no verdict, under "not" either, and ends in quarantine, which is told', () => {
    const told: EngineEvent[] = []
    const not = ruleOf({ sel: { 'A|re': '(a|b)*c{3}[de]+f' }, condition: 'not sel' })
    const engine = compile([regex, not, contains('ab')], {
      stepsMax: 100,
      overBudgetMax: 3,
      onEvent: event => told.push(event),
    })
    for (let times = 0; times < 4; times++)
      assert.deepEqual(engine.match(dear, source), ['source-2#0'])
    assert.deepEqual(told.map(event => event.kind === 'quarantined' && event.ruleId).toSorted(), [
      '11111111-1111-4111-8111-111111111111',
      'source-1#0',
    ])
    assert.deepEqual(
      engine
        .costs()
        .filter(cost => cost.isQuarantined)
        .map(cost => cost.overBudget),
      [3, 3],
    )
    // Quarantine is for what is cheap as well.
    assert.deepEqual(engine.match({ A: 'cccdf' }, source), [])
  })
})

describe('the sampler', () => {
  it('asks the plain evaluator of one event in so many, and finds no difference', () => {
    const told: EngineEvent[] = []
    const engine = compile(
      [contains('x'), ruleOf({ sel: { 'A|re': 'x+' }, condition: 'not sel' })],
      {
        checkOneIn: 2,
        onEvent: event => told.push(event),
      },
    )
    const matched: string[] = []
    const chunk = bytes('{"A":"x"}\n{"A":"y"}\n{"A":["x","y"]}\ntext\n{"A":1}')
    engine.matchLines(chunk, {
      source,
      onMatch: ({ ruleId, line }) => matched.push(`${line} ${ruleId}`),
    })
    assert.deepEqual(matched, [
      '0 source-0#0',
      '1 source-1#0',
      '2 source-0#0',
      '3 source-1#0',
      '4 source-1#0',
    ])
    assert.deepEqual(told, [])
  })
})

describe('the sampler and cost', () => {
  it('compares no rule that gave no verdict', () => {
    const told: EngineEvent[] = []
    const engine = compile(ruleOf({ sel: { 'A|re': '(a|b)*c{3}' }, condition: 'sel' }), {
      ...{ stepsMax: 50, overBudgetMax: 2, checkOneIn: 1 },
      onEvent: event => told.push(event),
    })
    for (let times = 0; times < 4; times++) engine.match({ A: `${'ab'.repeat(100)}ccc` }, source)
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['quarantined'],
    )
  })
})

describe('ever new kinds of events', () => {
  it('take bounded memory and are matched all the same', () => {
    const rules = Array.from({ length: 40 }, (_, index) =>
      ruleOf(
        { sel: { 'A|contains': `x${index}` }, condition: 'sel' },
        { logsource: { category: `c${index}` } },
      ),
    )
    const engine = compile(rules)
    const lines = Array.from({ length: 25_000 }, (_, index) =>
      JSON.stringify({
        _categories: [`c${index % 40}`, `new${index}`],
        EventID: index,
        A: `x${index % 40}`,
      }),
    )
    let right = 0
    engine.matchLines(bytes(lines.join('\n')), {
      onMatch: ({ ruleId, line }) => {
        right += ruleId === `source-${line % 40}#0` ? 1 : -1_000_000
      },
    })
    assert.equal(right, lines.length)
    assert.equal(engine.match(bytes(lines[7] as string)).length, 1)
  })
})
