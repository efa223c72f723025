import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { parseDuration } from '../time.ts'
import type { Complaint } from './complaint.ts'
import { kinds, type Measure, measures, scopes, stages, topics } from './pack.ts'
import type { YamlFile } from './yaml.ts'

/** The forms of the files of a pack. Every object is strict: an unknown key is a typing error that would change nothing silently. */

// 600 characters: a sentence of a policy with room; more is a paragraph and hides a second duty.
export const line = z
  .string()
  .min(1, 'is empty')
  .max(600, 'is longer than 600 characters')
  .refine(text => text === text.trim(), 'begins or ends with white space')

const word = (form: RegExp, what: string) => z.string().max(128, 'is too long').regex(form, what)

export const name = word(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'is not a name like incident-response')
const camel = word(/^[a-z][A-Za-z0-9]*$/, 'is not a name like minimumVersion')
const control = word(
  /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,4}$/,
  'is not a control id like example.items.checked',
)
const reference = word(/^[A-Za-z][A-Za-z0-9.-]*$/, 'is not a reference like PR.DS-02')
const position = z.int().min(1).max(10_000) // as many statements as an adoption may name

export const duration = z.string().refine(isDuration, 'is not a duration like PT72H, P3M or P3BD')

export const day = z.iso.date('is not a date like 2025-06-07')

export const zone = z.string().refine(isZone, 'is not a time zone like Asia/Taipei')

export const text = z.strictObject({ ja: line, 'zh-TW': line, en: line })

const named = z.record(name, text)
const distinct = <T>(items: readonly T[]) => new Set(items).size === items.length
const list = <T>(item: z.ZodType<T>) => z.array(item).max(200).refine(distinct, 'names one twice')

const figure = z
  .strictObject({
    name: camel.refine(n => n !== 'period' && n !== 'limit', 'is a field of its own'),
    value: z.union([z.int(), line]),
    unit: name,
    bound: z.enum(['atLeast', 'atMost', 'exactly']).optional(),
    measures: z.enum(measures).optional(),
  })
  .refine(f => f.unit !== 'duration' || duration.safeParse(f.value).success, {
    path: ['value'],
    error: 'is not a duration like PT72H',
  })
  .refine(f => f.measures === undefined || isMeasured(f.measures, f.value), {
    path: ['measures'],
    error: 'does not fit the value',
  })

/** Whether a value is of the kind that this is measured in: millionths, a duration, a count. */
export function isMeasured(measure: Measure, value: string | number): boolean {
  if (measure === 'availability' || measure === 'password-composition')
    return typeof value === 'number' && value >= 0 && value <= 1_000_000
  if (measure === 'password-length') return typeof value === 'number' && value >= 0
  return duration.safeParse(value).success
}

export const country = word(/^[A-Z]{2}(-[A-Z]{2})?$/, 'is not a country like TW')
export const topic = z.enum(topics)
/** A scale has two ends, or it is none. */
export const grades = { topic, gravest: z.int().min(0).max(100), mildest: z.int().min(0).max(100) }

const binding = z.strictObject({
  id: control,
  params: z.record(camel, z.union([z.int(), z.boolean(), line])).default({}),
  assumed: list(camel).default([]),
})

const statement = z.strictObject({
  number: position,
  id: word(/^[1-9]\d{0,4}(\.[1-9]\d{0,4}){2}$/, 'is not an id like 7.2.1'),
  sentence: word(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal').optional(),
  kind: z.enum(kinds),
  alsoKind: z.enum(kinds).optional(),
  judgedAs: list(z.enum(kinds)).default([]),
  text,
  owner: name,
  period: duration.optional(),
  limit: duration.optional(),
  clock: z
    .strictObject({
      start: name,
      stop: name,
      stage: z.enum(stages).optional(),
      assumed: list(z.enum(['start', 'stop'])).default([]),
    })
    .optional(),
  calendar: country.optional(),
  topics: list(topic).default([]),
  scope: z.enum(scopes).optional(),
  level: z.strictObject({ scale: name, value: z.int() }).optional(),
  bodies: list(name).default([]),
  uses: list(name).default([]),
  defines: list(name).default([]),
  figures: z.array(figure).max(50).default([]),
  assumed: list(camel).default([]),
  population: text,
  evidence: text,
  frameworks: z.record(name, list(reference)),
  laws: list(line).default([]),
  sameDutyAs: list(position).default([]),
  related: list(position).default([]),
  note: text.optional(),
  controls: z.array(binding).max(50).default([]),
  awaits: list(control).default([]),
})

export const sectionFile = z.strictObject({
  section: position,
  /** A long section goes on in further files; so does the group in which the file before ended. */
  part: z.int().min(1).max(999).default(1),
  title: text,
  groups: z
    .array(z.strictObject({ group: position, title: text, statements: z.array(statement).min(1) }))
    .min(1),
})

export const packFile = z.strictObject({
  format: z.literal(1),
  id: name,
  version: word(/^[0-9A-Za-z][0-9A-Za-z.-]*$/, 'is not a version like 2025-06-07'),
  title: text,
  organisation: z.strictObject({ name: text, registration: line.optional(), zone }),
  published: z.strictObject({
    date: day,
    language: word(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/, 'is not a language like ja'),
    where: text,
  }),
  roles: named,
  units: named,
  events: named.default({}),
  terms: named.default({}),
  scales: z.record(name, z.strictObject({ text, ...grades })).default({}),
})

export const frameworkFile = z.strictObject({
  format: z.literal(1),
  id: name,
  name: line,
  labels: z.record(reference, text),
})

export type PackFile = z.infer<typeof packFile>
export type SectionFile = z.infer<typeof sectionFile>
export type StatementEntry = z.infer<typeof statement>

/** The value of a file if it has the form, else `undefined` and complaints at the places that are wrong. */
export function shape<T>(schema: z.ZodType<T>, read: YamlFile, tell: (c: Complaint) => void) {
  if (read.value === undefined) return undefined
  const result = schema.safeParse(read.value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) tell(read.complain([...issue.path, key], 'is not a known key'))
    else if (issue.code === 'invalid_key')
      tell(read.complain(issue.path, issue.issues[0]?.message ?? 'is not a name'))
    else tell(read.complain(issue.path, missing(read.value, issue.path) ?? issue.message))
  }
  return undefined
}

/** A key that is not there is said to be missing, in the words of an author and not of a type checker. */
function missing(value: unknown, path: readonly PropertyKey[]): string | null {
  let at: unknown = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return 'is missing'
    at = (at as Record<PropertyKey, unknown>)[step]
  }
  return at === null ? 'is missing' : null
}

/** What calendars can add, and not of nothing. */
function isDuration(text: string): boolean {
  try {
    parseDuration(text)
    return /[1-9]/.test(text)
  } catch (error) {
    if (error instanceof OkiteError) return false
    throw error
  }
}

function isZone(zone: string): boolean {
  // Offsets like +08:00 are accepted by Intl but know no summer time; a policy names a place.
  if (!/^[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_-]+){0,2}$/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
