/** Rules and events that are large on purpose, by name; each is made when it is asked for. */
export type Giant = Readonly<{
  name: string
  make: () => Readonly<{ source: string; events: readonly unknown[] }>
}>

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const ofTest = (fields: string): Uint8Array => encode(`{"category":"test",${fields}}`)
const list = <T>(size: number, make: (at: number) => T): T[] =>
  Array.from({ length: size }, (_, at) => make(at))

const rule = (detection: object): string =>
  JSON.stringify({ title: 't', id: 'a', logsource: { category: 'test' }, detection })
const asking = (item: unknown): string => rule({ s: item, condition: 's' })
const plain = asking({ A: 1, B: 2, 'C|contains': 'x' })
const conditioned = (condition: string): string => rule({ s: { A: 1 }, x: { A: 2 }, condition })

const small = [ofTest('"A":1'), ofTest('"A":"aaaa"'), { category: 'test', A: 1 }]
const withEvents = (name: string, events: () => readonly unknown[], source = plain): Giant => ({
  name,
  make: () => ({ source, events: events() }),
})
const withRule = (
  name: string,
  source: () => string,
  events: readonly unknown[] = small,
): Giant => ({
  name,
  make: () => ({ source: source(), events }),
})

const keywords = asking(['x', 'y*z'])
const megabyte = 2 ** 20

const cyclic = (): object => {
  const object: Record<string, unknown> = { category: 'test' }
  object['A'] = object
  object['B'] = object
  return object
}

/** 60 objects, each of which holds the one before it twice: 2^60 values. */
const shared = (): object =>
  list(60, String).reduce<object>(part => ({ category: 'test', A: part, B: part }), {})

