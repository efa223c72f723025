import type { Random } from './random.ts'

// Few fields and few pieces of text, so that random rules match random events often.
const fields = [
  'A',
  'B',
  'C',
  'A.b',
  'a b',
  'EventID',
  'Channel',
  'product',
  'X.y.z',
  'kelvin',
  '__proto__',
]
const pieces = [
  'a',
  'b',
  'ab',
  'abc',
  'cmd.exe',
  '\\cmd',
  ' /c ',
  '-x',
  'K',
  '\u212a',
  'ſ',
  's',
  'É',
  'é',
  'ß',
  'ẞ',
]
const more = [
  '日本',
  '😀',
  '\ud83d',
  '\n',
  '\t',
  '"',
  '\\',
  '/',
  '\u0000',
  '4',
  '46',
  '4688',
  '0',
  '-1',
  '1.5',
  '1e3',
  'true',
  '',
]
const numbers = [
  '0',
  '-0',
  '1',
  '4688',
  '46',
  '1.50',
  '1e3',
  '1000',
  '9007199254740993',
  '-9223372036854775808',
  '0.1',
  '1E-2',
  '100e-2',
]
const wild = ['*', '?', '\\*', '\\?', '\\\\', '\\']
const regexes = [
  'a.c',
  '^a',
  'b$',
  '[a-c]+x',
  '\\bcmd\\b',
  '(?i)CMD\\.exe',
  'a{2,3}b',
  '(a|b)c?',
  '.{4,}',
  'K',
  '(?i)k',
  '\\d+',
  '日.',
  '^$',
  'a.*b.*c',
  '\\s/c\\s',
]
const networks = [
  '10.0.0.0/8',
  '192.168.1.0/24',
  '::1',
  'fe80::/10',
  '::ffff:10.0.0.0/104',
  '1.2.3.4',
]
const addresses = [
  '10.1.2.3',
  '192.168.1.7',
  '::1',
  'FE80::1%eth0',
  '::ffff:10.9.9.9',
  '1.2.3.4',
  '010.1.1.1',
  '1.2.3',
]
const times = [
  '2026-01-02 23:05:06',
  '2026-11-27T00:00:00Z',
  '2026-02-30',
  '2027-01-01T23:59:00.5+09:00',
]

/** Text of rules: pieces and wildcards. */
function ruleText(random: Random): string {
  return random.many(0, 4, () => (random.chance(0.2) ? random.pick(wild) : piece(random))).join('')
}

function piece(random: Random): string {
  return random.chance(0.7) ? random.pick(pieces) : random.pick(more)
}

/** Documents of YAML, written as JSON, which is YAML; all are accepted or refused alike. */
export function randomRules(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => {
    const names = ['s1', 's2', 's3'].slice(0, 1 + random.below(3))
    const detection: Record<string, unknown> = {}
    for (const name of names) detection[name] = selection(random)
    detection.condition = condition(random, names)
    const logsource = random.chance(0.8)
      ? { category: 'test' }
      : { product: random.pick(['p', 'windows', 'a']) }
    // Rules are text, which halves of characters are not; events may have them.
    return JSON.stringify({ title: 'random', logsource, detection }).replaceAll('\\ud83d', 'h')
  })
}

function selection(random: Random): unknown {
  const kind = random.below(10)
  if (kind === 0) return random.many(1, 3, () => keyword(random))
  if (kind === 1)
    return {
      [random.pick(['|all', '|re', '|contains', '|cased'])]: random.many(1, 2, () =>
        random.pick(['a', 'cmd', 'b.']),
      ),
    }
  if (kind === 2)
    return random.many(1, 3, () => (random.chance(0.7) ? map(random) : keyword(random)))
  return map(random)
}

const keyword = (random: Random): unknown =>
  random.chance(0.1)
    ? 4688
    : random.pick(['cmd', 'abc', 'k', 'ss', 'é', '日本', ruleText(random), '*a*b*'])

function map(random: Random): Record<string, unknown> {
  const items: Record<string, unknown> = {}
  for (const [key, value] of random.many(1, 2, () => item(random))) items[key] = value
  return items
}

