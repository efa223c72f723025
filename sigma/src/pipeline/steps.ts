import { SigmaError } from '../refusal.ts'
import type { Detection, DetectionItem, DetectionSection, Matcher } from '../rule/ast.ts'
import { parseSection } from '../rule/detection.ts'
import type { Logsource } from '../rule/logsource.ts'
import { parsePattern } from '../rule/pattern.ts'
import type { Placeholders } from '../rule/placeholders.ts'
import type { YamlMap, YamlNode, YamlScalar } from '../yaml.ts'
import { hashSplitter } from './hashes.ts'
import type { ProcessingItem } from './pipeline.ts'
import { namesOf, type Reader, shape } from './shape.ts'
import { plainText, type Replace, replacer } from './text.ts'

/** What a step does to a rule it is meant for. */
export type Step =
  | Readonly<{ kind: 'names'; rename: (name: string) => readonly string[] | null }>
  | Readonly<{ kind: 'values'; change: (matcher: Matcher) => readonly Matcher[] | null }>
  | Readonly<{ kind: 'items'; split: (item: DetectionItem) => Detection | null }>
  | Readonly<{ kind: 'nest'; items: readonly ProcessingItem[] }>
  | Readonly<{ kind: 'drop' }>
  | Readonly<{ kind: 'condition'; section: (logsource: Logsource) => DetectionSection }>
  | Readonly<{ kind: 'logsource'; logsource: Logsource }>
  | Readonly<{ kind: 'state'; key: string; value: string }>
  | Readonly<{ kind: 'refuse'; message: string; ofItem: boolean }>
  /** It changes what is no part of a match: lists of fields, attributes for other programs. */
  | Readonly<{ kind: 'nothing' }>

type StepParser = Readonly<{
  keys: readonly string[]
  parse: (read: Reader, placeholders: Placeholders) => Step
}>

const nothing = (...keys: string[]): StepParser => ({ keys, parse: () => ({ kind: 'nothing' }) })

/** By the names that pySigma gives them. */
const steps: ReadonlyMap<string, StepParser> = new Map<string, StepParser>([
  ['field_name_mapping', { keys: ['mapping'], parse: mapping }],
  ['field_name_prefix_mapping', { keys: ['mapping'], parse: prefixMapping }],
  [
    'field_name_prefix',
    {
      keys: ['prefix'],
      parse: read => {
        const prefix = read.need('prefix')
        return { kind: 'names', rename: name => [prefix + name] }
      },
    },
  ],
  [
    'field_name_suffix',
    {
      keys: ['suffix'],
      parse: read => {
        const suffix = read.need('suffix')
        return { kind: 'names', rename: name => [name + suffix] }
      },
    },
  ],
  [
    'hashes_fields',
    {
      keys: ['valid_hash_algos', 'field_prefix', 'drop_algo_prefix'],
      parse: read => ({ kind: 'items', split: hashSplitter(read) }),
    },
  ],
  ['drop_detection_item', { keys: [], parse: () => ({ kind: 'drop' }) }],
  ['add_condition', { keys: ['conditions', 'name', 'template', 'negated'], parse: addCondition }],
  ['change_logsource', { keys: ['category', 'product', 'service'], parse: changeLogsource }],
  [
    'replace_string',
    { keys: ['regex', 'replacement', 'skip_special', 'interpret_special'], parse: replaceString },
  ],
  ['map_string', { keys: ['mapping'], parse: mapString }],
  [
    'set_state',
    {
      keys: ['key', 'val'],
      parse: read => ({ kind: 'state', key: read.need('key'), value: read.need('val') }),
    },
  ],
  [
    'rule_failure',
    {
      keys: ['message'],
      parse: read => ({ kind: 'refuse', message: read.need('message'), ofItem: false }),
    },
  ],
  [
    'detection_item_failure',
    {
      keys: ['message'],
      parse: read => ({ kind: 'refuse', message: read.need('message'), ofItem: true }),
    },
  ],
  ['add_field', nothing('field')],
  ['remove_field', nothing('field')],
  ['set_field', nothing('fields')],
  ['set_custom_attribute', nothing('attribute', 'value')],
])

