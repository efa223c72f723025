import type { RuleCost, RuleState } from '../index.ts'
import type { Unreadable } from './files.ts'
import type { Job, Outcome, RulesKnown, Trouble } from './found.ts'

/** What was not read of a file, and why; places in it are lines or places from 0. */
export type FileTrouble = Trouble & { readonly path: string }

/** What happened to rules and files in a run, for people to be told at its end. */
export type Ledger = {
  events: number
  bytes: number
  /** Files that are done with, and those of them that had events to be read. */
  filesDone: number
  filesRead: number
  /** Files that do not look like events, found in folders. */
  readonly passedOver: string[]
  readonly troubles: FileTrouble[]
  readonly unreadable: Unreadable[]
  /** Files whose events do not say where they come from. */
  readonly sourceless: string[]
  rules: RulesKnown | null
  /** By id of the rule. */
  readonly costs: Map<string, RuleCost>
}

export const emptyLedger = (): Ledger => ({
  events: 0,
  bytes: 0,
  filesDone: 0,
  filesRead: 0,
  passedOver: [],
  troubles: [],
  unreadable: [],
  sourceless: [],
  rules: null,
  costs: new Map(),
})

/** Enters what became of a job. `lineBase` is how many lines its file has before it. */
export function enter(
  ledger: Ledger,
  { input }: Job,
  { outcome, lineBase, isLast }: { outcome: Outcome; lineBase: number; isLast: boolean },
): void {
  const { path, isNamed } = input
  const { failure, format, troubles } = outcome
  ledger.events += outcome.events
  if (isLast) ledger.filesDone++
  if (isLast && (format !== null || outcome.events > 0)) ledger.filesRead++
  if (failure) ledger.unreadable.push({ path, ...failure })
  else if (format === null) {
    if (isNamed)
      ledger.unreadable.push({ path, code: 'FORMAT_UNKNOWN', detail: 'neither text nor EVTX' })
    else ledger.passedOver.push(path)
  }
  for (const trouble of troubles) {
    const at = trouble.at === null ? null : trouble.at + lineBase
    const known = ledger.troubles.findLast(each => each.path === path && each.code === trouble.code)
    if (known) known.count += trouble.count
    else ledger.troubles.push({ ...trouble, at, path })
  }
  if (outcome.isSourceless && lineBase === 0) ledger.sourceless.push(path)
}

/** Enters what rules have cost one of the workers. */
export function enterCosts(ledger: Ledger, costs: readonly RuleCost[]): void {
  for (const cost of costs) {
    const known = ledger.costs.get(cost.ruleId)
    ledger.costs.set(cost.ruleId, known === undefined ? cost : sumOf(known, cost))
  }
}

const sumOf = (one: RuleCost, other: RuleCost): RuleCost => ({
  ruleId: one.ruleId,
  evaluations: one.evaluations + other.evaluations,
  steps: one.steps + other.steps,
  overBudget: one.overBudget + other.overBudget,
  isQuarantined: one.isQuarantined || other.isQuarantined,
})

/** How many rules have each state. */
export function statesOf(rules: readonly RuleState[]): ReadonlyMap<RuleState['state'], number> {
  const counts = new Map<RuleState['state'], number>()
  for (const { state } of rules) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}
