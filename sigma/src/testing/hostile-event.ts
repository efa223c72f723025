import type { Random } from './random.ts'

/** Names that rules ask for, and names that could have a meaning of their own. */
export const names = [
  ...['A', 'B', 'C.D', 'C', 'D', 'A.__proto__', 'Image', 'EventID', 'Data', 'Channel', 'EventType'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'length', 'number'],
  ...['category', 'product', 'service', '_categories', '_services', 'Event', 'System', 'EventData'],
  ...[
    '',
    ' ',
    '.',
    '..',
    '*',
    'A*',
    '\u0000',
    'A\u0000',
    '\u001b[2J',
    '\u2028',
    'ä',
    '\ud800',
    '#text',
  ],
]

export const texts = [
  ...['', ' ', 'a', 'A', 'aaaaaaaaaaaaaaaa', 'x.exe', 'C:\\x.exe', '\\', '\\\\', '*', '?', '-a /b'],
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00\ud800',
    '\u{1f600}',
    'İ',
    'ı',
    'ß',
    'ſ',
    'K',
    '\ufeff',
  ],
  ...['__proto__', 'constructor', 'null', 'true', 'True', 'NaN', 'Infinity', '[object Object]'],
  ...[
    '10.0.0.1',
    '::ffff:10.0.0.1',
    '::',
    '1.2.3.4.5',
    '2024-02-30T25:61:61Z',
    '2024-01-01 00:00:00',
  ],
  ...['1', '01', '1e1', '1.0', '0x10', '9007199254740993', '-0', '1e999999999', '1e-999999999'],
  ...[
    'line\nline',
    '\r',
    '{',
    '{"A":1',
    '%name%',
    'test',
    'windows',
    'Security',
    '4688',
    'aGVsbG8=',
  ],
]

export const numbers = [
  ...['0', '-0', '0.0', '1', '1.0', '10', '1e1', '5', '4688', '-1', '1.5', '0.1', '1E+2', '12e-1'],
  ...['9007199254740993', '9007199254740992', '-9223372036854775808', '18446744073709551616'],
  ...['1e308', '1e309', '1e999999999', '1e-999999999', '-1e999999999', '1e9999999999', '1e400'],
  ...['0.1000000000000000055511151231257827', `1${'0'.repeat(400)}`, `0.${'0'.repeat(400)}1`],
]

const wrongNumbers = ['01', '+1', '.5', '1.', 'NaN', '-', '1e', '--1', '0x1', 'Infinity', '1_000']

/** A name, a text: half of them from those that come often, so that rules find what they ask for. */
export const nameOf = (random: Random): string =>
  random.once(2) ? random.pick(names) : (names[random.below(4)] as string)
export const textOf = (random: Random): string =>
  random.once(2) ? random.pick(texts) : (texts[random.below(6)] as string)

/** One event: the bytes of JSON, changed or not; bytes of anything; or an object. */
export function hostileEvent(random: Random): unknown {
  if (random.once(8)) return objectOf(random, 0)
  const text = random.once(40) ? random.pick(texts) : json(random, 0, true)
  const bytes = new TextEncoder().encode(text)
  return random.once(4) ? damaged(bytes, random) : bytes
}

/** JSON, mostly well formed. Names and values may hold anything. */
function json(random: Random, depth: number, isRoot = false): string {
  const kind = isRoot ? 0 : random.below(depth > 4 ? 8 : 10)
  if (isRoot || kind === 8) {
    const fields = random.some(isRoot ? 8 : 3, () => {
      const name = random.once(30) ? random.pick(texts) : nameOf(random)
      return `${JSON.stringify(name)}:${blank(random)}${json(random, depth + 1)}`
    })
    if (fields.length > 0 && random.once(10)) fields.push(fields[0] as string)
    const place = '"category":"test"'
    if (isRoot && !random.once(4)) fields.splice(random.below(fields.length + 1), 0, place)
    return `{${blank(random)}${fields.join(',')}${blank(random)}}`
  }
  if (kind === 9) return `[${random.some(4, () => json(random, depth + 1)).join(',')}]`
  if (kind === 7) return random.pick(['null', 'true', 'false', 'True', 'nul'])
  if (kind === 6) return random.once(20) ? random.pick(wrongNumbers) : random.pick(numbers)
  if (kind === 5 && random.once(20)) return deep(random)
  return JSON.stringify(textOf(random) + (random.once(4) ? random.pick(texts) : ''))
}

const blank = (random: Random): string => (random.once(20) ? random.pick([' ', '\n', '\t']) : '')

/** About the deepest that is allowed, and far more. */
function deep(random: Random): string {
  const size = random.pick([10, 250, 254, 255, 256, 257, 300, 5_000])
  return `${random.pick(['[', '{"A":'] as const).repeat(size)}1${random.once(2) ? ']'.repeat(size) : ''}`
}

const pieces = [
  ...[[0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5], [0xe2, 0x82], [0xef, 0xbb, 0xbf]],
  ...[
    '"',
    '\\',
    '\\u',
    '\\ud800',
    '\\x',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\n',
    '\u2028',
    '\u001f',
  ].map(text => [...new TextEncoder().encode(text)]),
]

/** Bytes cut off, or with some of them gone and others put in. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.once(3)) return bytes.slice(0, random.below(bytes.length + 1))
  let now = bytes
  for (let edits = 1 + random.below(3); edits > 0; edits--) {
    const at = random.once(5) ? 0 : random.below(now.length + 1)
    const put = random.pick(pieces)
    now = Uint8Array.from([...now.subarray(0, at), ...put, ...now.subarray(at + random.below(4))])
  }
  return now
}

const odd: readonly unknown[] = [
  ...[undefined, null, true, -0, 1e308, 1.5, 2 ** 53, 5n, 10n ** 400n, Number.NaN],
  ...[Number.POSITIVE_INFINITY, new Date(0), /x/, new Map([['A', 1]]), Symbol.iterator, () => 1],
  ...[
    Object.create(null),
    Object.assign([], { length: 3 }),
    new Uint8Array(2),
    Object('text'),
    Object(1),
  ],
]

/** What a program may hand over that did not come from `JSON.parse`. */
function objectOf(random: Random, depth: number): unknown {
  if (depth > 0 && random.once(2)) return random.pick<unknown>([...texts, ...odd])
  if (depth > 3 || random.once(30)) return random.pick(odd)
  if (depth > 0 && random.once(3)) return random.some(3, () => objectOf(random, depth + 1))
  const entries = random.some(6, () => [nameOf(random), objectOf(random, depth + 1)] as const)
  const object: Record<string, unknown> = Object.fromEntries(entries)
  if (random.once(2)) object['category'] = 'test'
  // An object that holds itself has no end.
  if (random.once(40)) object['A'] = object
  return object
}
