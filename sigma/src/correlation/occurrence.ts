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
  rules: readonly string[]
  field: (name: string, rule: string) => string | null
}>

/** What was left out for want of a field. */
export type Skipped = { ungrouped: number; unvalued: number }

/**
 * What an arrival is to a correlation. It counts once in a group, by whatever rules it came; aliases
 * may put it into more than one group. The value is that of the first rule that has one.
 */
export function occurrencesOf(plan: Plan, arrival: Arrival, skipped: Skipped): Occurrence[] {
  const { inputs, type } = plan
  const { timeMs, events } = arrival
  const found: Open[] = []
  for (let input = 0; input < inputs.length; input++) {
    const { rule, alone, groupFields, valueFields } = inputs[input] as Plan['inputs'][number]
    if (!arrival.rules.includes(rule)) continue
    const group = textsOf(groupFields, arrival, rule)
    const value = group && valueOf(type, textsOf(valueFields, arrival, rule))
    if (group === null) skipped.ungrouped++
    else if (value === undefined) skipped.unvalued++
    else {
      const known = found.find(other => isSame(other.group, group))
      if (known) known.rules = [...known.rules, input]
      else found.push({ timeMs, group, rules: alone, value, events })
    }
  }
  return found
}

/** An occurrence by which rules may still come. */
type Open = Omit<Occurrence, 'rules'> & { rules: readonly number[] }

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.every((text, at) => text === other[at])

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
function valueOf(type: Plan['type'], texts: readonly string[] | null): string | null | undefined {
  if (texts === null) return undefined
  if (texts.length === 0) return null
  if (type === 'value_count') return keyOf(texts)
  const [text] = texts as [string]
  return scaledOf(text) === null ? undefined : text
}
