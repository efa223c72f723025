import assert from 'node:assert/strict'
import { type CompileOptions, compile, type RefusalCode, type RuleState } from '../index.ts'

type Options = Partial<CompileOptions>

const anywhere = { products: [], services: [], categories: ['test'] }

/** A rule with this detection. JSON is YAML, so a case reads as it would in a file of JSON lines. */
export function ruleOf(detection: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ title: 'case', logsource: { category: 'test' }, detection, ...more })
}

/** Whether the rule matches; the same must come of the event as object and as bytes, by both engines. */
export function matches(rule: string, event: unknown, options: Options = {}): boolean {
  const engine = compile(rule, { ...options, engine: 'reference' })
  const [state] = engine.rules
  assert.equal(state?.refusal ?? null, null)
  const asObject = engine.match(event, anywhere).length === 1
  const bytes = new TextEncoder().encode(JSON.stringify(event))
  assert.equal(engine.match(bytes, anywhere).length === 1, asObject, 'object and bytes differ')
  const fast = compile(rule, options)
  assert.equal(fast.match(event, anywhere).length === 1, asObject, 'the fast engine differs')
  assert.equal(
    fast.match(bytes, anywhere).length === 1,
    asObject,
    'the fast engine differs on bytes',
  )
  const why = engine.why((state as RuleState).id, event, anywhere)
  assert.equal(why.matched, asObject, 'match and why differ')
  return asObject
}

/** Whether `{sel: item, condition: sel}` matches. */
export const asks = (item: unknown, event: unknown, options: Options = {}): boolean =>
  matches(ruleOf({ sel: item, condition: 'sel' }), event, options)

/** The states of all documents of a source. */
export const statesOf = (source: string, options: Options = {}): readonly RuleState[] =>
  compile(source, options).rules

/** Why the first document of a source is refused; null if it is not. */
export const refusalIn = (source: string, options: Options = {}): RefusalCode | null =>
  statesOf(source, options)[0]?.refusal?.code ?? null

/** Why `{sel: item, condition: sel}` is refused. */
export const refusal = (item: unknown, options: Options = {}): RefusalCode | null =>
  refusalIn(ruleOf({ sel: item, condition: 'sel' }), options)

/** The codes of the remarks on the first document. */
export const remarksIn = (source: string, options: Options = {}): string[] =>
  (statesOf(source, options)[0]?.remarks ?? []).map(({ code }) => code)
