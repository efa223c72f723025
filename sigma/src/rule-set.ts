import { type Plan, planOf, planRefusal } from './correlation/plan.ts'
import type { ProcessingItem } from './pipeline/pipeline.ts'
import { type Processed, processCorrelation, processRule } from './pipeline/process.ts'
import { type Refusal, type Remark, refusalOf } from './refusal.ts'
import type { DetectionSection, Rule } from './rule/ast.ts'
import type { Correlation } from './rule/correlation.ts'
import { type Document, parseDocuments } from './rule/document.ts'
import type { Filter } from './rule/filter.ts'
import { contains, type Logsource } from './rule/logsource.ts'
import type { Placeholders } from './rule/placeholders.ts'

/** A text with one or more rules, and the name it is to be known by, its path for example. */
export type RuleSource = Readonly<{ name: string; text: string }>

/**
 * What became of one document.
 *
 * `disabled`: its status is deprecated or unsupported. `no source`: no source of the deployment has
 * its log source. `refused`: it cannot run, `refusal` says why; it is null in all other states.
 */
export type RuleState = Readonly<{
  /** The id of the rule, or the name of its source, `#` and its place there. */
  id: string
  kind: 'detection' | 'correlation' | 'filter' | 'unknown'
  title: string | null
  /** As the document says them: null and none if it does not, or could not be read. */
  level: string | null
  tags: readonly string[]
  source: string
  at: number
  state: 'runs' | 'runs with remark' | 'disabled' | 'no source' | 'refused'
  refusal: Refusal | null
  remarks: readonly Remark[]
}>

/** A rule that runs: all its sections must hold, its own and those of its filters. */
export type RunningRule = Readonly<{
  id: string
  rule: Rule
  sections: readonly DetectionSection[]
}>

/** `plans` are the correlations that run, each behind those it names. */
export type RuleSet = Readonly<{
  states: readonly RuleState[]
  running: readonly RunningRule[]
  plans: readonly Plan[]
  /** Ids of rules and correlations that only feed correlations and alert of nothing themselves. */
  silent: ReadonlySet<string>
}>

export type RuleSetOptions = Readonly<{
  placeholders: Placeholders
  /** Sources of the deployment; null if they are not known, and then every rule runs. */
  sources: readonly Logsource[] | null
  /** Steps that every rule is taken through before it runs. */
  pipeline: readonly ProcessingItem[]
}>

/** A document on its way to a state. Owned by `assemble`. */
type Entry = {
  readonly id: string
  readonly source: string
  document: Document
  refusal: Refusal | null
  readonly remarks: Remark[]
}

/** Parses all sources and puts rules, filters and correlations together. Nothing is left out. */
export function assemble(sources: readonly RuleSource[], options: RuleSetOptions): RuleSet {
  const entries = sources.flatMap(({ name, text }) =>
    parseDocuments(text, options.placeholders).map((document, index) =>
      entryOf(document, name, index),
    ),
  )
  const known = register(entries)
  checkTitles(entries, known)
  const filters = checkFilters(entries, known)
  const processed = processRules(entries, filters, options.pipeline)
  const correlations = checkCorrelations(entries, known, processed)
  checkWaiting(correlations, known, options)
  const running: RunningRule[] = []
  const states = entries.map(entry => {
    const state = stateOf(entry, options)
    const done = processed.get(entry)
    if (done && state.state.startsWith('runs')) {
      running.push({ id: entry.id, rule: done.rule, sections: done.sections })
    }
    return state
  })
  return { states, running, ...plansOf(correlations, known) }
}

/** Rules with their filters, as the pipelines leave them; what a pipeline refuses is refused. */
function processRules(
  entries: readonly Entry[],
  filters: readonly Filter[],
  pipeline: readonly ProcessingItem[],
): ReadonlyMap<Entry, Processed> {
  const processed = new Map<Entry, Processed>()
  for (const entry of entries) {
    const { document } = entry
    if (document.kind !== 'detection' || entry.refusal) continue
    const meant = filters.filter(filter => isMeant(filter, document))
    const sections = [document.detection, ...meant.map(filter => filter.section)]
    const done = refusalOf(() => processRule(document, sections, pipeline))
    if ('refused' in done) {
      entry.refusal = { ...done.refused, at: done.refused.at ?? document.at }
    } else {
      entry.document = done.done.rule
      processed.set(entry, done.done)
    }
  }
  return processed
}

