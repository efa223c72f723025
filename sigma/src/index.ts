import type { Alert } from './correlation/alert.ts'
import { type BaseMatch, Correlator } from './correlation/correlator.ts'
import type { CorrelateOptions } from './correlation/options.ts'
import { replay } from './correlation/reference.ts'
import { readEvent } from './event/read.ts'
import { sourceOf } from './event/source.ts'
import { type FieldMapping, fieldMappings } from './event/taxonomy.ts'
import { parsePipelines } from './pipeline/pipeline.ts'
import { holds } from './reference/evaluate.ts'
import { explain, type Leaf } from './reference/explain.ts'
import { EventView } from './reference/fields.ts'
import { type Near, nearest } from './reference/near.ts'
import { SigmaError } from './refusal.ts'
import { applies, contains, type EventSource, type Logsource } from './rule/logsource.ts'
import {
  assemble,
  type RuleSet,
  type RuleSource,
  type RuleState,
  type RunningRule,
} from './rule-set.ts'

export type { Alert } from './correlation/alert.ts'
export type { BaseMatch, Correlator, CorrelatorState } from './correlation/correlator.ts'
export type { CorrelateOptions, Counters } from './correlation/options.ts'
export { whoTells } from './event/logsources.ts'
export { ecs } from './event/mappings/ecs.ts'
export { native } from './event/mappings/native.ts'
export { ocsf } from './event/mappings/ocsf.ts'
export type { FieldMapping } from './event/taxonomy.ts'
export type { Leaf } from './reference/explain.ts'
export type { Near } from './reference/near.ts'
export {
  type Refusal,
  type RefusalCode,
  type Remark,
  type RemarkCode,
  SigmaError,
} from './refusal.ts'
export type { EventSource, Logsource } from './rule/logsource.ts'
export type { RuleSource, RuleState } from './rule-set.ts'

/**
 * How rules are compiled. `placeholders` gives the values of `%name%` for `expand`, written as in
 * rules. `sources` are the log sources of the deployment, each attribute it has; rules for others
 * are listed as "no source". `mappings` are names of fields beside those of the taxonomy.
 * `pipelines` are texts of processing pipelines in the format of pySigma: every rule is taken through
 * them with its filters before it runs.
 */
export type CompileOptions = Readonly<{
  engine: 'reference'
  placeholders?: Readonly<Record<string, readonly string[]>>
  sources?: readonly Readonly<Partial<Logsource>>[]
  mappings?: readonly FieldMapping[]
  pipelines?: readonly string[]
}>

/** Why a rule matched an event or did not: the leaves that alone decided. */
export type Explanation = Readonly<{
  matched: boolean
  /** Whether the event is from where the rule looks; if not, no leaf was asked. */
  applies: boolean
  leaves: readonly Leaf[]
}>

/**
 * Rules ready to be asked. An event is an object as `JSON.parse` gives it, or the UTF-8 bytes of a
 * JSON object or of a line of text; bytes keep numbers beyond 2^53 exact. Where it comes from is
 * read from its fields unless `source` says it.
 */
export type Engine = Readonly<{
  rules: readonly RuleState[]
  /** @throws SigmaError EVENT_… */
  match(event: unknown, source?: EventSource): string[]
  /** @throws SigmaError EVENT_…, RULE_UNKNOWN */
  why(ruleId: string, event: unknown, source?: EventSource): Explanation
  /**
   * The `count` rules that look at such events and almost matched: those whose conditions lack the
   * fewest leaves, with these leaves. It asks every leaf of every rule: for people, not for streams.
   *
   * @throws SigmaError EVENT_…
   */
  near(event: unknown, count: number, source?: EventSource): Near[]
  /**
   * Whether what this rule matches is only there to be correlated, so that alone it is no alert:
   * correlations name it, and none of them says `generate`.
   */
  isSilent(ruleId: string): boolean
  /**
   * The fields of an event as a rule calls them, as text; null if missing or null. A list of more
   * than one value is its compact JSON.
   *
   * @throws SigmaError EVENT_…; the function returned: RULE_UNKNOWN
   */
  fields(event: unknown, source?: EventSource): BaseMatch['field']
  /** Runs the correlations of these rules over matches to come. */
  correlate(options?: Partial<CorrelateOptions>): Correlator
  /** All alerts of a finished stream, worked out the plain and slow way: to check `correlate`. */
  replay(matches: readonly BaseMatch[], options?: Partial<CorrelateOptions>): Alert[]
}>

/**
 * Compiles rules. No rule makes it throw: what cannot run is in `rules` with its reason.
 *
 * @throws SigmaError PIPELINE_… for a pipeline that cannot be done to the letter
 */
