import { type Refusal, refusalOf, SigmaError } from '../refusal.ts'
import type { Condition } from '../rule/ast.ts'
import type { Bound, Correlation, CorrelationType } from '../rule/correlation.ts'
import { one, scaledOf } from './number.ts'

/** A bound as numbers: `number` for counts, `scaled` for sums and the like, exactly. */
export type Limit = Readonly<{ operator: Bound['operator']; number: number; scaled: bigint }>

/** A rule or correlation that feeds another, and what the fields are called there. */
export type Input = Readonly<{
  rule: string
  /** Its own position and no other: events that came by it alone share this list. */
  alone: readonly number[]
  groupFields: readonly string[]
  valueFields: readonly string[]
}>

/**
 * A correlation ready to run: its rules are resolved, each once, in written order; names of rules
 * became positions in `inputs`.
 */
export type Plan = Readonly<{
  id: string
  title: string
  level: string | null
  type: CorrelationType
  inputs: readonly Input[]
  spanMs: number
  groupBy: readonly string[]
  limits: readonly Limit[]
  /** Condition over names, and which input each name is; in place of limits. */
  condition: Condition | null
  names: ReadonlyMap<string, number>
  percentile: number
  /** Inputs that must come in this order, and those that must not come; for temporal_ordered. */
  steps: readonly number[]
  absent: readonly number[]
  /** Whether only the end of a window decides: what holds now may not hold then. */
  isClosing: boolean
  /** Whether its alerts only feed other correlations. */
  isSilent: boolean
}>

/** How a correlation names a rule, in what order of writing, and what it is. */
export type Named = Readonly<{ name: string; id: string; level: string | null }>

const levels = ['informational', 'low', 'medium', 'high', 'critical']

/**
 * Plans one correlation.
 *
 * @throws SigmaError CORRELATION_SHAPE
 */
export function planOf(
  correlation: Correlation,
  { id, named, isSilent }: { id: string; named: readonly Named[]; isSilent: boolean },
): Plan {
  const calls = new Map<string, Named[]>()
  for (const rule of named) {
    const known = calls.get(rule.id)
    if (known) known.push(rule)
    else calls.set(rule.id, [rule])
  }
  const places = new Map([...calls.keys()].map((rule, at) => [rule, at]))
  const names = new Map(named.map(rule => [rule.name, places.get(rule.id) as number]))
  const order = orderOf(correlation, names)
  const limits = limitsOf(correlation, order.steps.length || calls.size)
  const upper = limits.some(({ operator }) => ['lt', 'lte', 'neq'].includes(operator))
  const { condition, metadata, type } = correlation
  const isJoined = condition !== null && type === 'temporal'
  return {
    id,
    title: metadata.title,
    level: metadata.level ?? highest(named.map(rule => rule.level)),
    type,
    inputs: [...calls].map(([rule, calls], at) => ({
      ...fieldsOf(correlation, calls),
      rule,
      alone: [at],
    })),
    spanMs: correlation.timespanSeconds * 1000,
    groupBy: correlation.groupBy,
    limits,
    condition: isJoined ? condition : null,
    names,
    percentile: correlation.percentile ?? 0,
    ...order,
    isClosing: upper || order.absent.length > 0 || (isJoined && hasNot(condition)),
    isSilent,
  }
}

/** What keeps a correlation from running though all its rules are there; null if nothing does. */
export function planRefusal(correlation: Correlation): Refusal | null {
  const named = correlation.rules.map(name => ({ name, id: name, level: null }))
  const planned = refusalOf(() => planOf(correlation, { id: '', named, isSilent: false }))
  return 'refused' in planned ? planned.refused : null
}

/** An alias may call a rule by its id or by its name; a field without alias has its own name. */
function fieldsOf(
  { aliases, groupBy, fields }: Correlation,
  calls: readonly Named[],
): Pick<Input, 'groupFields' | 'valueFields'> {
  const [{ id }] = calls as [Named]
  const here = (field: string): string => {
    const alias = aliases.get(field)
    for (const { name } of calls) if (alias?.has(name)) return alias.get(name) as string
    return alias?.get(id) ?? field
  }
  return { groupFields: groupBy.map(here), valueFields: fields.map(here) }
}

function limitsOf({ at, bounds, type }: Correlation, rules: number): Limit[] {
  if (bounds.length === 0 && type.startsWith('temporal')) {
    return [{ operator: 'gte', number: rules, scaled: BigInt(rules) * one }]
  }
  return bounds.map(({ operator, text }) => {
    const scaled = scaledOf(text)
    if (scaled === null) throw new SigmaError('CORRELATION_SHAPE', `${operator} ${text}`, at)
    return { operator, number: Number(text), scaled }
  })
}

function orderOf(
  { at, condition, rules, type }: Correlation,
  names: ReadonlyMap<string, number>,
): Pick<Plan, 'steps' | 'absent'> {
  const indexOf = (name: string): number => names.get(name) as number
  if (type !== 'temporal_ordered') return { steps: [], absent: [] }
  if (condition === null) return { steps: rules.map(indexOf), absent: [] }
  const wanted = new Set<string>()
  const unwanted = new Set<string>()
  for (const part of condition.kind === 'and' ? condition.of : [condition]) {
    if (part.kind === 'name') wanted.add(part.name)
    else if (part.kind === 'quantified' && part.quantifier === 'all') {
      for (const name of part.names) wanted.add(name)
    } else if (part.kind === 'not' && part.of.kind === 'name') unwanted.add(part.of.name)
    else throw new SigmaError('CORRELATION_SHAPE', 'an order of alternatives', at)
  }
  if (wanted.size === 0) throw new SigmaError('CORRELATION_SHAPE', 'an order of nothing', at)
  return {
    steps: rules.filter(name => wanted.has(name)).map(indexOf),
    absent: rules.filter(name => unwanted.has(name)).map(indexOf),
  }
}

function hasNot(condition: Condition): boolean {
  if (condition.kind === 'not') return true
  return (condition.kind === 'and' || condition.kind === 'or') && condition.of.some(hasNot)
}

function highest(named: readonly (string | null)[]): string | null {
  const has = new Set(named)
  return levels.findLast(level => has.has(level)) ?? null
}
