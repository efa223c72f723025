import { limits } from '../limits.ts'
import { automatonOf, search } from '../reference/regex.ts'
import { refusalOf, SigmaError } from '../refusal.ts'
import { parseRegex } from '../regex/parse.ts'
import type { DetectionItem, Matcher } from '../rule/ast.ts'
import { literalOf } from '../rule/pattern.ts'
import type { YamlNode } from '../yaml.ts'
import { type Reader, readMap, shape } from './shape.ts'
import { itemsOfSubject, type Subject } from './subject.ts'
import { plainText } from './text.ts'

/** What a step asks before it is taken: of the rule, of an item, of the name of a field. */
export type RuleTest = (subject: Subject) => boolean
export type ItemTest = (item: DetectionItem, subject: Subject) => boolean
export type NameTest = (
  name: string | null,
  subject: Subject,
  item: DetectionItem | null,
) => boolean

type Parsers<Test> = ReadonlyMap<string, (node: YamlNode, what: string) => Test>

const ruleConditions: Parsers<RuleTest> = new Map<
  string,
  (node: YamlNode, what: string) => RuleTest
>([
  ['logsource', logsource],
  ['contains_field', containsField],
  ['contains_detection_item', containsItem],
  ['processing_item_applied', ruleApplied],
  ['processing_state', processingState],
  ['is_sigma_rule', (node, what) => only(node, what, true)],
  ['is_sigma_correlation_rule', (node, what) => only(node, what, false)],
  ['tag', tag],
])

const itemConditions: Parsers<ItemTest> = new Map<
  string,
  (node: YamlNode, what: string) => ItemTest
>([
  ['match_string', matchString],
  ['match_value', matchValue],
  ['contains_wildcard', (node, what) => ofValues(node, what, [], () => hasWildcard)],
  ['is_null', (node, what) => ofValues(node, what, [], () => matcher => matcher.kind === 'null')],
  ['processing_item_applied', itemApplied],
  [
    'processing_state',
    (node, what) => {
      const test = processingState(node, what)
      return (_item, subject) => test(subject)
    },
  ],
])

const nameConditions: Parsers<NameTest> = new Map<
  string,
  (node: YamlNode, what: string) => NameTest
>([
  ['include_fields', includeFields],
  [
    'exclude_fields',
    (node, what) => {
      const included = includeFields(node, what)
      return (name, subject, item) => !included(name, subject, item)
    },
  ],
  [
    'processing_item_applied',
    (node, what) => {
      const test = itemApplied(node, what)
      return (_name, subject, item) => item !== null && test(item, subject)
    },
  ],
  [
    'processing_state',
    (node, what) => {
      const test = processingState(node, what)
      return (_name, subject) => test(subject)
    },
  ],
])

/** Without conditions every rule is meant, also where they are turned round. */
export function parseRuleConditions(item: Reader): RuleTest {
  const all = linked(item, 'rule', ruleConditions)
  return all.tests.length === 0 ? () => true : subject => all.join(test => test(subject))
}

export function parseItemConditions(item: Reader): ItemTest {
  const { join } = linked(item, 'detection_item', itemConditions)
  return (found, subject) => join(test => test(found, subject))
}

export function parseNameConditions(item: Reader): NameTest {
  const { join } = linked(item, 'field_name', nameConditions)
  return (name, subject, found) => join(test => test(name, subject, found))
}

type Linked<Test> = Readonly<{
  tests: readonly Test[]
  join: (ask: (test: Test) => boolean) => boolean
}>

function linked<Test>(item: Reader, kind: string, known: Parsers<Test>): Linked<Test> {
  const tests = conditionNodes(item.node(`${kind}_conditions`)).map(node => {
    const type = node.kind === 'map' ? node.entries.get('type')?.node : undefined
    const name = type?.kind === 'scalar' ? type.text : ''
    const parse = known.get(name)
    if (!parse) throw new SigmaError('PIPELINE_CONDITION', name, node.at)
    return parse(node, name)
  })
  const operator = item.text(`${kind}_cond_op`) ?? 'and'
  if (operator !== 'and' && operator !== 'or') throw shape(`${kind}_cond_op: ${operator}`, item.at)
  const isNegated = item.flag(`${kind}_cond_not`)
  const join = (ask: (test: Test) => boolean): boolean =>
    (operator === 'and' ? tests.every(ask) : tests.some(ask)) !== isNegated
  return { tests, join }
}

/** A list, or a map whose keys only name the conditions. */
function conditionNodes(node: YamlNode | null): readonly YamlNode[] {
  if (node === null) return []
  if (node.kind === 'list') return node.items
  if (node.kind === 'map') return [...node.entries.values()].map(entry => entry.node)
  throw shape('conditions', node.at)
}

