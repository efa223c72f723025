import type { Condition } from '../rule/ast.ts'
import { one, type Ratio } from './number.ts'
import type { Limit, Plan } from './plan.ts'

/** Whether a count is within all limits. */
export function admitsCount(limits: readonly Limit[], count: number): boolean {
  for (const { operator, number } of limits) if (!isWithin(operator, count - number)) return false
  return true
}

/** Whether a fraction is within all limits, exactly. */
export function admitsRatio(limits: readonly Limit[], { over, under }: Ratio): boolean {
  for (const { operator, scaled } of limits) {
    const difference = over - scaled * under
    if (!isWithin(operator, difference > 0n ? 1 : difference < 0n ? -1 : 0)) return false
  }
  return true
}

/** Limits as whole numbers, where all of them are such and small; null if not. */
export function wholeLimitsOf(limits: readonly Limit[]): readonly Limit[] | null {
  const isWhole = ({ number, scaled }: Limit): boolean =>
    Number.isSafeInteger(number) && Math.abs(number) <= wholeMax && BigInt(number) * one === scaled
  return limits.every(isWhole) ? limits : null
}

// With up to 2^12 events in a window their product is exact as a double.
const wholeMax = 2 ** 40

/** Whether a whole number is within limits that `wholeLimitsOf` gave, each taken so many times. */
export function admitsWhole(limits: readonly Limit[], over: number, under: number): boolean {
  for (const { operator, number } of limits) {
    if (!isWithin(operator, over - number * under)) return false
  }
  return true
}

/**
 * Whether all that lies between two whole numbers, neither of them included, is within limits that
 * `wholeLimitsOf` gave; null if a limit lies there too, so that it must be known what is meant.
 */
export function admitsBetween(limits: readonly Limit[], low: number, high: number): boolean | null {
  for (const { operator, number } of limits) {
    const difference = number <= low ? 1 : number >= high ? -1 : null
    if (difference === null) return null
    if (!isWithin(operator, difference)) return false
  }
  return true
}

/** Up to here the product of such a limit and a number of events is exact. */
export const exactUnderMax = 2 ** 12

function isWithin(operator: Limit['operator'], difference: number): boolean {
  switch (operator) {
    case 'gt':
      return difference > 0
    case 'gte':
      return difference >= 0
    case 'lt':
      return difference < 0
    case 'lte':
      return difference <= 0
    case 'eq':
      return difference === 0
    case 'neq':
      return difference !== 0
  }
}

/** Whether the condition of a plan holds, or its limits if it has none, of the inputs that came. */
export function admitsInputs(plan: Plan, hasCome: (input: number) => boolean): boolean {
  const { condition, inputs, limits, names } = plan
  if (condition !== null) return holds(condition, name => hasCome(names.get(name) as number))
  let come = 0
  for (let input = 0; input < inputs.length; input++) if (hasCome(input)) come++
  return admitsCount(limits, come)
}

function holds(condition: Condition, hasCome: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.of.every(part => holds(part, hasCome))
    case 'or':
      return condition.of.some(part => holds(part, hasCome))
    case 'not':
      return !holds(condition.of, hasCome)
    case 'name':
      return hasCome(condition.name)
    case 'quantified':
      return condition.quantifier === 'all'
        ? condition.names.every(hasCome)
        : condition.names.some(hasCome)
  }
}
