import { otherNames } from '../event/mapping.ts'
import { readEvent } from '../event/read.ts'
import { sourceOf } from '../event/source.ts'
import type { FieldMapping } from '../event/taxonomy.ts'
import { SigmaError } from '../refusal.ts'
import { applies, type EventSource, type Logsource } from '../rule/logsource.ts'
import type { RunningRule } from '../rule-set.ts'
import { holds } from './evaluate.ts'
import { explain, type Leaf } from './explain.ts'
import { EventView } from './fields.ts'
import { type Near, nearest } from './near.ts'

/** Why a rule matched an event or did not: the leaves that alone decided. */
export type Explanation = Readonly<{
  matched: boolean
  /** Whether the event is from where the rule looks; if not, no leaf was asked. */
  applies: boolean
  leaves: readonly Leaf[]
}>

/** Asks rules one after the other, as they are written. */
export class PlainEvaluator {
  readonly #rules: readonly RunningRule[]
  readonly #byId: ReadonlyMap<string, RunningRule>
  readonly #mappings: readonly FieldMapping[]
  /** Other names of fields, by log source. */
  readonly #names = new Map<string, ReadonlyMap<string, readonly string[]>>()

  constructor(rules: readonly RunningRule[], mappings: readonly FieldMapping[]) {
    this.#rules = rules
    this.#byId = new Map(rules.map(rule => [rule.id, rule]))
    this.#mappings = mappings
  }

  /** The rules that match, by their place in the set. @throws SigmaError EVENT_… */
  match(event: unknown, source?: EventSource): number[] {
    const seen = this.#see(event, source)
    const matched: number[] = []
    for (const [number, { rule, sections }] of this.#rules.entries()) {
      if (!applies(rule.logsource, seen.source)) continue
      const view = seen.viewFor(rule.logsource)
      if (sections.every(section => holds(section, view))) matched.push(number)
    }
    return matched
  }

  /** @throws SigmaError EVENT_…, RULE_UNKNOWN */
  why(ruleId: string, event: unknown, source?: EventSource): Explanation {
    const running = this.#rule(ruleId)
    const seen = this.#see(event, source)
    const { logsource } = running.rule
    if (!applies(logsource, seen.source)) return { matched: false, applies: false, leaves: [] }
    const view = seen.viewFor(logsource)
    const verdicts = running.sections.map(section => explain(section, view))
    const failed = verdicts.find(verdict => !verdict.holds)
    const leaves = failed ? failed.leaves : verdicts.flatMap(verdict => verdict.leaves)
    return { matched: !failed, applies: true, leaves }
  }

  /** @throws SigmaError EVENT_… */
  near(event: unknown, count: number, source?: EventSource): Near[] {
    const seen = this.#see(event, source)
    const candidates = this.#rules
      .filter(({ rule }) => applies(rule.logsource, seen.source))
      .map(({ id, rule, sections }) => ({ id, sections, view: seen.viewFor(rule.logsource) }))
    return nearest(candidates, count)
  }

  /** @throws SigmaError EVENT_…; the function returned: RULE_UNKNOWN */
  fields(event: unknown, source?: EventSource): (name: string, ruleId: string) => string | null {
    const seen = this.#see(event, source)
    return (name, ruleId) => {
      const { values } = seen.viewFor(this.#rule(ruleId).rule.logsource).field(name)
      const texts = values.map(({ text }) => text)
      return texts.length > 1 ? JSON.stringify(texts) : (texts[0] ?? null)
    }
  }

  #rule(id: string): RunningRule {
    const running = this.#byId.get(id)
    if (!running) throw new SigmaError('RULE_UNKNOWN', id)
    return running
  }

  /** The event, and how rules of a log source see it: with the mappings made for that source. */
  #see(event: unknown, given?: EventSource) {
    const read = readEvent(event)
    const source = given ?? sourceOf(read.fields)
    const views = new Map<string, EventView>()
    const viewFor = (logsource: Logsource): EventView => {
      const key = JSON.stringify(logsource)
      const view = views.get(key) ?? new EventView(read, this.#namesFor(logsource))
      views.set(key, view)
      return view
    }
    return { source, viewFor }
  }

  #namesFor(logsource: Logsource): ReadonlyMap<string, readonly string[]> {
    const key = JSON.stringify(logsource)
    const names = this.#names.get(key) ?? otherNames(this.#mappings, logsource)
    this.#names.set(key, names)
    return names
  }
}
