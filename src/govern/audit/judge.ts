import { is, organisation } from '../../core/control/match.ts'
import type { Pos } from '../../core/fact.ts'
import { isFact, type Judge } from '../../core/judge.ts'
import { daysBetween } from './dates.ts'
import { soc2Measured, soc2Reported } from './facts.ts'

type Report = Readonly<{ pos: Pos; report: string; from: string; until: string }>

type State = Readonly<{
  /** Of Type II, by the end of their periods, oldest first. */
  reports: readonly Report[]
  /** What was said last, so that nothing is said twice. */
  said: string
}>

/** 32 reports: one a year for a generation. */
const reportsMax = 32

/**
 * Lays the SOC 2 Type II reports one after another, in whatever order they came: the newest, and how
 * many days lie between its period and the one before. A report that is told again takes the place of
 * what it had said.
 */
export const soc2Measure: Judge<State> = Object.freeze({
  id: 'govern.audit.soc2-measure',
  version: 1,
  from: [soc2Reported],
  makes: [soc2Measured],
  keys: () => [organisation],
  init: () => ({ reports: [], said: '' }),
  step: (before, input, ctx) => {
    if (!isFact(input) || !is(input, soc2Reported)) return { state: before }
    const { type, report, from, until } = input.body
    const others = before.reports.filter(one => one.report !== report)
    const reports = [...others, ...(type === 2 ? [{ pos: input.pos, report, from, until }] : [])]
      .sort((a, b) => (a.until < b.until ? -1 : a.until > b.until ? 1 : a.pos - b.pos))
      .slice(-reportsMax)
    const [newest, last] = [reports.at(-1), reports.at(-2)]
    if (newest === undefined) return { state: { ...before, reports } }
    const gapDays = last === undefined ? null : daysBetween(last.until, newest.from)
    const said = `${newest.report} ${newest.from} ${newest.until} ${gapDays}`
    if (said === before.said) return { state: { ...before, reports } }
    return {
      state: { reports, said },
      facts: [
        {
          type: soc2Measured,
          occurred: ctx.now,
          because: last === undefined ? [newest.pos] : [newest.pos, last.pos],
          body: { report: newest.report, from: newest.from, until: newest.until, gapDays },
        },
      ],
    }
  },
} satisfies Judge<State>)
