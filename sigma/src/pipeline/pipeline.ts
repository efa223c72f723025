import { SigmaError } from '../refusal.ts'
import type { Placeholders } from '../rule/placeholders.ts'
import { readYaml, type YamlNode } from '../yaml.ts'
import {
  type ItemTest,
  type NameTest,
  parseItemConditions,
  parseNameConditions,
  parseRuleConditions,
  type RuleTest,
} from './conditions.ts'
import { type Reader, readMap, shape } from './shape.ts'
import { type Step, stepParser } from './steps.ts'

/** One step of a pipeline, and what it asks before it is taken. */
export type ProcessingItem = Readonly<{
  id: string | null
  at: number
  step: Step
  isRuleMeant: RuleTest
  isItemMeant: ItemTest
  isNameMeant: NameTest
  /** Whether members of lists stay as they are; else a rule that asks for them is refused. */
  leavesMembers: boolean
}>

const pipelineKeys = [
  'name',
  'priority',
  'vars',
  'allowed_backends',
  'transformations',
  'postprocessing',
  'finalizers',
]
const kinds = ['rule', 'detection_item', 'field_name']
const itemKeys = [
  'id',
  'type',
  ...kinds.flatMap(kind => [`${kind}_conditions`, `${kind}_cond_op`, `${kind}_cond_not`]),
]

/**
 * Reads processing pipelines in the format of pySigma. The steps of all come one after another, those
 * of a lower priority first, at the same priority in the order given.
 *
 * @throws SigmaError PIPELINE_SHAPE, PIPELINE_TRANSFORMATION, PIPELINE_CONDITION, PIPELINE_REGEX, and
 * what YAML and added conditions refuse. What a pipeline asks and cannot be done is never left out.
 */
export function parsePipelines(
  sources: readonly string[],
  placeholders: Placeholders,
): ProcessingItem[] {
  return sources
    .flatMap(source => readYaml(source))
    .map(document => {
      if ('refused' in document) {
        const { code, detail, at } = document.refused
        throw new SigmaError(code, detail, at)
      }
      return parsePipeline(document.root, placeholders)
    })
    .toSorted((a, b) => a.priority - b.priority)
    .flatMap(({ items }) => items)
}

function parsePipeline(root: YamlNode, placeholders: Placeholders) {
  const read = readMap(root, 'pipeline', pipelineKeys)
  const priority = Number(read.text('priority') ?? '0')
  if (!Number.isFinite(priority)) throw shape('priority', read.at)
  for (const key of ['postprocessing', 'finalizers']) {
    const node = read.node(key)
    const isEmpty = node === null || (node.kind === 'list' && node.items.length === 0)
    // They work on queries, and there are none here.
    if (!isEmpty) throw new SigmaError('PIPELINE_TRANSFORMATION', key, node.at)
  }
  const list = read.node('transformations')
  if (list?.kind !== 'list') throw shape('transformations', read.at)
  return { priority, items: list.items.map(item => parseItem(item, placeholders)) }
}

const nest = 'nest'

function parseItem(node: YamlNode, placeholders: Placeholders): ProcessingItem {
  const typeNode = node.kind === 'map' ? node.entries.get('type')?.node : undefined
  const type = typeNode?.kind === 'scalar' ? typeNode.text : ''
  const parser = type === nest ? { keys: ['items'], parse: parseNest } : stepParser(type, node.at)
  const read = readMap(node, type, [...itemKeys, ...parser.keys])
  return {
    id: read.text('id'),
    at: read.at,
    step: parser.parse(read, placeholders),
    isRuleMeant: parseRuleConditions(read),
    isItemMeant: parseItemConditions(read),
    isNameMeant: parseNameConditions(read),
    leavesMembers: false,
  }
}

/** Steps that share the conditions of the one they stand in. */
function parseNest(read: Reader, placeholders: Placeholders): Step {
  const list = read.node('items')
  if (list?.kind !== 'list') throw shape('items', read.at)
  return { kind: 'nest', items: list.items.map(item => parseItem(item, placeholders)) }
}
