import { compile, type Engine, type RuleSource } from '../index.ts'

/** The one place that chooses the engine. */
export const makeEngine = (rules: readonly RuleSource[]): Engine => compile(rules)
