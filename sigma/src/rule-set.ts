import type { Refusal, Remark } from './refusal.ts'
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

export type RuleSet = Readonly<{ states: readonly RuleState[]; running: readonly RunningRule[] }>

export type RuleSetOptions = Readonly<{
  placeholders: Placeholders
  /** Sources of the deployment; null if they are not known, and then every rule runs. */
  sources: readonly Logsource[] | null
}>

/** A document on its way to a state. Owned by `assemble`. */
type Entry = {
  readonly id: string
  readonly source: string
  readonly document: Document
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
  checkCorrelations(entries, known)
  const filters = checkFilters(entries, known)
  const running: RunningRule[] = []
  const states = entries.map(entry => {
    const state = stateOf(entry, options)
    const { document, id } = entry
    if (document.kind === 'detection' && state.state.startsWith('runs')) {
      const more = filters.filter(filter => isMeant(filter, document))
      const sections = [document.detection, ...more.map(filter => filter.section)]
      running.push({ id, rule: document, sections })
    }
    return state
  })
  return { states, running }
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

/**
 * Refuses correlations that name what is not there or runs in a circle, and for the time being all
 * others too, since nothing evaluates them yet.
 */
function checkCorrelations(entries: readonly Entry[], known: ReadonlyMap<string, Entry>): void {
  const open = new Map<Entry, Correlation>()
  for (const entry of entries) {
    if (entry.document.kind === 'correlation' && !entry.refusal) open.set(entry, entry.document)
  }
  const refuse = (entry: Entry, code: Refusal['code'], detail: string): void => {
    open.delete(entry)
    entry.refusal = { code, at: entry.document.at, detail }
  }
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const [entry, correlation] of open) {
      const named = correlation.rules.map(name => resolve(name, known))
      const missing = named.findIndex(rule => !isUsable(rule))
      const isWaiting = named.some(rule => rule !== null && open.has(rule))
      if (missing < 0 && isWaiting) continue
      isDone = false
      if (missing < 0) refuse(entry, 'CORRELATION_NOT_EVALUATED', correlation.type)
      else refuse(entry, 'CORRELATION_RULE_UNKNOWN', correlation.rules[missing] as string)
    }
  }
  // Whatever is still waiting waits for itself.
  for (const [entry, correlation] of open) {
    refuse(entry, 'CORRELATION_CYCLE', correlation.rules.join(' '))
  }
}

function isUsable(entry: Entry | null): boolean {
  if (entry === null || entry.document.kind === 'filter') return false
  return entry.refusal === null || entry.refusal.code === 'CORRELATION_NOT_EVALUATED'
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
