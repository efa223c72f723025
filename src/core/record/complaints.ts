import type { z } from 'zod'
import type { ErrorRecord } from '../error.ts'
import type { FactType } from '../fact.ts'
import { isHash, type Shape, shapeOfType, valuesOf } from './shape.ts'

/** What is missing in a body or wrong with it, each with its field; nothing: it is one of its type. */
export function complaintsOf(type: FactType, body: unknown): readonly ErrorRecord[] {
  const shapes = shapeOfType(type).properties ?? {}
  const found = type.schema.safeParse(body)
  if (found.success) return []
  return found.error.issues.flatMap(issue => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(key => ({ code: 'unknown', field: key.slice(0, 80) }))
    }
    const field = issue.path.join('.')
    const value = issue.path.reduce<unknown>(
      (inner, part) => (inner as Record<string, unknown> | null | undefined)?.[String(part)],
      body,
    )
    if (value !== undefined) return { code: 'wrong', field, expected: expectedOf(issue) }
    const shape = shapeAt(shapes, issue.path)
    const kind = shape === undefined ? 'value' : kindOf(shape)
    return { code: kind === 'SHA-256' ? 'file' : 'missing', field, expected: kind }
  })
}

/** What may stand in a field, for whoever fills it in: `integer`, `string / null`. */
export const kindOf = (shape: Shape): string =>
  valuesOf(shape)
    .map(one => one.enum?.join('|') ?? (isHash(one) ? 'SHA-256' : (one.type ?? 'value')))
    .join(' / ')

/** The field at a path, or undefined. */
export const shapeAt = (
  shapes: Shape['properties'],
  path: readonly PropertyKey[],
): Shape | undefined =>
  path.reduce<Shape | undefined>(
    (inner, part) => {
      const fields = inner?.properties ?? {}
      return Object.hasOwn(fields, part) ? fields[String(part)] : undefined
    },
    { properties: shapes ?? {} },
  )

/** What the schema wanted; never what was written, which may be anybody's words. */
function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected
    case 'invalid_value':
      return issue.values.map(String).join('|')
    case 'too_small':
      return `≥ ${String(issue.minimum)}`
    case 'too_big':
      return `≤ ${String(issue.maximum)}`
    case 'invalid_format':
      return issue.pattern ?? issue.format
    default:
      return issue.code
  }
}
