import type { Condition } from '../rule/ast.ts'
import type { Ratio } from './number.ts'
import type { Limit, Plan } from './plan.ts'

/** Whether a count is within all limits. */
export function admitsCount(limits: readonly Limit[], count: number): boolean {
  for (const { operator, number } of limits) if (!isWithin(operator, count - number)) return false
  return true
}

/** Whether a fraction is within all limits, exactly. */
export function admitsRatio(limits: readonly Limit[], { over, under }: Ratio): boolean {
  return limits.every(({ operator, scaled }) => {
    const difference = over - scaled * under
    return isWithin(operator, difference > 0n ? 1 : difference < 0n ? -1 : 0)
  })
}

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
  return admitsCount(limits, inputs.filter((_, input) => hasCome(input)).length)
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
