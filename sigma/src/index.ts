import type { Alert } from './correlation/alert.ts'
import { type BaseMatch, Correlator } from './correlation/correlator.ts'
import type { CorrelateOptions } from './correlation/options.ts'
import { replay } from './correlation/reference.ts'
import { type FieldMapping, fieldMappings } from './event/taxonomy.ts'
import { FastMatcher } from './fast/matcher.ts'
import { stepsForContainers } from './pipeline/containers.ts'
import { parsePipelines } from './pipeline/pipeline.ts'
import { type Explanation, PlainEvaluator } from './reference/engine.ts'
import type { Near } from './reference/near.ts'
import type { EventSource, Logsource } from './rule/logsource.ts'
import { hasMembers } from './rule/members.ts'
import { assemble, type RuleSet, type RuleSource, type RuleState } from './rule-set.ts'

export type { Alert } from './correlation/alert.ts'
export type { BaseMatch, Correlator, CorrelatorState } from './correlation/correlator.ts'
export type { CorrelateOptions, Counters, GroupStore } from './correlation/options.ts'
export { whoTells } from './event/logsources.ts'
export { ecs } from './event/mappings/ecs.ts'
export { native } from './event/mappings/native.ts'
export { ocsf } from './event/mappings/ocsf.ts'
export type { FieldMapping } from './event/taxonomy.ts'
export type { Explanation } from './reference/engine.ts'
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
 * How rules are compiled. `engine` is `fast` unless said; `reference` takes the rules as they are
 * written, one after the other. `placeholders` gives the values of `%name%` for `expand`, written as in
 * rules. `sources` are the log sources of the deployment, each attribute it has; rules for others
 * are listed as "no source". `mappings` are names of fields beside those of the taxonomy.
 * `pipelines` are texts of processing pipelines in the format of pySigma: every rule is taken through
 * them with its filters before it runs.
 */
export type CompileOptions = Readonly<{
  engine?: 'fast' | 'reference'
  placeholders?: Readonly<Record<string, readonly string[]>>
  sources?: readonly Readonly<Partial<Logsource>>[]
  mappings?: readonly FieldMapping[]
  pipelines?: readonly string[]
  /** Steps that one rule may take over one event beyond finding literals; 1,000,000 unless said. */
  stepsMax?: number
  /** So many events over that, 3 unless said, and a rule is quarantined: asked no more. */
  overBudgetMax?: number
  /** One event in so many is asked of the plain evaluator too; none unless said. */
  checkOneIn?: number
  onEvent?: (event: EngineEvent) => void
}>

/** What an engine tells on its own. `difference` says that its two evaluators do not agree. */
export type EngineEvent =
  | Readonly<{ kind: 'quarantined'; ruleId: string }>
  | Readonly<{
      kind: 'difference'
      fast: readonly string[]
      plain: readonly string[]
      event: unknown
    }>

/** A rule that matched a line: its place from 0, and its bytes in the chunk. */
export type LineMatch = Readonly<{ ruleId: string; line: number; start: number; end: number }>

/** What a rule has cost; `overBudget` are the events for which it gave no verdict. */
export type RuleCost = Readonly<{
  ruleId: string
  evaluations: number
  steps: number
  overBudget: number
  isQuarantined: boolean
}>

/** Who takes what comes of lines. Lines that are refused are told with their error. */
export type LineConsumer = Readonly<{
  onMatch(match: LineMatch): void
  onRefused?(error: unknown, line: number): void
  source?: EventSource
  /** The number of the first line of the chunk; 0 unless said. */
  firstLine?: number
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
  /**
   * Matches each line of a chunk of whole lines of UTF-8, in order; blank lines are no events. The
   * fastest way.
   *
   * @returns the number of lines
   */
  matchLines(chunk: Uint8Array, to: LineConsumer): number
  /**
   * Learns from a chunk of lines what is rare in events. Engines learn as they go, and no answer
   * depends on it; after this they do no more.
   */
  learn(chunk: Uint8Array): void
  /** What each rule has cost, the dearest first. The plain evaluator does not count. */
  costs(): RuleCost[]
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
  options: CompileOptions = {},
): Engine {
  const texts = typeof rules === 'string' ? [rules] : rules
  const sources = texts.map((rule, index) =>
    typeof rule === 'string' ? { name: `source-${index}`, text: rule } : rule,
  )
  const placeholders = new Map(Object.entries(options.placeholders ?? {}))
  const mappings = [...fieldMappings, ...(options.mappings ?? [])]
  const set = assemble(sources, {
    placeholders,
    sources: options.sources?.map(logsourceOf) ?? null,
    pipeline: [
      ...parsePipelines(options.pipelines ?? [], placeholders),
      ...stepsForContainers(mappings),
    ],
  })
  return new RuleEngine(set, mappings, options)
}

function logsourceOf(source: Readonly<Partial<Logsource>>): Logsource {
  const lower = (name: string | null | undefined): string | null => name?.toLowerCase() ?? null
  return {
    category: lower(source.category),
    product: lower(source.product),
    service: lower(source.service),
  }
}

class RuleEngine implements Engine {
  readonly rules: readonly RuleState[]
  readonly #set: RuleSet
  readonly #options: CompileOptions
  readonly #plain: PlainEvaluator
  readonly #fast: FastMatcher | null
  readonly #quarantined = new Set<number>()
  /** Rules that ask for members of lists, which the fast way leaves to the plain one; null if none. */
  readonly #ofMembers: { plain: PlainEvaluator; numbers: readonly number[] } | null
  #untilCheck: number

