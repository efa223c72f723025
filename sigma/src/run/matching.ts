import type { RuleSource, RuleState } from '../index.ts'
import { type Correlated, type Correlating, type LeftOut, makeCorrelating } from './correlating.ts'
import { type CrewSink, runCrew } from './crew.ts'
import { makeEngine } from './engine.ts'
import type { Job } from './found.ts'
import { alertLine, matchLines } from './json-lines.ts'
import { enter, enterCosts, type Ledger } from './ledger.ts'
import { isAtLeast } from './levels.ts'
import type { Options } from './options.ts'
import type { Output } from './output.ts'
import { makeTally, type Tally } from './tally.ts'

/** What is known while a run goes on. */
export type Matching = Readonly<{
  tally: Tally
  /** Reads all files and asks the rules; with `--json` the matches go to `out` as they come. */
  run(jobs: readonly Job[], workers: number): Promise<void>
  /** How many rules run; what correlations left out, null if none ran; when rules were loaded. */
  running(): number
  leftOut(): LeftOut | null
  loadedAt(): number | null
}>

/** Makes a run over the events of files, which enters what happens into the ledger. */
export function makeMatching(
  options: Options,
  {
    rules,
    ledger,
    out,
    progress,
  }: {
    rules: readonly RuleSource[]
    ledger: Ledger
    out: Output
    progress: CrewSink['progress']
  },
): Matching {
  const { isJson, levelMin } = options
  const states = new Map<string, RuleState>()
  const ruleOf = (id: string): RuleState => {
    const rule = states.get(id)
    if (!rule) throw new Error(`no rule ${id}`)
    return rule
  }
  const tally = makeTally(ruleOf)
  let correlating: Correlating | null = null
  /** Alerts are printed behind all matches. */
  const alerts: string[] = []
  let loadedAt: number | null = null
  /** Lines of a file that lie before the piece whose turn it is. */
  let lineBase = 0

  const alerted = (found: Correlated): void => {
    if (!isAtLeast(found.alert.level, levelMin)) return
    const rule = ruleOf(found.alert.rule)
    tally.correlated(found, rule)
    if (isJson) alerts.push(alertLine(found, rule))
  }
  const sinkOf = (jobs: readonly Job[]): CrewSink => ({
    progress,
    async rules(loaded) {
      ledger.rules = loaded
      loadedAt = performance.now()
      for (const state of loaded.states) {
        if (state.state.startsWith('runs')) states.set(state.id, state)
      }
      const hasCorrelations = [...states.values()].some(({ kind }) => kind === 'correlation')
      // Only correlations need an engine here: the workers have theirs.
      if (hasCorrelations) correlating = makeCorrelating(makeEngine(rules), alerted)
    },
    async batch({ input }, found) {
      const lines: string[] = []
      for (const one of found) {
        const place = { file: input.path, line: one.at + lineBase }
        tally.match(place, one)
        correlating?.add(place, one)
        if (isJson) lines.push(matchLines(place, one, ruleOf))
      }
      await out.write(lines.join(''))
    },
    costs: costs => enterCosts(ledger, costs),
    async done(job, outcome) {
      const isLast = jobs[job.nth + 1]?.input.path !== job.input.path
      enter(ledger, job, { outcome, lineBase, isLast })
      lineBase = isLast ? 0 : lineBase + outcome.lines
    },
  })
  return {
    tally,
    async run(jobs, workers) {
      const { source, hasWhy } = options
      await runCrew(jobs, { workers, setup: { rules, source, levelMin, hasWhy } }, sinkOf(jobs))
      correlating?.finish()
      await out.write(alerts.join(''))
    },
    running: () => states.size,
    leftOut: () => correlating?.leftOut() ?? null,
    loadedAt: () => loadedAt,
  }
}