function item(random: Random): [string, unknown] {
  const field = random.pick(fields)
  const values = (make: () => unknown): unknown =>
    random.chance(0.5) ? make() : random.many(1, 4, make)
  const neq = random.chance(0.1) ? '|neq' : ''
  const all = random.chance(0.15) ? '|all' : ''
  switch (random.below(14)) {
    case 0:
      return [
        `${field}|re${random.pick(['', '|i', '|s', '|m'])}${neq}`,
        values(() => random.pick(regexes)),
      ]
    case 1:
      return [`${field}|cidr${neq}`, values(() => random.pick(networks))]
    case 2:
      return [`${field}|exists`, random.chance(0.5)]
    case 3:
      return [
        `${field}|fieldref${random.pick(['', '|startswith', '|endswith', '|contains'])}${neq}`,
        random.pick(['A', 'B', 'C', 'A.b']),
      ]
    case 4:
      return [
        `${field}|${random.pick(['lt', 'lte', 'gt', 'gte'])}`,
        random.pick([0, 1, 46, 4688, 1.5, -1]),
      ]
    case 5:
      return [
        `${field}|${random.pick(['hour', 'year', 'week', 'day'])}${random.pick(['', '|gte'])}`,
        random.pick([0, 1, 23, 48, 2026, 27]),
      ]
    case 6:
      return [
        field,
        random.pick([null, '', 4688, 46, 1.5, true, false, [], [null, 'a'], 9007199254740992]),
      ]
    case 7:
      return [
        `${field}|cased${random.pick(['', '|contains', '|startswith', '|endswith'])}${neq}`,
        values(() => ruleText(random)),
      ]
    case 8:
      return [
        `${field}|windash|contains${all}`,
        values(() => random.pick([' /c ', '-x', ' -x a-b'])),
      ]
    case 9:
      return [`${field}|base64offset|contains`, random.pick(['abc', 'cmd.exe', '日'])]
    default:
      return [
        `${field}${random.pick(['', '|contains', '|startswith', '|endswith'])}${all}${neq}`,
        values(() => ruleText(random)),
      ]
  }
}

function condition(random: Random, names: readonly string[], depth = 0): string {
  switch (random.below(depth > 2 ? 2 : 6)) {
    case 0:
    case 1:
      return random.pick(names)
    case 2:
      return `not ${condition(random, names, depth + 1)}`
    case 3:
      return `(${condition(random, names, depth + 1)} and ${condition(random, names, depth + 1)})`
    case 4:
      return `(${condition(random, names, depth + 1)} or ${condition(random, names, depth + 1)})`
    default:
      return random.pick(['1 of s*', 'all of them', '1 of them', 'not all of s*'])
  }
}

/** A line as it may come: mostly JSON, with all that JSON may have; at times broken, at times none. */
export function randomEvent(random: Random): Uint8Array {
  const kind = random.below(40)
  if (kind === 0) return Buffer.from(random.many(0, 5, () => piece(random)).join(' '))
  const json = object(random, 0)
  if (kind === 1) return Buffer.from(json.slice(0, random.below(json.length)))
  const bytes = Buffer.from(kind === 2 ? `\ufeff ${json}` : kind === 3 ? `${json} ${json}` : json)
  // A byte that may be the middle of a character, or the end of a string.
  if (kind === 4 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256)
  return bytes
}

function object(random: Random, depth: number): string {
  const blank = (): string => (random.chance(0.1) ? random.pick([' ', '\t', '\r', '  ']) : '')
  const members = random.many(0, 6, () => {
    const key = random.chance(0.8)
      ? random.pick([...fields, 'b', 'y', 'z', 'X', 'y.z', 'Event', '_services'])
      : piece(random)
    return `${blank()}${string(random, key)}${blank()}:${blank()}${value(random, depth)}${blank()}`
  })
  return `{${members.join(',')}}`
}

function value(random: Random, depth: number): string {
  switch (random.below(depth > 3 ? 7 : 10)) {
    case 0:
      return random.pick(numbers)
    case 1:
      return random.pick(['null', 'true', 'false', 'null'])
    case 2:
      return string(random, random.pick([...addresses, ...times, ...numbers]))
    case 3:
      return string(random, Buffer.from(piece(random)).toString('base64'))
    case 7:
    case 8:
      return object(random, depth + 1)
    case 9:
      return `[${random.many(0, 4, () => value(random, depth + 1)).join(random.chance(0.2) ? ' , ' : ',')}]`
    default:
      return string(random, random.many(0, 4, () => piece(random)).join(''))
  }
}

/** A text in one of the ways that JSON has for it. */
function string(random: Random, text: string): string {
  const plain = JSON.stringify(text)
  if (random.chance(0.8)) return plain
  const escaped = Array.from({ length: text.length }, (_, at) => {
    const unit = text.charCodeAt(at)
    const hex = unit.toString(16).padStart(4, '0')
    return random.chance(0.3) ||
      unit < 0x20 ||
      unit === 0x22 ||
      unit === 0x5c ||
      (unit >= 0xd800 && unit <= 0xdfff)
      ? `\\u${random.chance(0.5) ? hex : hex.toUpperCase()}`
      : text.charAt(at) === '/' && random.chance(0.5)
        ? '\\/'
        : text.charAt(at)
  })
  return `"${escaped.join('')}"`
}