  constructor(set: RuleSet, mappings: readonly FieldMapping[], options: CompileOptions) {
    this.rules = set.states
    this.#set = set
    this.#options = options
    this.#untilCheck = options.checkOneIn ?? 0
    this.#plain = new PlainEvaluator(set.running, mappings)
    const numbers = [...set.running.keys()].filter(number =>
      set.running[number]?.sections.some(hasMembers),
    )
    const rules = set.running.filter(({ sections }) => sections.some(hasMembers))
    this.#ofMembers =
      rules.length === 0 ? null : { plain: new PlainEvaluator(rules, mappings), numbers }
    this.#fast =
      options.engine === 'reference'
        ? null
        : new FastMatcher(set.running, mappings, {
            stepsMax: options.stepsMax ?? 1_000_000,
            overBudgetMax: options.overBudgetMax ?? 3,
            plain: (event, source) => this.#plain.match(event, source),
            onQuarantine: rule => {
              this.#quarantined.add(rule)
              options.onEvent?.({ kind: 'quarantined', ruleId: this.#idOf(rule) })
            },
          })
  }

  match(event: unknown, source?: EventSource): string[] {
    const numbers = this.#fast
      ? this.#matchFast(this.#fast, event, source)
      : this.#plain.match(event, source)
    const ids = numbers.map(number => this.#idOf(number))
    if (this.#fast && this.#isChecked()) this.#check(event, source, ids)
    return ids
  }

  matchLines(chunk: Uint8Array, to: LineConsumer): number {
    const { source, firstLine = 0 } = to
    const onRefused = to.onRefused ?? (() => undefined)
    const isChecking = (this.#options.checkOneIn ?? 0) > 0
    if (!this.#fast || isChecking || this.#ofMembers) return this.#matchEach(chunk, to)
    return this.#fast.matchLines(chunk, firstLine, source, {
      onMatch: ({ rule, line, start, end }) =>
        to.onMatch({ ruleId: this.#idOf(rule), line, start, end }),
      onRefused,
    })
  }

  learn(chunk: Uint8Array): void {
    this.#fast?.learn(chunk, undefined)
  }

  costs(): RuleCost[] {
    const fast = this.#fast
    if (!fast) return []
    return this.#set.running
      .map(({ id }, number) => ({
        ruleId: id,
        ...fast.costOf(number),
        isQuarantined: this.#quarantined.has(number),
      }))
      .sort((a, b) => b.steps - a.steps || b.evaluations - a.evaluations)
  }

  why(ruleId: string, event: unknown, source?: EventSource): Explanation {
    return this.#plain.why(ruleId, event, source)
  }

  near(event: unknown, count: number, source?: EventSource): Near[] {
    return this.#plain.near(event, count, source)
  }

  isSilent(ruleId: string): boolean {
    return this.#set.silent.has(ruleId)
  }

  fields(event: unknown, source?: EventSource): BaseMatch['field'] {
    return this.#plain.fields(event, source)
  }

  correlate(options?: Partial<CorrelateOptions>): Correlator {
    return new Correlator(this.#set.plans, options)
  }

  replay(matches: readonly BaseMatch[], options?: Partial<CorrelateOptions>): Alert[] {
    return replay(this.#set.plans, matches, options)
  }

  #matchFast(fast: FastMatcher, event: unknown, source: EventSource | undefined): number[] {
    const found = fast.match(event, source)
    if (!this.#ofMembers) return found
    const { plain, numbers } = this.#ofMembers
    const others = plain.match(event, source).map(place => numbers[place] as number)
    return [...found, ...others].sort((a, b) => a - b)
  }

  #idOf(number: number): string {
    return (this.#set.running[number] as RuleSet['running'][number]).id
  }

  #matchEach(chunk: Uint8Array, to: LineConsumer): number {
    const first = to.firstLine ?? 0
    let line = first
    for (const { start, end } of linesIn(chunk)) {
      try {
        const bytes = chunk.subarray(start, end)
        const found = isBlank(bytes) ? [] : this.match(bytes, to.source)
        for (const ruleId of found) to.onMatch({ ruleId, line, start, end })
      } catch (error) {
        to.onRefused?.(error, line)
      }
      line++
    }
    return line - first
  }

  #isChecked(): boolean {
    if (this.#untilCheck === 0 || --this.#untilCheck > 0) return false
    this.#untilCheck = this.#options.checkOneIn ?? 0
    return true
  }

  /** A rule without a verdict is not compared. */
  #check(event: unknown, source: EventSource | undefined, fast: readonly string[]): void {
    const plain = this.#plain
      .match(event, source)
      .filter(number => !this.#fast?.hadNoVerdict(number))
      .map(number => this.#idOf(number))
    const isSame = plain.length === fast.length && plain.every((id, index) => id === fast[index])
    if (!isSame) this.#options.onEvent?.({ kind: 'difference', fast, plain, event })
  }
}

const lineFeed = 0x0a

function* linesIn(chunk: Uint8Array): Iterable<{ start: number; end: number }> {
  for (let start = 0; start < chunk.length; ) {
    const feed = chunk.indexOf(lineFeed, start)
    const end = feed < 0 ? chunk.length : feed
    yield { start, end }
    start = end + 1
  }
}

const isBlank = (bytes: Uint8Array): boolean =>
  bytes.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d)
