import { nameOf, names, numbers, textOf, texts } from './hostile-event.ts'
import type { Random } from './random.ts'

const modifiers = [
  ...['contains', 'startswith', 'endswith', 'all', 'cased', 're', 'i', 'm', 's', 'neq', 'exists'],
  ...['lt', 'lte', 'gt', 'gte', 'minute', 'hour', 'day', 'week', 'month', 'year', 'cidr', 'expand'],
  ...['base64', 'base64offset', 'wide', 'utf16le', 'utf16be', 'utf16', 'windash', 'fieldref'],
  ...['constructor', '__proto__', 'toString', '', ' ', 'CONTAINS'],
]
/** Chains that make sense, so that most rules run. */
const chains = [
  ...[
    '',
    '',
    '',
    '|contains',
    '|startswith',
    '|endswith',
    '|re',
    '|re|i',
    '|re|m|s',
    '|neq',
    '|cased',
  ],
  ...[
    '|contains|all',
    '|windash',
    '|contains|windash',
    '|base64offset|contains',
    '|cidr',
    '|exists',
  ],
  ...['|gt', '|lte', '|hour', '|year|gte', '|wide|base64offset|contains', '|fieldref', '|expand'],
  ...['|fieldref|contains', '|contains|expand', '|cased|endswith', '|re|neq', '|contains|neq'],
]
const regexes = [
  ...[
    'a',
    '(a+)+$',
    '(a|a)*b',
    '(a|aa)+c',
    '^(.*a){10}$',
    '[^a]{2,5}',
    '\\d+\\b',
    '.*',
    '',
    '()',
    '(|a)',
  ],
  ...[
    '(?i)x',
    '((a?){20}a{20})',
    '[\\w.-]+@',
    '\\x00',
    '[\u0000-\u{10ffff}]',
    '\ud800',
    '[z-a]',
    '(?=a)',
  ],
  ...[
    '(a',
    'a)',
    '[',
    '\\',
    'a{2,1}',
    'a{1001}',
    '(a{1000}){1000}',
    '\\1',
    '(?<n>a)',
    '^*',
    '$^',
    '\\p{L}',
  ],
]
const networks = [
  '10.0.0.0/8',
  '::/0',
  '0.0.0.0/0',
  '10.0.0.1/8',
  '::ffff:0:0/96',
  '/',
  '1/33',
  'a/1',
]
export const placeholders = {
  name: ['a', 'x*', '\\*', ''],
  many: Array.from({ length: 60 }, String),
}

const scalar = (random: Random): unknown => {
  switch (random.below(9)) {
    case 0:
      return random.pick([null, true, false, 1, 0, -1, 1.5, 4688, 9_007_199_254_740_992])
    case 1:
      return random.pick(regexes)
    case 2:
      return random.pick(networks)
    case 3:
      return `${random.pick(texts)}*${random.pick(texts)}?${random.once(3) ? '%many%%name%%many%' : ''}`
    case 4:
      return random.pick(names)
    default:
      return textOf(random)
  }
}

function item(random: Random): [string, unknown] {
  const chain = random.once(12)
    ? random.some(4, () => `|${random.pick(modifiers)}`).join('')
    : random.pick(chains)
  const key = `${random.once(8) ? '' : nameOf(random)}${chain}`
  return [key, fitting(key, random) ?? values(random)]
}

/** A value that the modifier takes; null where any will do. */
function fitting(key: string, random: Random): unknown {
  if (random.once(12)) return null
  if (key.includes('|re')) return random.pick(regexes)
  if (key.includes('|cidr')) return random.pick(networks)
  if (key.includes('|exists')) return random.once(2)
  if (/\|(?:[gl]t|hour|year)/.test(key)) return { number: random.pick(numbers) }
  if (key.includes('|fieldref')) return random.pick(names)
  if (key.includes('|expand')) return random.pick(['%name%', 'a%many%', '\\%x%', '%none%'])
  return null
}

const values = (random: Random): unknown =>
  random.once(2) ? scalar(random) : random.some(random.once(50) ? 300 : 4, () => scalar(random))

function detection(random: Random, depth: number): unknown {
  if (depth > 3 || random.once(5)) return values(random)
  if (random.once(2)) return Object.fromEntries([item(random)])
  if (random.once(3)) {
    const parts = random.some(3, () => detection(random, depth + 1))
    return random.once(20) ? parts : [...parts, detection(random, depth + 1)]
  }
  if (random.once(40)) return {}
  return Object.fromEntries([item(random), ...random.some(3, () => item(random))])
}

