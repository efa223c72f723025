import type { Statement } from '../pack.ts'
import { type Finding, isStated, numbersOf, type Question } from './finding.ts'
import { durationOf, nominalMs } from './nominal.ts'

/**
 * An availability of r over a window of W leaves W × (1 − r) of outage. Where the time allowed for a
 * recovery is longer than that, one outage that is restored within its limit has already spent more
 * than the whole window has. Which window it is decides much: 99.5 % leaves 3 h 36 min of 30 days
 * and nearly 44 h of a year; where the policy names none, the month is assumed and both are shown.
 */
export function availability({ pack }: Question): readonly Finding[] {
  return pack.statements.flatMap(statement =>
    statement.figures.flatMap(({ measures, value, bound }): Finding[] => {
      if (measures !== 'availability' || typeof value !== 'number' || bound === 'atMost') return []
      const window = statement.period ?? 'P1M'
      const leaves = (period: string) => (nominalMs(period) * (1_000_000 - value)) / 1_000_000
      const slow = recoveries(pack.statements).filter(({ ms }) => ms > leaves(window))
      const slowest = slow.toSorted((a, b) => b.ms - a.ms)[0]
      if (slowest === undefined) return []
      const isOpen = statement.period === null || !isStated(statement, 'period')
      return [
        {
          rule: 'outage-over-allowance',
          severity: 'contradiction',
          statements: numbersOf([statement, ...slow.map(({ of }) => of)]),
          args: {
            percent: value / 10_000,
            window,
            leaves: durationOf(leaves(window)),
            recovery: slowest.limit,
            isOpen: isOpen ? 'yes' : 'no',
            yearLeaves: durationOf(leaves('P1Y')),
          },
          reading: isOpen ? 'monthly-window' : 'both-judged',
        },
      ]
    }),
  )
}

type Recovery = Readonly<{ of: Statement; limit: string; ms: number }>

/** Counted from its detection a recovery ends later still: the outage before it counts too. */
const recoveries = (statements: readonly Statement[]): readonly Recovery[] =>
  statements.flatMap(of => {
    const limits = of.figures.flatMap(({ measures, value }) =>
      measures === 'recovery-time' && typeof value === 'string' ? [value] : [],
    )
    const isClock = of.clock?.stage === 'recovery' && isStated(of, 'limit')
    if (isClock && of.limit !== null) limits.push(of.limit)
    return limits.map(limit => ({ of, limit, ms: nominalMs(limit) }))
  })
