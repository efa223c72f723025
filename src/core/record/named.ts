import type { FactType } from '../fact.ts'
import { type Shape, shapeOfType, valuesOf } from './shape.ts'

/** By path within the body, `present.person`: of which register its values are, or that they are offices. */
export type Named = Readonly<Record<string, string>>

/** What the fields of these types name, by type; types that name nothing are not among them. */
export const namedBy = (types: Iterable<FactType>): Readonly<Record<string, Named>> =>
  Object.fromEntries(
    [...types].flatMap(type => {
      const named = [...namedIn(shapeOfType(type), '')]
      return named.length === 0 ? [] : [[type.name, Object.fromEntries(named)] as const]
    }),
  )

function* namedIn(shape: Shape, before: string): Iterable<readonly [string, string]> {
  for (const [name, field] of Object.entries(shape.properties ?? {})) {
    for (const one of valuesOf(field).flatMap(each => valuesOf(each.items ?? each))) {
      if (one.names !== undefined) yield [`${before}${name}`, one.names]
      yield* namedIn(one, `${before}${name}.`)
    }
  }
}