function logsource(node: YamlNode, what: string): RuleTest {
  const read = readMap(node, what, ['type', 'category', 'product', 'service'])
  const names = ['category', 'product', 'service'] as const
  const wanted = names.map(name => [name, read.text(name)?.toLowerCase() ?? null] as const)
  return ({ logsource }) =>
    wanted.every(([name, value]) => value === null || logsource[name] === value)
}

function containsField(node: YamlNode, what: string): RuleTest {
  const field = readMap(node, what, ['type', 'field']).need('field')
  return subject => itemsOfSubject(subject).some(item => item.field === field)
}

function containsItem(node: YamlNode, what: string): RuleTest {
  const read = readMap(node, what, ['type', 'field', 'value'])
  const [field, value] = [read.need('field'), read.need('value')]
  return subject =>
    itemsOfSubject(subject).some(
      item => item.field === field && item.values.flat().some(matcher => isValue(matcher, value)),
    )
}

function ruleApplied(node: YamlNode, what: string): RuleTest {
  const id = readMap(node, what, ['type', 'processing_item_id']).need('processing_item_id')
  return ({ applied }) => applied.has(id)
}

function itemApplied(node: YamlNode, what: string): ItemTest {
  const id = readMap(node, what, ['type', 'processing_item_id']).need('processing_item_id')
  return (item, { touched }) => touched.get(item)?.has(id) ?? false
}

function processingState(node: YamlNode, what: string): RuleTest {
  const read = readMap(node, what, ['type', 'key', 'val', 'op'])
  const [key, value, operator] = [read.need('key'), read.need('val'), read.text('op') ?? 'eq']
  if (operator !== 'eq' && operator !== 'ne') throw shape(`${what}: ${operator}`, read.at)
  return ({ state }) => state.has(key) && (state.get(key) === value) === (operator === 'eq')
}

/** Correlations never get here: their names of fields are all that is mapped. */
function only(node: YamlNode, what: string, isRule: boolean): RuleTest {
  readMap(node, what, ['type'])
  return () => isRule
}

function tag(node: YamlNode, what: string): RuleTest {
  const wanted = readMap(node, what, ['type', 'tag']).need('tag').toLowerCase()
  return ({ tags }) => tags.includes(wanted)
}

function ofValues(
  node: YamlNode,
  what: string,
  keys: readonly string[],
  test: (read: Reader) => (matcher: Matcher) => boolean,
): ItemTest {
  const read = readMap(node, what, ['type', 'cond', ...keys])
  const isMeant = test(read)
  const cond = read.need('cond')
  if (cond !== 'any' && cond !== 'all') throw shape(`${what}: ${cond}`, read.at)
  return ({ values }) =>
    cond === 'any' ? values.flat().some(isMeant) : values.flat().every(isMeant)
}

function matchString(node: YamlNode, what: string): ItemTest {
  return ofValues(node, what, ['pattern', 'negate'], read => {
    const isMatch = startMatch(read.need('pattern'), read.at)
    const isNegated = read.flag('negate')
    return matcher => (matcher.kind === 'text' && isMatch(plainText(matcher.pattern))) !== isNegated
  })
}

function matchValue(node: YamlNode, what: string): ItemTest {
  return ofValues(node, what, ['value'], read => {
    const value = read.need('value')
    return matcher => isValue(matcher, value)
  })
}

function isValue(matcher: Matcher, value: string): boolean {
  if (matcher.kind === 'text') return literalOf(matcher.pattern) === value
  return matcher.kind === 'number' && matcher.text === value
}

const hasWildcard = (matcher: Matcher): boolean =>
  matcher.kind === 'text' && matcher.pattern.some(part => typeof part !== 'string')

function includeFields(node: YamlNode, what: string): NameTest {
  const read = readMap(node, what, ['type', 'fields', 'mode'])
  const mode = read.text('mode') ?? 'plain'
  const fields = read.texts('fields')
  if (mode === 'plain') return name => name !== null && fields.includes(name)
  if (mode !== 're') throw shape(`${what}: ${mode}`, read.at)
  const patterns = fields.map(field => startMatch(field, read.at))
  return name => name !== null && patterns.some(isMatch => isMatch(name))
}

/** Whether a text begins with what the expression describes, in linear time. */
function startMatch(pattern: string, at: number): (text: string) => boolean {
  const flags = { i: false, m: false, s: false }
  const parsed = refusalOf(() => parseRegex(`^(?:${pattern})`, flags, at))
  if ('refused' in parsed) throw new SigmaError('PIPELINE_REGEX', pattern, at)
  const automaton = automatonOf(parsed.done)
  return text => text.length <= limits.pipelineTextMax && search(automaton, text)
}
