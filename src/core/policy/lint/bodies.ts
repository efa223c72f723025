import { type Finding, numbersOf, type Question } from './finding.ts'

/**
 * A body that the policy names and that is no more, or bears another name: whoever follows the
 * sentence in an emergency calls nobody. A body of which nothing is known was checked by nobody.
 */
export function endedBodies({ pack, outside, day }: Question): readonly Finding[] {
  const known = new Map(
    [...outside.sources.values()].flatMap(source => source.bodies.map(body => [body.id, body])),
  )
  const named = [...new Set(pack.statements.flatMap(one => one.bodies))]
  return named.flatMap((id): Finding[] => {
    const statements = numbersOf(pack.statements.filter(one => one.bodies.includes(id)))
    const body = known.get(id)
    if (body === undefined)
      return [
        {
          rule: 'body-unknown',
          severity: 'gap',
          statements,
          args: { body: id },
          reading: 'directory-verified',
        },
      ]
    if (body.until === null || body.until > day) return []
    return [
      {
        rule: 'body-ended',
        severity: 'gap',
        statements,
        args: {
          body: body.name,
          until: body.until,
          how: body.ended ?? 'dissolved',
          successor: body.successor ?? '–',
          before: body.until <= pack.published.date ? 'yes' : 'no',
        },
        reading: 'directory-verified',
      },
    ]
  })
}