const identifiers = [
  's',
  's1',
  's2',
  '_h',
  '__proto__',
  'constructor',
  'of',
  'them',
  'not',
  '1',
  'a-b',
]
const words = [
  'and',
  'or',
  'not',
  'and not',
  '(',
  ')',
  '1 of',
  'all of',
  'any of',
  '|',
  'AND',
  '2 of',
  '*',
]

function condition(random: Random, known: readonly string[]): unknown {
  const name = (): string => random.pick(random.once(40) ? identifiers : known)
  const term = (): string =>
    random.once(5)
      ? `${random.pick(['1', 'all', 'any'])} of ${random.pick(['them', 's*', 's*', '*', random.once(5) ? 'x*' : 'them'])}`
      : `${random.once(4) ? 'not ' : ''}${name()}`
  if (random.once(25))
    return random.some(6, () => random.pick([...words, ...identifiers])).join(' ')
  if (random.once(60)) return nested(random, name())
  const terms = [term(), ...random.some(3, () => `${random.pick(['and', 'or'])} ${term()}`)]
  return random.once(20) ? [terms.join(' '), term()] : terms.join(' ')
}

/** About the deepest that is allowed, and far more. */
function nested(random: Random, name: string): string {
  const size = random.pick([10, 199, 200, 201, 1_000, 10_000])
  return random.once(2)
    ? `${'not '.repeat(size)}${name}`
    : `${'('.repeat(size)}${name}${random.once(9) ? '' : ')'.repeat(size)}`
}

function rule(random: Random, id: string): object {
  const known = ['s', ...random.some(2, () => random.pick(identifiers))]
  const detections = known.map(name => [name, detection(random, 0)] as const)
  return {
    title: random.once(30) ? random.pick(texts) : 't',
    id,
    logsource: random.once(20) ? { category: random.pick(texts) } : { category: 'test' },
    detection: {
      ...Object.fromEntries(detections),
      condition: condition(random, known),
    },
  }
}

const types = [
  ...['event_count', 'value_count', 'temporal', 'temporal_ordered', 'value_sum', 'value_avg'],
  ...['value_percentile', 'value_median', '__proto__'],
]

function correlation(random: Random): object {
  const type = random.pick(types)
  const operators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq', 'constructor']
  const bounds = random.some(2, () => [random.pick(operators), { number: random.pick(numbers) }])
  const field =
    type === 'event_count' || type.startsWith('temporal') ? {} : { field: random.pick(names) }
  return {
    title: 'c',
    id: 'c',
    correlation: {
      type,
      rules: ['a', ...random.some(1, () => random.pick(['b', 'b', 'c', '__proto__', 'none']))],
      timespan: random.once(6)
        ? random.pick(['1000000s', '0s', '-1s', 's', '1e3s'])
        : random.pick(['1s', '5m', '999999y']),
      'group-by': random.some(2, () => random.pick(names)),
      condition: random.once(4)
        ? random.pick(['a and b', 'not a', 'a or not b', 'b and'])
        : { gte: 1, ...Object.fromEntries(bounds), ...field },
    },
  }
}

const edits = [
  ...[
    '[',
    ']',
    '{',
    '}',
    '"',
    ',',
    ':',
    '\n',
    '- ',
    '&a ',
    '*a',
    '<<: ',
    '!!str ',
    '---\n',
    '...\n',
  ],
  ...['\u0000', '\ufeff', '\t', '|\n', '? ', '#', '%YAML 1.1\n', '\ud800', '\\', "'", '`', '@'],
]

/** A source of some documents: YAML as JSON, since that holds any text; sometimes damaged. */
export function hostileRules(random: Random): string {
  const documents = [rule(random, 'a')]
  if (random.once(3)) documents.push(rule(random, random.once(9) ? 'a' : 'b'))
  if (random.once(2)) documents.push(correlation(random))
  if (random.once(9)) {
    const filter = { rules: random.pick(['any', ['a'], ['__proto__']]), s: detection(random, 1) }
    const open = { ...filter, condition: condition(random, ['s']) }
    documents.push({ title: 'f', logsource: { category: 'test' }, filter: open })
  }
  let text = documents.map(written).join('\n---\n')
  if (!random.once(4)) return text
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.below(text.length + 1)
    text = text.slice(0, at) + random.pick(edits) + text.slice(at + random.below(6))
  }
  return text
}

/** JSON in which `{number: …}` stands for a number as it is written. */
const written = (document: object): string =>
  JSON.stringify(document).replaceAll(/\{"number":"([^"]*)"\}/g, '$1')
