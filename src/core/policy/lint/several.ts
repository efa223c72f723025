import { type Statement, topics } from '../pack.ts'
import { connected, isSameDuty } from './duties.ts'
import { type Finding, numbersOf, type Question } from './finding.ts'

/**
 * Several duties on one topic: risk is assessed quarterly and yearly, or three sentences ask for a
 * yearly audit. Unless each says whom it looks at, and they look at different ones, nobody can tell
 * whether doing one does the other. They are read as separate, so that nothing is left out.
 */
export function severalDuties({ pack }: Question): readonly Finding[] {
  return topics.flatMap(topic => {
    const recurring = pack.statements.filter(
      one => one.topics.includes(topic) && one.kind === 'cadence' && one.period !== null,
    )
    return connected(recurring, mayBeOne)
      .filter(group => connected(group, isSameDuty).length > 1)
      .map((group): Finding => {
        const periods = [...new Set(group.map(one => one.period as string))]
        return {
          rule: periods.length > 1 ? 'several-periods' : 'several-scopes',
          severity: 'gap',
          statements: numbersOf(group),
          args: { topic, count: group.length, periods },
          reading: 'separate-controls',
        }
      })
  })
}

const mayBeOne = (a: Statement, b: Statement): boolean =>
  a.scope === null || b.scope === null || a.scope === b.scope