export const giants: readonly Giant[] = [
  withEvents('a line of 100 MB', () => [new Uint8Array(100 * megabyte).fill(0x61)]),
  withEvents('a string of 100 MB in an object', () => [
    { category: 'test', A: 'a'.repeat(100 * megabyte) },
  ]),
  withEvents('an object that holds itself twice', () => [cyclic()]),
  withEvents('an object of parts that come twice each', () => [shared()]),
  withEvents('depth 10^5', () => [
    encode('{"A":'.repeat(100_000)),
    encode(`{"A":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    list(100_000, String).reduce<object>(object => ({ A: object }), {}),
  ]),
  withEvents('10^4 fields', () => [ofTest(list(50_000, at => `"f${at}":${at}`).join())], keywords),
  withEvents('10^5 empty objects', () => [ofTest(`"A":[${'{},'.repeat(100_000)}1]`)]),
  withEvents('one key 10^5 times', () => [ofTest(`${'"A":0,'.repeat(100_000)}"A":1`)]),
  withEvents('a text of 8 MB', () => [ofTest(`"A":"${'x'.repeat(8 * megabyte)}"`)], keywords),
  withEvents(
    'a text of 1 MB without ASCII',
    () => [ofTest(`"A":"${'İß'.repeat(megabyte / 4)}"`)],
    keywords,
  ),
  withEvents(
    'a text of nothing but escapes',
    () => [ofTest(`"A":"${'\\\\'.repeat(megabyte)}"`)],
    keywords,
  ),
  withEvents('a quote that never ends', () => [ofTest(`"A":"${'\\"'.repeat(megabyte)}`)]),
  withEvents('nothing but quotes', () => [encode(`{${'"'.repeat(megabyte)}`)]),
  withEvents('nothing but blanks', () => [encode(`{${' '.repeat(8 * megabyte)}`)]),
  withEvents(
    'a number of a million digits',
    () => [ofTest(`"A":${'9'.repeat(megabyte)}`)],
    asking({ 'A|gt': 1 }),
  ),
  withEvents(
    'digits that are no number',
    () => [ofTest(`"A":"${'9'.repeat(megabyte)}x"`)],
    asking({ A: 1 }),
  ),
  withEvents(
    'wildcards that nearly match',
    () => [ofTest(`"A":"${'ab'.repeat(50_000)}"`)],
    asking({ A: `*${'a?*'.repeat(50)}c` }),
  ),
  withEvents(
    'a regular expression of many states',
    () => [ofTest(`"A":"${'a'.repeat(2_000)}"`)],
    asking({ 'A|re': '(a?){400}(a{2,300}|a*b)+c$' }),
  ),
  withEvents(
    'a regular expression for backtrackers',
    () => [ofTest(`"A":"${'a'.repeat(50_000)}"`)],
    asking({ 'A|re': '^(([a-z])+.)+[A-Z]([a-z])+$' }),
  ),

  withRule('10^4 branches', () =>
    conditioned(list(10_000, at => (at % 2 ? 'x' : 's')).join(' or ')),
  ),
  withRule('10^4 branches by turns', () => conditioned(`s${' and x or s'.repeat(5_000)}`)),
  withRule('10^5 branches', () => conditioned(list(100_000, () => 'x').join(' and '))),
  withRule('10^4 brackets', () => conditioned(`${'('.repeat(10_000)}s${')'.repeat(10_000)}`)),
  withRule('10^4 times not', () => conditioned(`${'not '.repeat(10_000)}s`)),
  withRule('10^3 detections by a pattern', () =>
    rule({
      ...Object.fromEntries(list(4_000, at => [`s${at}`, { A: at }])),
      condition: '1 of s*',
    }),
  ),
  withRule('10^3 patterns of detections', () =>
    rule({
      ...Object.fromEntries(list(1_000, at => [`s${at}`, { A: at }])),
      condition: list(1_000, () => 'all of s*').join(' or '),
    }),
  ),
  withRule('10^4 values', () => asking({ A: list(20_000, String) })),
  withRule('10^4 keywords', () => asking(list(20_000, at => `word ${at}`))),
  withRule('10^4 items', () => asking(Object.fromEntries(list(20_000, at => [`f${at}|neq`, 'x'])))),
  withRule('windash without end', () => asking({ 'A|windash': ' -a'.repeat(10_000) })),
  withRule('placeholders without end', () => asking({ 'A|expand': '%many%'.repeat(200) })),
  withRule('placeholders times dashes', () => asking({ 'A|expand|windash': '%many% -a -b -c' })),
  withRule('a value of 1 MB in base64', () =>
    asking({ 'A|wide|base64offset|contains': 'a'.repeat(megabyte) }),
  ),
  withRule('a value of nothing but wildcards', () => asking({ A: '*?'.repeat(100_000) })),
  withRule('repeats of repeats', () =>
    asking({ 'A|re': `${'('.repeat(90)}a${'{1000})'.repeat(90)}` }),
  ),
  withRule('10^5 choices', () => asking({ 'A|re': list(100_000, at => `a${at}`).join('|') })),
  withRule('10^5 groups', () => asking({ 'A|re': `${'('.repeat(100_000)}${')'.repeat(100_000)}` })),
  withRule('a class of 10^5 ranges', () =>
    asking({
      'A|re|i': `[${list(50_000, at => String.fromCodePoint(0x4e00 + (at % 20_000))).join('')}]`,
    }),
  ),
  withRule('a bomb of aliases', () =>
    ['a0: &a0 x', ...list(60, at => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`)].join('\n'),
  ),
  withRule('an alias of itself', () => `${plain}\n---\na: &a {b: *a}`),
  withRule('10^4 nested lists', () => `${'['.repeat(40_000)}${']'.repeat(40_000)}`),
  withRule('10^5 nested blocks', () => '- '.repeat(100_000)),
  withRule('10^3 documents', () => '---\na: 1\n'.repeat(4_000)),
  withRule('10^5 errors', () => `${plain}\n---\n${'[]'.repeat(100_000)}`),
  withRule('a source of 17 MB', () => `# ${'a'.repeat(17 * megabyte)}`),
  withRule('correlations of each other', () =>
    list(2_000, at =>
      JSON.stringify({
        title: 'c',
        name: `c${at}`,
        correlation: { type: 'temporal', rules: [`c${(at + 1) % 2_000}`], timespan: '1s' },
      }),
    ).join('\n---\n'),
  ),
]