function entryOf(document: Document, source: string, index: number): Entry {
  const isRefused = document.kind === 'refused'
  return {
    id: (isRefused ? document.id : document.metadata.id) ?? `${source}#${index}`,
    source,
    document,
    refusal: isRefused ? document.refusal : null,
    remarks: isRefused ? [] : [...document.remarks],
  }
}

/** The entries by id and by name. An id that comes again is refused: answers would be ambiguous. */
function register(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const known = new Map<string, Entry>()
  const ids = new Set<string>()
  for (const entry of entries) {
    const { document, id } = entry
    if (document.kind === 'refused') continue
    const { at, metadata } = document
    if (ids.has(id)) entry.refusal = { code: 'ID_TAKEN', at, detail: id }
    else known.set(id, entry)
    ids.add(id)
    if (metadata.name === null || entry.refusal) continue
    if (known.has(metadata.name)) {
      entry.remarks.push({ code: 'NAME_TAKEN', at, detail: metadata.name })
    } else known.set(metadata.name, entry)
  }
  return known
}

/** Only what no correlation names needs a title (M71). */
function checkTitles(entries: readonly Entry[], known: ReadonlyMap<string, Entry>): void {
  const named = new Set<Entry | null>()
  for (const { document } of entries) {
    if (document.kind !== 'correlation') continue
    for (const name of document.rules) named.add(resolve(name, known))
  }
  for (const entry of entries) {
    const { document } = entry
    if (document.kind === 'refused' || entry.refusal || named.has(entry)) continue
    if (document.metadata.title !== '') continue
    entry.refusal = { code: 'TITLE_MISSING', at: document.at, detail: 'title' }
  }
}

type Named = Readonly<{ entry: Entry; correlation: Correlation }>

/**
 * Refuses correlations that name what is not there or run in a circle; returns the others, each
 * behind those it names.
 */
function checkCorrelations(
  entries: readonly Entry[],
  known: ReadonlyMap<string, Entry>,
  processed: ReadonlyMap<Entry, Processed>,
): readonly Named[] {
  const taken = new Map([...processed].map(([entry, { taken }]) => [entry, taken]))
  const open = new Map<Entry, Correlation>()
  for (const entry of entries) {
    if (entry.document.kind === 'correlation' && !entry.refusal) open.set(entry, entry.document)
  }
  const good: Named[] = []
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const [entry, correlation] of open) {
      const named = correlation.rules.map(name => resolve(name, known))
      const missing = named.findIndex(rule => !isUsable(rule))
      const isWaiting = named.some(rule => rule !== null && open.has(rule))
      if (missing < 0 && isWaiting) continue
      isDone = false
      open.delete(entry)
      if (missing >= 0) {
        entry.refusal = unknownRule(correlation, correlation.rules[missing] as string)
        continue
      }
      const steps = new Set(named.flatMap(rule => [...((rule && taken.get(rule)) ?? [])]))
      taken.set(entry, steps)
      const done = refusalOf(() => processCorrelation(correlation, [...steps]))
      if ('refused' in done) entry.refusal = done.refused
      else entry.refusal = planRefusal(done.done)
      if ('done' in done && !entry.refusal) good.push({ entry, correlation: done.done })
    }
  }
  // Whatever is still waiting waits for itself.
  for (const [entry, { at, rules }] of open) {
    entry.refusal = { code: 'CORRELATION_CYCLE', at, detail: rules.join(' ') }
  }
  return good
}

/** A correlation that names what never matches is remarked: for that name it waits in vain. */
function checkWaiting(
  correlations: readonly Named[],
  known: ReadonlyMap<string, Entry>,
  options: RuleSetOptions,
): void {
  for (const { entry, correlation } of correlations) {
    for (const name of correlation.rules) {
      const rule = resolve(name, known)
      const state = rule === null ? 'refused' : stateName(rule, options)
      if (state !== 'disabled' && state !== 'no source') continue
      entry.remarks.push({ code: 'CORRELATION_WAITS', at: correlation.at, detail: name })
    }
  }
}

