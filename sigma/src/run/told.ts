import type { RuleCost, RuleState } from '../index.ts'
import { oneLine } from './columns.ts'
import type { LeftOut } from './correlating.ts'
import type { Unreadable } from './files.ts'
import { type FileTrouble, type Ledger, statesOf } from './ledger.ts'
import type { Paint } from './paint.ts'
import type { Row } from './tally.ts'
import { count, counted, seconds, size } from './words.ts'

/**
 * How long a run took, and of that with the rules loaded; what correlations left out, null if none
 * ran.
 */
export type Ending = Readonly<{
  ms: number
  matchingMs: number
  workers: number
  leftOut: LeftOut | null
}>

/** The last line of a table: how much was found in how much. */
export function summaryLine(rows: readonly Row[], ledger: Ledger, { ms }: Ending): string {
  const matches = rows.reduce((sum, row) => sum + row.count, 0)
  const found =
    rows.length === 0
      ? 'no rule matched'
      : `${counted(rows.length, 'rule')} matched ${counted(matches, 'time')}`
  const files = counted(ledger.filesRead, 'file')
  return `${found} in ${counted(ledger.events, 'event')} of ${files}; ${size(ledger.bytes)} in ${seconds(ms)}`
}

/** What went wrong without ending the run, in a few lines; `--stats` tells the rest. */
export function warnings(ledger: Ledger, { leftOut }: Ending): string[] {
  const lines: string[] = []
  for (const { path, code, detail } of ledger.unreadable.slice(0, shownMax)) {
    lines.push(`${oneLine(path)} cannot be read: ${reason(code, detail)}`)
  }
  const hidden = ledger.unreadable.length - shownMax
  if (hidden > 0) lines.push(`${counted(hidden, 'more file')} cannot be read`)
  const troubles = ledger.troubles.reduce((sum, { count }) => sum + count, 0)
  if (troubles > 0) {
    const files = new Set(ledger.troubles.map(({ path }) => path)).size
    lines.push(
      `${counted(troubles, 'record')} in ${counted(files, 'file')} could not be read (--stats)`,
    )
  }
  const refused = refusedOf(ledger).length
  if (refused > 0) lines.push(`${counted(refused, 'rule')} refused (--stats)`)
  const overBudget = [...ledger.costs.values()].filter(({ overBudget }) => overBudget > 0)
  if (overBudget.length > 0) {
    lines.push(
      `${counted(overBudget.length, 'rule')} took too long over some events and gave no verdict there (--stats)`,
    )
  }
  if (ledger.sourceless.length > 0) {
    const [first = ''] = ledger.sourceless
    const others = ledger.sourceless.length - 1
    const whose =
      others === 0 ? oneLine(first) : `${oneLine(first)} and ${counted(others, 'other file')}`
    lines.push(
      `events of ${whose} do not say where they come from, so that few rules or none look at them; --product, --category and --service say it`,
    )
  }
  if (leftOut && leftOut.timeless > 0) {
    lines.push(
      `${counted(leftOut.timeless, 'match', 'matches')} without a time took no part in correlations`,
    )
  }
  if (leftOut && leftOut.counters.late > 0) {
    lines.push(
      `${counted(leftOut.counters.late, 'match', 'matches')} came too late for correlations`,
    )
  }
  return lines
}

const shownMax = 10

const refusedOf = ({ rules }: Ledger): RuleState[] =>
  (rules?.states ?? []).filter(({ state }) => state === 'refused')

const reason = (code: string, detail: string): string =>
  detail === '' || detail.includes(code) ? oneLine(detail || code) : `${code}: ${oneLine(detail)}`

/** All that `--stats` tells. */
export function statsText(ledger: Ledger, ending: Ending, paint: Paint): string {
  const { events, bytes, filesRead } = ledger
  const { ms, matchingMs, workers, leftOut } = ending
  const states = ledger.rules?.states ?? []
  const inState = [...statesOf(states)].map(([state, many]) => `${count(many)} ${state}`)
  const rate = count(Math.round((1000 * events) / Math.max(1, matchingMs)))
  const facts: [string, string][] = [
    ['events', `${count(events)} in ${counted(filesRead, 'file')}`],
    ['read', `${size(bytes)} in ${seconds(ms)} by ${counted(workers, 'worker')}`],
    ['speed', `${rate} events/s with the rules loaded`],
    ['rules', `${count(states.length)}: ${inState.join(', ')}`],
    ['loaded in', seconds(ledger.rules?.loadMs ?? 0)],
  ]
  if (leftOut) {
    const counters = Object.entries({ timeless: leftOut.timeless, ...leftOut.counters })
    const told = counters
      .filter(([, many]) => many > 0)
      .map(([name, many]) => `${count(many)} ${name}`)
    facts.push(['correlated', told.length === 0 ? 'all' : `left out: ${told.join(', ')}`])
  }
  if (ledger.passedOver.length > 0) {
    facts.push(['no events', ledger.passedOver.map(oneLine).join(', ')])
  }
  const width = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.map(([name, value]) => `${paint.dim(name.padEnd(width))}  ${value}`)
  const list = (title: string, items: readonly string[]): void => {
    if (items.length > 0) lines.push('', paint.strong(title), ...items.map(item => `  ${item}`))
  }
  list(
    'dearest rules',
    dearestOf(ledger).map(cost => costText(ledger, cost)),
  )
  list('refused rules', refusedOf(ledger).map(refusedText))
  list('not read', [...ledger.unreadable.map(fileText), ...ledger.troubles.map(troubleText)])
  return `${lines.join('\n')}\n`
}

function refusedText({ source, at, refusal }: RuleState): string {
  const place = `${oneLine(source)}:${refusal?.at ?? at}`
  return `${place}  ${refusal?.code ?? ''}  ${oneLine(refusal?.detail ?? '')}`.trimEnd()
}

/** Those that gave no verdict first, then by what they took. */
const dearestOf = ({ costs }: Ledger): RuleCost[] =>
  [...costs.values()]
    .toSorted((a, b) => b.overBudget - a.overBudget || b.steps - a.steps)
    .filter(({ overBudget, steps }) => overBudget + steps > 0)
    .slice(0, shownMax)

function costText({ rules }: Ledger, cost: RuleCost): string {
  const { ruleId, evaluations, steps, overBudget, isQuarantined } = cost
  const title = rules?.states.find(({ id }) => id === ruleId)?.title ?? ruleId
  const unsure = overBudget === 0 ? '' : `  no verdict on ${counted(overBudget, 'event')}`
  const asked = `${counted(steps, 'step')} in ${counted(evaluations, 'evaluation')}`
  return `${oneLine(title)}  ${asked}${unsure}${isQuarantined ? ', asked no more' : ''}`
}

const fileText = ({ path, code, detail }: Unreadable): string =>
  `${oneLine(path)}  ${reason(code, detail)}`

function troubleText({ path, code, count: many, at, detail }: FileTrouble): string {
  const place = at === null ? oneLine(path) : `${oneLine(path)}:${at}`
  const times = many === 1 ? '' : `  ${count(many)} times, first here`
  return `${place}  ${code}${detail === '' ? '' : `  ${oneLine(detail)}`}${times}`
}
