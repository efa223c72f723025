import type { Engine, EventSource, Leaf } from '../index.ts'
import { fedRules } from './fed.ts'
import type { FedRule, Found, Setup } from './found.ts'
import { isAtLeast } from './levels.ts'
import { runLimits } from './limits.ts'
import { sourceFor } from './source.ts'
import { timeOf } from './when.ts'

/** One event and where it is. `latestMs`: when its file was last written. */
export type Seen = Readonly<{
  event: Uint8Array | object
  at: number
  record: string | null
  latestMs: number
}>

/**
 * Makes what asks the rules of one event: the rules to be told that matched, and what correlations
 * need of it; null if that is nothing. Only then more than the event's bytes is looked at.
 *
 * @throws SigmaError EVENT_…
 */
export function makeFinder(
  engine: Engine,
  { source: given, levelMin, hasWhy }: Setup,
): (seen: Seen) => Found | null {
  const fed = fedRules(engine)
  const shown = new Set(
    engine.rules.flatMap(({ id, level }) =>
      isAtLeast(level, levelMin) && !engine.isSilent(id) ? [id] : [],
    ),
  )
  const fieldsOf = (event: unknown, rules: readonly string[], source?: EventSource): FedRule[] => {
    if (rules.length === 0) return []
    const field = engine.fields(event, source)
    return rules.map(rule => {
      const names = fed.get(rule) ?? []
      return { rule, fields: Object.fromEntries(names.map(name => [name, field(name, rule)])) }
    })
  }
  const whyOf = (event: unknown, rules: readonly string[], source?: EventSource): Found['why'] =>
    !hasWhy || rules.length === 0
      ? null
      : Object.fromEntries(
          rules.map(rule => [rule, engine.why(rule, event, source).leaves.map(shortLeaf)]),
        )
  return ({ event, at, record, latestMs }) => {
    const source = sourceFor(event, given)
    const matched = engine.match(event, source)
    const rules = matched.filter(id => shown.has(id))
    const feeding = matched.filter(id => fed.has(id))
    if (rules.length === 0 && feeding.length === 0) return null
    return {
      ...{ at, record, timeMs: timeOf(event, latestMs), rules },
      fed: fieldsOf(event, feeding, source),
      why: whyOf(event, rules, source),
    }
  }
}

/** Values of one field that `--why` shows. */
const foundMax = 20

const shortLeaf = (leaf: Leaf): Leaf => ({
  ...leaf,
  found: leaf.found.slice(0, foundMax).map(text => (text === null ? null : shorten(text))),
})

const shorten = (text: string): string =>
  text.length > runLimits.whyCharactersMax ? `${text.slice(0, runLimits.whyCharactersMax)}…` : text