const unknownRule = ({ at }: Correlation, detail: string): Refusal => ({
  code: 'CORRELATION_RULE_UNKNOWN',
  at,
  detail,
})

const isUsable = (entry: Entry | null): boolean =>
  entry !== null && entry.document.kind !== 'filter' && entry.refusal === null

/** A rule is silent if correlations that run name it and none of them says `generate`. */
function plansOf(
  good: readonly Named[],
  known: ReadonlyMap<string, Entry>,
): Pick<RuleSet, 'plans' | 'silent'> {
  const running = good.filter(({ correlation }) => !isDisabled(correlation))
  const idOf = (name: string): string => (resolve(name, known) as Entry).id
  const idsWhere = (generate: boolean): string[] =>
    running.flatMap(({ correlation }) =>
      correlation.generate === generate ? correlation.rules.map(idOf) : [],
    )
  const loud = new Set(idsWhere(true))
  const silent = new Set(idsWhere(false).filter(id => !loud.has(id)))
  const levels = new Map<string, string | null>()
  const plans = running.map(({ entry, correlation }) => {
    const named = correlation.rules.map(name => {
      const { id, document } = resolve(name, known) as Entry
      const own = document.kind === 'detection' ? document.metadata.level : null
      return { name, id, level: levels.get(id) ?? own }
    })
    const plan = planOf(correlation, { id: entry.id, named, isSilent: silent.has(entry.id) })
    levels.set(plan.id, plan.level)
    return plan
  })
  return { plans, silent }
}

const resolve = (name: string, known: ReadonlyMap<string, Entry>): Entry | null =>
  known.get(name) ?? known.get(name.toLowerCase()) ?? null

/** The filters that can be used; what they name in vain is remarked. */
function checkFilters(entries: readonly Entry[], known: ReadonlyMap<string, Entry>): Filter[] {
  return entries.flatMap(entry => {
    const { document: filter } = entry
    if (filter.kind !== 'filter' || entry.refusal) return []
    for (const name of filter.rules ?? []) {
      const rule = resolve(name, known)?.document
      const { at } = filter
      if (rule?.kind !== 'detection') {
        entry.remarks.push({ code: 'FILTER_RULE_UNKNOWN', at, detail: name })
      } else if (!contains(filter.logsource, rule.logsource)) {
        entry.remarks.push({ code: 'FILTER_LOGSOURCE', at, detail: name })
      }
    }
    return isDisabled(filter) ? [] : [filter]
  })
}

function isMeant(filter: Filter, rule: Rule): boolean {
  if (!contains(filter.logsource, rule.logsource)) return false
  if (filter.rules === null) return true
  const { id, name } = rule.metadata
  return filter.rules.some(wanted => wanted === name || wanted.toLowerCase() === id)
}

const isDisabled = ({ metadata }: Rule | Filter | Correlation): boolean =>
  metadata.status === 'deprecated' || metadata.status === 'unsupported'

function stateOf(entry: Entry, options: RuleSetOptions): RuleState {
  const { document, id, source, refusal, remarks } = entry
  const isUnread = document.kind === 'refused'
  return {
    id,
    kind: isUnread ? 'unknown' : document.kind,
    title: isUnread ? document.title : document.metadata.title,
    level: isUnread ? null : document.metadata.level,
    tags: isUnread ? [] : document.metadata.tags,
    source,
    at: document.at,
    state: stateName(entry, options),
    refusal,
    remarks,
  }
}

function stateName(
  { document, refusal, remarks }: Entry,
  options: RuleSetOptions,
): RuleState['state'] {
  if (refusal || document.kind === 'refused') return 'refused'
  if (isDisabled(document)) return 'disabled'
  const { sources } = options
  if (document.kind === 'detection' && sources !== null) {
    const { logsource } = document
    if (!sources.some(source => contains(logsource, source))) return 'no source'
  }
  return remarks.length > 0 ? 'runs with remark' : 'runs'
}
