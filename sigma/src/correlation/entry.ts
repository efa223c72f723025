import { type Amount, amountOf } from './number.ts'
import { keyOf, type Occurrence } from './occurrence.ts'
import type { Plan } from './plan.ts'

/**
 * An occurrence at work: what one arrival is to one correlation, from the queue to the window of its
 * group. One object for each, since millions of them come and go; `place` is that of the correlation,
 * `key` stands for the values of the group, and `next` is what the same arrival is to those behind.
 * One id of an event stands without a list.
 */
export type Entry = {
  readonly place: number
  readonly timeMs: number
  readonly key: string
  readonly rules: readonly number[]
  readonly value: string | null
  readonly amount: Amount
  readonly events: string | readonly string[]
  next: Entry | null
}

export function entryOf(plan: Plan, place: number, occurrence: Occurrence): Entry {
  const { timeMs, group, rules, value, events } = occurrence
  const [only] = rules
  return {
    place,
    timeMs,
    key: keyOf(group),
    rules: rules.length === 1 ? (plan.inputs[only as number]?.alone ?? rules) : rules,
    value,
    amount: isNumeric(plan) ? (amountOf(value as string) as Amount) : 0,
    events: events.length === 1 ? (events[0] as string) : events,
    next: null,
  }
}

/** The other way, as a state keeps it. */
export function occurrenceOf(
  plan: Plan,
  entry: Pick<Entry, 'timeMs' | 'key' | 'rules' | 'value' | 'events'>,
): Occurrence {
  const { timeMs, key, rules, value } = entry
  return { timeMs, group: groupOf(plan, key), rules, value, events: eventsOf(entry) }
}

/** The values of the group that `keyOf` made a key of. */
export const groupOf = ({ groupBy }: Plan, key: string): readonly string[] =>
  groupBy.length === 1 ? [key] : (JSON.parse(key) as string[])

const eventsOf = ({ events }: Pick<Entry, 'events'>): readonly string[] =>
  typeof events === 'string' ? [events] : events

/** Whether what is counted is added up or ranked, so that it must be a number. */
export const isNumeric = ({ type }: Plan): boolean =>
  type === 'value_sum' ||
  type === 'value_avg' ||
  type === 'value_percentile' ||
  type === 'value_median'
