import type { z } from 'zod'
import type { ErrorRecord } from './error.ts'

/**
 * What is wrong with one setting: where it stands, what may stand there and of what kind is what stands
 * there. A catalogue has the words for each `code`. Text that was given is never repeated: under any key
 * somebody may have put a secret.
 */
export type SettingsComplaint = ErrorRecord &
  Readonly<{
    code: ComplaintCode
    place: 'file' | 'environment' | 'command'
    /** Keys from the top, joined by dots, or the variable or flag; `''` is the whole file. */
    key: string
  }>

export const complaintCodes = [
  'unknown',
  'kind',
  'choice',
  'least',
  'most',
  'longer',
  'shorter',
  'form',
  'value',
  'mapping',
  'large',
  'unreadable',
  'syntax',
  'alias',
] as const

type ComplaintCode = (typeof complaintCodes)[number]

type Issue = z.core.$ZodIssue

/** Says each issue of a schema in our own words; one for each key that is not known. */
export function complaintsOf(
  issues: readonly Issue[],
  value: unknown,
  where: (key: string) => Readonly<{ place: SettingsComplaint['place']; key: string }>,
): SettingsComplaint[] {
  return issues.flatMap((issue): SettingsComplaint[] => {
    const path = issue.path.map(String)
    const at = (...more: string[]) => where([...path, ...more].join('.'))
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(key => ({ code: 'unknown', ...at(key) }))
    }
    return [{ ...saidOf(issue), ...at(), got: kindOf(inside(value, issue.path)) }]
  })
}

type Said = Readonly<{ code: ComplaintCode; expected: string | number }>

function saidOf(issue: Issue): Said {
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'kind', expected: issue.expected }
    case 'invalid_value':
      return { code: 'choice', expected: issue.values.map(String).join(', ') }
    case 'too_small':
      return { code: isNumber(issue.origin) ? 'least' : 'longer', expected: Number(issue.minimum) }
    case 'too_big':
      return { code: isNumber(issue.origin) ? 'most' : 'shorter', expected: Number(issue.maximum) }
    case 'invalid_format':
      return { code: 'form', expected: issue.pattern ?? issue.format }
    default:
      return { code: 'value', expected: '' }
  }
}

const isNumber = (origin: string): boolean => /^(number|int|bigint)$/.test(origin)

function inside(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<PropertyKey, unknown>)[key]
  }
  return at
}

/** A number is said as it is; of anything else only its kind. */
export function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (value === undefined || value === null) return 'nothing'
  return Array.isArray(value) ? 'array' : typeof value
}
