import type { Expression } from './expression.ts'
import type { Frequencies } from './frequency.ts'
import type { Predicate } from './predicate.ts'

/** Predicates that the kernel finds by itself: any of them is enough for the group. */
export type Group = readonly Predicate[]

/** The predicates of an `or`, or one alone, that the kernel finds; what else is asked beside them. */
export function groupOf(expression: Expression): { group: Group; rest: readonly Expression[] } {
  const parts = expression.op === 'or' ? expression.of : [expression]
  const group: Predicate[] = []
  const rest: Expression[] = []
  for (const part of parts) {
    if (part.op === 'ask' && isFound(part.predicate)) group.push(part.predicate)
    else rest.push(part)
  }
  return { group: [...new Set(group)], rest }
}

const isFound = ({ kind }: Predicate): boolean => kind === 'literal' || kind === 'fingerprint'

/** Groups of which one must have been found if the rule matches, and how often one will be. */
export type Witness = Readonly<{ groups: readonly Group[]; chance: number }>

/** The rarest witness of a rule; null if it may match though nothing is found. */
export function witnessOf(expression: Expression, frequencies: Frequencies): Witness | null {
  return find(expression, false, frequencies)
}

function find(
  expression: Expression,
  isNegated: boolean,
  frequencies: Frequencies,
): Witness | null {
  switch (expression.op) {
    case 'not':
      return find(expression.of, !isNegated, frequencies)
    case 'and':
    case 'or': {
      const isAnd = (expression.op === 'and') !== isNegated
      if (isAnd) return rarest(expression.of, isNegated, frequencies)
      return isNegated
        ? together(expression.of, true, frequencies)
        : ofChoice(expression, frequencies)
    }
    case 'ask':
      return isNegated ? null : ofChoice(expression, frequencies)
    default:
      return null
  }
}

function rarest(
  parts: readonly Expression[],
  isNegated: boolean,
  frequencies: Frequencies,
): Witness | null {
  let best: Witness | null = null
  for (const part of parts) {
    const witness = find(part, isNegated, frequencies)
    if (witness && (!best || witness.chance < best.chance)) best = witness
  }
  return best
}

function together(
  parts: readonly Expression[],
  isNegated: boolean,
  frequencies: Frequencies,
): Witness | null {
  const groups: Group[] = []
  let chance = 0
  for (const part of parts) {
    const witness = find(part, isNegated, frequencies)
    if (!witness) return null
    groups.push(...witness.groups)
    chance += witness.chance
  }
  return { groups, chance }
}

function ofChoice(expression: Expression, frequencies: Frequencies): Witness | null {
  const { group, rest } = groupOf(expression)
  if (rest.length > 0 && expression.op === 'ask') return null
  const others = together(rest, false, frequencies)
  if (!others) return null
  if (group.length === 0) return others
  const chance = group.reduce((sum, predicate) => sum + frequencies.chanceOf(predicate), 0)
  return { groups: [group, ...others.groups], chance: chance + others.chance }
}
