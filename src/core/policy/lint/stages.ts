import { type Finding, isStated, numbersOf, type Question } from './finding.ts'
import { durationOf, nominalMs } from './nominal.ts'

/**
 * Stages of one case, each with a limit, and no word of what starts it: either every clock runs from
 * the beginning of the case, or each from the end of the stage before. In a row they add up, so the
 * last may be due much later. Read is what is strict: all from the beginning.
 */
export function stages({ pack }: Question): readonly Finding[] {
  return pack.sections.flatMap(section =>
    section.groups.flatMap(({ statements }): Finding[] => {
      const open = statements.filter(
        one =>
          one.clock !== null &&
          one.clock.stage !== null &&
          one.clock.assumed.includes('start') &&
          one.limit !== null &&
          isStated(one, 'limit'),
      )
      if (new Set(open.map(one => one.clock?.stage)).size < 2) return []
      const limits = open
        .map(one => one.limit ?? 'PT0S')
        .toSorted((a, b) => nominalMs(b) - nominalMs(a))
      return [
        {
          rule: 'stages-unordered',
          severity: 'gap',
          statements: numbersOf(open),
          args: {
            count: open.length,
            longest: limits[0] ?? '',
            sum: durationOf(limits.reduce((sum, limit) => sum + nominalMs(limit), 0)),
          },
          reading: 'all-from-the-start',
        },
      ]
    }),
  )
}
