import { scaledOf } from './number.ts'
import type { Plan } from './plan.ts'

/**
 * What counts once in one group of one correlation: an event, or an alert of another correlation.
 * Plain JSON. `rules` are the inputs it came by, in written order; `value` is what is counted or
 * added up, null where nothing is.
 */
export type Occurrence = Readonly<{
  timeMs: number
  group: readonly string[]
  rules: readonly number[]
  value: string | null
  events: readonly string[]
}>

/** What came: when, from which events, by which rules, and its fields as those rules call them. */
export type Arrival = Readonly<{
  timeMs: number
  events: readonly string[]
  rules: ReadonlySet<string>
  field: (name: string, rule: string) => string | null
}>

/** What was left out for want of a field. */
export type Skipped = { ungrouped: number; unvalued: number }

/**
 * What an arrival is to a correlation. It counts once in a group, by whatever rules it came; aliases
 * may put it into more than one group. The value is that of the first rule that has one.
 */
export function occurrencesOf(plan: Plan, arrival: Arrival, skipped: Skipped): Occurrence[] {
  const found = new Map<string, Occurrence & { rules: number[] }>()
  plan.inputs.forEach(({ rule, groupFields, valueFields }, input) => {
    if (!arrival.rules.has(rule)) return
    const group = textsOf(groupFields, arrival, rule)
    if (group === null) {
      skipped.ungrouped++
      return
    }
    const value = valueOf(plan, textsOf(valueFields, arrival, rule))
    if (value === undefined) {
      skipped.unvalued++
      return
    }
    const key = keyOf(group)
    const known = found.get(key)
    if (known) known.rules.push(input)
    else {
      const { timeMs, events } = arrival
      found.set(key, { timeMs, group, rules: [input], value, events })
    }
  })
  return [...found.values()]
}

/** One text for the values of a group; all groups of a correlation have the same number of them. */
export const keyOf = (group: readonly string[]): string =>
  group.length === 1 ? (group[0] as string) : JSON.stringify(group)

function textsOf(names: readonly string[], { field }: Arrival, rule: string): string[] | null {
  const texts: string[] = []
  for (const name of names) {
    const text = field(name, rule)
    if (text === null) return null
    texts.push(text)
  }
  return texts
}

/** Undefined if the value is missing, or no number where one is needed. */
function valueOf({ type }: Plan, texts: readonly string[] | null): string | null | undefined {
  if (texts === null) return undefined
  if (texts.length === 0) return null
  if (type === 'value_count') return keyOf(texts)
  const [text] = texts as [string]
  return scaledOf(text) === null ? undefined : text
}
