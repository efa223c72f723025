import type { Statement } from '../pack.ts'
import { dutiesOf } from './duties.ts'
import { type Finding, isStated, numbersOf, type Question } from './finding.ts'

/**
 * Words without a figure – at once, regularly, in good time – bind nobody until somebody says how
 * long. Where we assume a figure it is ours and no promise of the organisation; what one value was
 * assumed for stands together. A duty whose figure another statement of the same duty gives is none.
 */
export function assumedFigures({ pack }: Question): readonly Finding[] {
  const duties = dutiesOf(pack)
  const assumed = pack.statements.flatMap(statement =>
    statement.assumed.flatMap(what => {
      const duty = duties.find(one => one.includes(statement)) ?? []
      const value = valueOf(statement, what)
      const isSaid = duty.some(one => valueOf(one, what) !== null && isStated(one, what))
      return value === null || isSaid ? [] : [{ statement, what, value }]
    }),
  )
  return [...Map.groupBy(assumed, ({ what, value }) => `${what} ${value}`).values()].map(
    (group): Finding => ({
      rule: 'figure-assumed',
      severity: 'gap',
      statements: numbersOf(group.map(({ statement }) => statement)),
      args: {
        count: group.length,
        what: group[0]?.what ?? '',
        value: group[0]?.value ?? '',
      },
      reading: 'assumed-until-decided',
    }),
  )
}

function valueOf(statement: Statement, what: string): string | number | null {
  if (what === 'period' || what === 'limit') return statement[what]
  return statement.figures.find(figure => figure.name === what)?.value ?? null
}

/** Something is to be done again and again, and neither a period nor a count says how often. */
export function missingPeriods({ pack }: Question): readonly Finding[] {
  const open = pack.statements.filter(
    one =>
      [one.kind, one.alsoKind, ...one.judgedAs].includes('cadence') &&
      one.period === null &&
      !one.figures.some(figure => figure.unit.startsWith('per-')),
  )
  return open.length === 0
    ? []
    : [
        {
          rule: 'period-missing',
          severity: 'gap',
          statements: numbersOf(open),
          args: { count: open.length },
          reading: 'unknown-until-decided',
        },
      ]
}

/** An objective without a figure: nobody can tell whether it was met. A roll-up has the figures of its parts. */
export function missingTargets({ pack }: Question): readonly Finding[] {
  const open = pack.statements.filter(
    one => one.kind === 'objective' && one.judgedAs.length === 0 && one.figures.length === 0,
  )
  return open.length === 0
    ? []
    : [
        {
          rule: 'target-missing',
          severity: 'gap',
          statements: numbersOf(open),
          args: { count: open.length },
          reading: 'unknown-until-decided',
        },
      ]
}
