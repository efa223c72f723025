import type { Arrival } from './occurrence.ts'
import type { Plan } from './plan.ts'

/**
 * A correlation that held. `group` has the values by the names in `group-by`; the window includes
 * both its ends; `value` is the count, sum and so on, for temporal rules the number of rules that
 * came (in order, for ordered ones); `events` are the ids of the events in the window, each once.
 */
export type Alert = Readonly<{
  rule: string
  title: string
  level: string | null
  timeMs: number
  group: Readonly<Record<string, string>>
  window: Readonly<{ fromMs: number; toMs: number }>
  value: number
  events: readonly string[]
}>

/** What an alert is made of: the values of its group, and the ids of events, some of them often. */
export type Evidence = Readonly<{ group: readonly string[]; events: readonly string[] }>

/** The alert of a window that ends at `toMs`, which is the time of the alert. */
export function alertOf(
  plan: Plan,
  { group, events }: Evidence,
  { toMs, value }: { toMs: number; value: number },
): Alert {
  const once = new Set(events)
  return {
    rule: plan.id,
    title: plan.title,
    level: plan.level,
    timeMs: toMs,
    group: Object.fromEntries(plan.groupBy.map((name, at) => [name, group[at] as string])),
    window: { fromMs: toMs - plan.spanMs, toMs },
    value,
    events: once.size === events.length ? events : [...once],
  }
}

/** An alert as the correlations see it that name its rule: its fields are the values of its group. */
export function arrivalOf({ rule, timeMs, events, group }: Alert): Arrival {
  return {
    timeMs,
    events,
    rules: [rule],
    field: name => (Object.hasOwn(group, name) ? (group[name] as string) : null),
  }
}
