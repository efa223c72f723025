import { type Finding, numbersOf, type Question } from './finding.ts'

/**
 * A word that decides when a duty applies – a major incident, an important system – and that no
 * sentence defines: each reader draws the line elsewhere, and a duty may start for one and not for
 * the other. Until it is defined, whatever may be meant is counted in.
 */
export function undefinedTerms({ pack }: Question): readonly Finding[] {
  return [...pack.terms].flatMap(([id, term]) => {
    const users = pack.statements.filter(one => one.uses.includes(id))
    if (users.length === 0 || pack.statements.some(one => one.defines.includes(id))) return []
    return [
      {
        rule: 'term-undefined',
        severity: 'gap',
        statements: numbersOf(users),
        args: { term },
        reading: 'counted-in',
      },
    ]
  })
}
