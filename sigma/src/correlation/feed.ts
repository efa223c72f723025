import { type Entry, entryOf, isNumeric } from './entry.ts'
import { amountOf } from './number.ts'
import { type Arrival, occurrencesOf, type Skipped } from './occurrence.ts'
import type { Input, Plan } from './plan.ts'

/** What arrives, without the ids of its events. */
type Feed = Omit<Arrival, 'events'>

/** A correlation that a rule feeds, by its place, and how. */
type Outlet = Readonly<{ place: number; input: Input; isNumeric: boolean }>

/** Makes of what arrives what it is to each correlation. */
export class Feeder {
  readonly #plans: readonly Plan[]
  readonly #skipped: Skipped
  /** By rule, in the order of correlations. */
  readonly #outlets = new Map<string, Outlet[]>()

  constructor(plans: readonly Plan[], skipped: Skipped) {
    this.#plans = plans
    this.#skipped = skipped
    plans.forEach((plan, place) => {
      for (const input of plan.inputs) {
        const outlet = { place, input, isNumeric: isNumeric(plan) }
        const known = this.#outlets.get(input.rule)
        if (known) known.push(outlet)
        else this.#outlets.set(input.rule, [outlet])
      }
    })
  }

  /** Whether any correlation names this rule. */
  isFedBy(rule: string): boolean {
    return this.#outlets.has(rule)
  }

  /**
   * The first of the entries it makes, in the order of correlations; null if there are none. One id
   * stands without a list, as in entries.
   */
  feed(feed: Feed, events: Entry['events']): Entry | null {
    const { rules } = feed
    return rules.length === 1
      ? this.#feedOne(rules[0] as string, feed, events)
      : this.#feedMany(feed, events)
  }

  /** By far the most events match one rule, which feeds each correlation once. */
  #feedOne(rule: string, { timeMs, field }: Feed, events: Entry['events']): Entry | null {
    const outlets = this.#outlets.get(rule)
    if (outlets === undefined) return null
    let first: Entry | null = null
    let last: Entry | null = null
    for (const { place, input, isNumeric } of outlets) {
      const key = keyFrom(input.groupFields, rule, field)
      if (key === null) {
        this.#skipped.ungrouped++
        continue
      }
      const isCounted = input.valueFields.length > 0
      const value = isCounted ? keyFrom(input.valueFields, rule, field) : null
      const amount = isNumeric && value !== null ? amountOf(value) : 0
      if ((isCounted && value === null) || amount === null) {
        this.#skipped.unvalued++
        continue
      }
      const { alone: rules } = input
      const entry: Entry = { place, timeMs, key, rules, value, amount, events, next: null }
      if (last === null) first = entry
      else last.next = entry
      last = entry
    }
    return first
  }

  #feedMany({ timeMs, rules, field }: Feed, events: Entry['events']): Entry | null {
    const places = new Set<number>()
    for (const rule of rules) {
      for (const { place } of this.#outlets.get(rule) ?? []) places.add(place)
    }
    const all = typeof events === 'string' ? [events] : events
    const arrival = { timeMs, rules, field, events: all }
    let first: Entry | null = null
    let last: Entry | null = null
    for (const place of [...places].sort((a, b) => a - b)) {
      const plan = this.#plans[place] as Plan
      for (const occurrence of occurrencesOf(plan, arrival, this.#skipped)) {
        const entry = entryOf(plan, place, occurrence)
        if (last === null) first = entry
        else last.next = entry
        last = entry
      }
    }
    return first
  }
}

/** As `keyOf` makes of the values; null if one is missing. */
function keyFrom(names: readonly string[], rule: string, field: Feed['field']): string | null {
  if (names.length === 1) return field(names[0] as string, rule)
  const texts: string[] = []
  for (const name of names) {
    const text = field(name, rule)
    if (text === null) return null
    texts.push(text)
  }
  return JSON.stringify(texts)
}