export function compile(
  rules: string | readonly (string | RuleSource)[],
  options: CompileOptions = { engine: 'reference' },
): Engine {
  const texts = typeof rules === 'string' ? [rules] : rules
  const sources = texts.map((rule, index) =>
    typeof rule === 'string' ? { name: `source-${index}`, text: rule } : rule,
  )
  const placeholders = new Map(Object.entries(options.placeholders ?? {}))
  const set = assemble(sources, {
    placeholders,
    sources: options.sources?.map(logsourceOf) ?? null,
    pipeline: parsePipelines(options.pipelines ?? [], placeholders),
  })
  return new ReferenceEngine(set, [...fieldMappings, ...(options.mappings ?? [])])
}

function logsourceOf(source: Readonly<Partial<Logsource>>): Logsource {
  const lower = (name: string | null | undefined): string | null => name?.toLowerCase() ?? null
  return {
    category: lower(source.category),
    product: lower(source.product),
    service: lower(source.service),
  }
}

class ReferenceEngine implements Engine {
  readonly rules: readonly RuleState[]
  readonly #running: ReadonlyMap<string, RunningRule>
  readonly #set: RuleSet
  readonly #mappings: readonly FieldMapping[]

  constructor(set: RuleSet, mappings: readonly FieldMapping[]) {
    this.rules = set.states
    this.#set = set
    this.#running = new Map(set.running.map(rule => [rule.id, rule]))
    this.#mappings = mappings
  }

  match(event: unknown, source?: EventSource): string[] {
    const seen = this.#see(event, source)
    const matched: string[] = []
    for (const { id, rule, sections } of this.#running.values()) {
      if (!applies(rule.logsource, seen.source)) continue
      const view = seen.viewFor(rule.logsource)
      if (sections.every(section => holds(section, view))) matched.push(id)
    }
    return matched
  }

  why(ruleId: string, event: unknown, source?: EventSource): Explanation {
    const running = this.#running.get(ruleId)
    if (!running) throw new SigmaError('RULE_UNKNOWN', ruleId)
    const seen = this.#see(event, source)
    const { logsource } = running.rule
    if (!applies(logsource, seen.source)) return { matched: false, applies: false, leaves: [] }
    const view = seen.viewFor(logsource)
    const verdicts = running.sections.map(section => explain(section, view))
    const failed = verdicts.find(verdict => !verdict.holds)
    const leaves = failed ? failed.leaves : verdicts.flatMap(verdict => verdict.leaves)
    return { matched: !failed, applies: true, leaves }
  }

  near(event: unknown, count: number, source?: EventSource): Near[] {
    const seen = this.#see(event, source)
    const candidates = [...this.#running.values()]
      .filter(({ rule }) => applies(rule.logsource, seen.source))
      .map(({ id, rule, sections }) => ({ id, sections, view: seen.viewFor(rule.logsource) }))
    return nearest(candidates, count)
  }

  isSilent(ruleId: string): boolean {
    return this.#set.silent.has(ruleId)
  }

  fields(event: unknown, source?: EventSource): BaseMatch['field'] {
    const seen = this.#see(event, source)
    return (name, ruleId) => {
      const running = this.#running.get(ruleId)
      if (!running) throw new SigmaError('RULE_UNKNOWN', ruleId)
      const { values } = seen.viewFor(running.rule.logsource).field(name)
      const texts = values.map(({ text }) => text)
      return texts.length > 1 ? JSON.stringify(texts) : (texts[0] ?? null)
    }
  }

  correlate(options?: Partial<CorrelateOptions>): Correlator {
    return new Correlator(this.#set.plans, options)
  }

  replay(matches: readonly BaseMatch[], options?: Partial<CorrelateOptions>): Alert[] {
    return replay(this.#set.plans, matches, options)
  }

  /** The event, and how rules of a log source see it: with the mappings made for that source. */
  #see(event: unknown, given?: EventSource) {
    const read = readEvent(event)
    const source = given ?? sourceOf(read.fields)
    const views = new Map<string, EventView>()
    const viewFor = (logsource: Logsource): EventView => {
      const mappings = this.#mappings.filter(mapping => contains(mapping.logsource, logsource))
      const key = mappings.map(mapping => this.#mappings.indexOf(mapping)).join()
      const known = views.get(key)
      if (known) return known
      const view = new EventView(read, alternativesOf(mappings))
      views.set(key, view)
      return view
    }
    return { source, viewFor }
  }
}

/** All names of each field; one that several mappings know has those of all. */
function alternativesOf(mappings: readonly FieldMapping[]): Map<string, readonly string[]> {
  const alternatives = new Map<string, readonly string[]>()
  for (const [name, others] of mappings.flatMap(mapping => [...mapping.fields])) {
    alternatives.set(name, [...(alternatives.get(name) ?? []), ...others])
  }
  return alternatives
}
