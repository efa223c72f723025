import type { Leaf, RuleState } from '../index.ts'
import type { Correlated, Place } from './correlating.ts'
import type { Found } from './found.ts'

/** Where and when something was seen. */
export type Sighting = Readonly<{ place: Place | null; timeMs: number | null }>

/** What one rule matched. `example` is of its first match. */
export type Row = {
  readonly rule: RuleState
  readonly level: string | null
  count: number
  first: Sighting
  last: Sighting
  readonly example: Example
}

/** Why a rule matched: leaves of a detection, or what made a correlation. */
export type Example = Readonly<{
  leaves: readonly Leaf[]
  group: Readonly<Record<string, string>>
  places: readonly Place[]
}>

export type Tally = Readonly<{
  match(place: Place, found: Found): void
  correlated(found: Correlated, rule: RuleState): void
  rows(): Row[]
  /** Events that a rule matched which is told. */
  events(): number
}>

/** Counts matches by rule. `ruleOf` knows every rule that matches. */
export function makeTally(ruleOf: (id: string) => RuleState): Tally {
  const rows = new Map<string, Row>()
  let events = 0
  const add = (rule: RuleState, level: string | null, seen: Sighting, example: Example): void => {
    const row = rows.get(rule.id)
    if (!row) {
      rows.set(rule.id, { rule, level, count: 1, first: seen, last: seen, example })
      return
    }
    row.count++
    if (isBefore(seen, row.first)) row.first = seen
    if (!isBefore(seen, row.last)) row.last = seen
  }
  return {
    match(place, { rules, timeMs, why }) {
      if (rules.length > 0) events++
      for (const id of rules) {
        const rule = ruleOf(id)
        const example = { leaves: why?.[id] ?? [], group: {}, places: [place] }
        add(rule, rule.level, { place, timeMs }, example)
      }
    },
    correlated({ alert, places }, rule) {
      const { group, level, timeMs } = alert
      add(rule, level, { place: places.at(-1) ?? null, timeMs }, { leaves: [], group, places })
    },
    rows: () => [...rows.values()],
    events: () => events,
  }
}

/** Whether one was earlier: by time where both have one, else by order, in which they come here. */
const isBefore = (one: Sighting, other: Sighting): boolean =>
  one.timeMs !== null && other.timeMs !== null && one.timeMs < other.timeMs