function mapping(read: Reader): Step {
  const names = namesOf(read.node('mapping'), 'mapping')
  return { kind: 'names', rename: name => names.get(name) ?? null }
}

/** The first prefix that fits, in written order. */
function prefixMapping(read: Reader): Step {
  const prefixes = [...namesOf(read.node('mapping'), 'mapping')]
  return {
    kind: 'names',
    rename: name => {
      const [prefix, others] = prefixes.find(([prefix]) => name.startsWith(prefix)) ?? ['', null]
      return others?.map(other => other + name.slice(prefix.length)) ?? null
    },
  }
}

function changeLogsource(read: Reader): Step {
  const lower = (name: string): string | null => read.text(name)?.toLowerCase() ?? null
  const logsource = {
    category: lower('category'),
    product: lower('product'),
    service: lower('service'),
  }
  if (Object.values(logsource).every(name => name === null)) throw shape('no log source', read.at)
  return { kind: 'logsource', logsource }
}

function replaceString(read: Reader): Step {
  const isSkipping = read.flag('skip_special')
  if (read.flag('interpret_special')) throw shape('interpret_special', read.at)
  const replacement = read.text('replacement') ?? ''
  const replace: Replace = replacer(read.need('regex'), replacement, isSkipping, read.at)
  return {
    kind: 'values',
    change: matcher => {
      if (matcher.kind === 'text') return [{ ...matcher, pattern: replace(matcher.pattern) }]
      if (matcher.kind !== 'number') return null
      // A number stays one unless it was changed.
      const pattern = replace([matcher.text])
      return plainText(pattern) === matcher.text ? null : [{ kind: 'text', pattern, cased: false }]
    },
  }
}

function mapString(read: Reader): Step {
  const texts = namesOf(read.node('mapping'), 'mapping')
  return {
    kind: 'values',
    change: matcher => {
      const others = matcher.kind === 'text' ? texts.get(plainText(matcher.pattern)) : undefined
      if (others === undefined || matcher.kind !== 'text') return null
      return others.map(other => ({ ...matcher, pattern: parsePattern(other) }))
    },
  }
}

/** The conditions become a section of their own, which must hold beside the others. */
function addCondition(read: Reader, placeholders: Placeholders): Step {
  const conditions = read.node('conditions')
  if (conditions?.kind !== 'map') throw shape('conditions', read.at)
  const isTemplate = read.flag('template')
  const text = read.flag('negated') ? 'not added' : 'added'
  const sectionOf = (node: YamlNode): DetectionSection => {
    const condition: YamlScalar = { kind: 'scalar', type: 'string', text, at: read.at }
    const section: YamlMap = {
      kind: 'map',
      at: read.at,
      entries: new Map([
        ['added', { node, at: read.at }],
        ['condition', { node: condition, at: read.at }],
      ]),
    }
    return parseSection(section, [], { placeholders, remarks: [], version: 2 })
  }
  const plain = sectionOf(conditions)
  return {
    kind: 'condition',
    section: logsource => (isTemplate ? sectionOf(filledIn(conditions, logsource)) : plain),
  }
}

/** Puts the log source of the rule in the place of `$category`, `$product` and `$service`. */
function filledIn(node: YamlNode, logsource: Logsource): YamlNode {
  switch (node.kind) {
    case 'scalar': {
      const text = node.text.replaceAll(
        /\$(?:(category|product|service)\b|\{(category|product|service)\})/g,
        (_all, bare?: keyof Logsource, braced?: keyof Logsource) =>
          logsource[(bare ?? braced) as keyof Logsource] ?? 'None',
      )
      return { ...node, text }
    }
    case 'list':
      return { ...node, items: node.items.map(item => filledIn(item, logsource)) }
    case 'map':
      return {
        ...node,
        entries: new Map(
          [...node.entries].map(([key, entry]) => [
            key,
            { ...entry, node: filledIn(entry.node, logsource) },
          ]),
        ),
      }
  }
}

/** @throws SigmaError PIPELINE_TRANSFORMATION */
export function stepParser(type: string, at: number): StepParser {
  const parser = steps.get(type)
  if (parser) return parser
  throw new SigmaError('PIPELINE_TRANSFORMATION', type, at)
}
