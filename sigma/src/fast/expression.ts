import type { DetectionItem } from '../rule/ast.ts'
import type { Predicate } from './predicate.ts'

/**
 * What a rule asks, as one tree. A `part` is an item of the rule that may be known beforehand where
 * its field says where events come from; else `of` is what it asks.
 */
export type Expression =
  | Readonly<{ op: 'constant'; value: boolean }>
  | Readonly<{ op: 'and' | 'or'; of: readonly Expression[] }>
  | Readonly<{ op: 'not'; of: Expression }>
  | Readonly<{ op: 'part'; item: DetectionItem; of: Expression }>
  | Readonly<{ op: 'ask'; predicate: Predicate }>

export const always: Expression = { op: 'constant', value: true }
export const never: Expression = { op: 'constant', value: false }

export const ask = (predicate: Predicate): Expression => ({ op: 'ask', predicate })

export function not(of: Expression): Expression {
  if (of.op === 'constant') return of.value ? never : always
  return of.op === 'not' ? of.of : { op: 'not', of }
}

export const and = (of: readonly Expression[]): Expression => joined('and', of, always, never)
export const or = (of: readonly Expression[]): Expression => joined('or', of, never, always)

/** `neutral` changes nothing, and `sure` decides everything. */
function joined(
  op: 'and' | 'or',
  parts: readonly Expression[],
  neutral: Expression,
  sure: Expression,
): Expression {
  const of: Expression[] = []
  for (const part of parts) {
    if (part === sure) return sure
    if (part === neutral) continue
    if (part.op === op) of.push(...part.of)
    else of.push(part)
  }
  const [first] = of
  if (first === undefined) return neutral
  return of.length === 1 ? first : { op, of }
}

/** The tree with the parts that are known put in; `known` gives null for those that are not. */
export function resolve(
  expression: Expression,
  known: (item: DetectionItem) => boolean | null,
): Expression {
  switch (expression.op) {
    case 'and':
      return and(expression.of.map(part => resolve(part, known)))
    case 'or':
      return or(expression.of.map(part => resolve(part, known)))
    case 'not':
      return not(resolve(expression.of, known))
    case 'part': {
      const value = known(expression.item)
      if (value === null) return resolve(expression.of, known)
      return value ? always : never
    }
    default:
      return expression
  }
}

/** All items of the tree that may be known. */
export function partsOf(expression: Expression): DetectionItem[] {
  switch (expression.op) {
    case 'and':
    case 'or':
      return expression.of.flatMap(partsOf)
    case 'not':
      return partsOf(expression.of)
    case 'part':
      return [expression.item]
    default:
      return []
  }
}
