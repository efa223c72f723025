import { type Finding, numbersOf, type Question } from './finding.ts'
import { intervalOf, isLonger, nominalMs, shortest } from './nominal.ts'

/**
 * A recovery point of one hour says that no more than the last hour of data is lost. Between two
 * backups the newest restorable point grows as old as the interval between them, so backups further
 * apart than the recovery point cannot meet it by themselves. Something must keep the changes in
 * between – replication, shipped logs, continuous archiving –, and a policy that asks for it is in
 * order.
 */
export function recoveryPoint({ pack }: Question): readonly Finding[] {
  if (pack.statements.some(one => one.topics.includes('continuous-archiving'))) return []
  const points = pack.statements.flatMap(of =>
    of.figures.flatMap(({ measures, value }) =>
      measures === 'recovery-point' && typeof value === 'string' ? [{ of, value }] : [],
    ),
  )
  const backups = pack.statements.flatMap(of => {
    const interval = of.topics.includes('backup') ? intervalOf(of) : null
    return interval === null ? [] : [{ of, interval }]
  })
  // The most frequent of all backups is the best that the policy promises.
  const best = shortest(backups)?.interval
  const missed = points.filter(({ value }) => best !== undefined && isLonger(best, value))
  const strictest = missed.toSorted((a, b) => nominalMs(a.value) - nominalMs(b.value))[0]
  if (strictest === undefined || best === undefined) return []
  return [
    {
      rule: 'backup-interval',
      severity: 'contradiction',
      statements: numbersOf([...missed, ...backups].map(({ of }) => of)),
      args: { point: strictest.value, interval: best.said },
      reading: 'newest-restorable-point',
    },
  ]
}
