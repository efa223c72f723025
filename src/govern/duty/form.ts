import type { ErrorRecord } from '../../core/error.ts'
import type { Fact, FactType } from '../../core/fact.ts'
import { complaintsOf, kindOf, shapeAt } from '../../core/record/complaints.ts'
import { isHash, type Shape, shapeOfType, takes, valuesOf } from '../../core/record/shape.ts'
import { organisation } from './duty.ts'

type Body = Record<string, unknown>

/** The fields of a fact type. */
const fieldsOf = (type: FactType): Readonly<Record<string, Shape>> =>
  shapeOfType(type).properties ?? {}

export function describeFields(type: FactType): readonly Field[] {
  const list = (shapes: Readonly<Record<string, Shape>>, before: string): Field[] =>
    Object.entries(shapes).flatMap(([name, shape]) =>
      shape.properties === undefined
        ? [{ name: `${before}${name}`, kind: kindOf(shape) }]
        : list(shape.properties, `${before}${name}.`),
    )
  return list(fieldsOf(type), '')
}

type Field = Readonly<{ name: string; kind: string }>

/** Text of the command line as the value that its field takes; what fits nothing is left to the schema. */
function valueOf(text: string, shape: Shape | undefined): unknown {
  if (shape === undefined) return text
  if (text === 'null' && takes(shape, 'null')) return null
  const isNumber = takes(shape, 'integer') || takes(shape, 'number')
  if (isNumber && /^-?(0|[1-9]\d{0,14})$/.test(text)) return Number(text)
  if (takes(shape, 'boolean') && /^(true|false)$/.test(text)) return text === 'true'
  if (takes(shape, 'array') || takes(shape, 'object')) {
    try {
      return JSON.parse(text) as unknown
    } catch {
      return text
    }
  }
  return text
}

/** Parts of a path that name no field of anything that JSON can hold, but what all objects share. */
const noFields: readonly string[] = ['__proto__', 'prototype', 'constructor']

/**
 * `departments.of=5` goes into the object `departments`, and only into what the body itself holds.
 * Answers the beginning of the path at which there can be no field, or null when the value is put.
 */
function put(body: Body, path: readonly string[], value: unknown): string | null {
  let inner = body
  for (const [nth, part] of path.entries()) {
    // A list grows at its end, one by one: no hole and no length is made by a path.
    const isBeyond =
      Array.isArray(inner) && !(/^(0|[1-9]\d{0,4})$/.test(part) && Number(part) <= inner.length)
    if (noFields.includes(part) || isBeyond) return path.slice(0, nth + 1).join('.')
    if (nth === path.length - 1) inner[part] = value
    else {
      const found = Object.hasOwn(inner, part) ? inner[part] : null
      const isObject = typeof found === 'object' && found !== null
      const next: Body = isObject ? (found as Body) : Object.create(null)
      inner[part] = next
      inner = next
    }
  }
  return null
}

export type Filled = Readonly<{
  body: Readonly<Record<string, unknown>>
  /** What is missing or wrong, each with its field; nothing: the body is one of its type. */
  complaints: readonly ErrorRecord[]
}>

/**
 * Fills in the body of a fact: what a person gave, then the subject and the period of the duty, then
 * the hash of his first file where the type asks for one and none is named.
 */
export function fillIn(
  type: FactType,
  given: Readonly<{
    fact: Readonly<Record<string, unknown>>
    set: readonly (readonly [string, string])[]
    occurrence: string
    subject: string
    files: readonly Readonly<{ name: string; sha256: string }>[]
  }>,
): Filled {
  const shapes = fieldsOf(type)
  const body: Body = Object.assign(Object.create(null), given.fact)
  const strange: string[] = []
  for (const [name, text] of given.set) {
    const path = name.split('.')
    const isFile = text.startsWith('@')
    const value = isFile ? hashOf(text.slice(1), given.files) : valueOf(text, shapeAt(shapes, path))
    const refused = put(body, path, value)
    if (refused !== null) strange.push(refused)
  }
  addObjects(body, shapes)
  addSubject(type, body, shapes, given.subject)
  const { period } = shapes
  if (period !== undefined && body['period'] === undefined) {
    const fits = valuesOf(period).some(
      ({ type: kind, pattern }) =>
        kind === 'string' && (pattern === undefined || new RegExp(pattern).test(given.occurrence)),
    )
    if (fits) body['period'] = given.occurrence
    else if (takes(period, 'null')) body['period'] = null
  }
  const [file] = given.files
  const empty = Object.keys(shapes).filter(
    name => isHash(shapes[name]!) && body[name] === undefined,
  )
  if (file !== undefined && empty.length === 1) body[empty[0]!] = file.sha256
  const unknown = strange.map(field => ({ code: 'unknown', field: field.slice(0, 80) }))
  return { body, complaints: [...complaintsOf(type, body), ...unknown] }
}

/** What stands in the fields of an empty form, because the duty says it. */
export const givenBy = (
  type: FactType,
  { occurrence, subject }: Readonly<{ occurrence: string; subject: string }>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fillIn(type, { fact: {}, set: [], occurrence, subject, files: [] }).body).filter(
      (one): one is [string, string] => typeof one[1] === 'string',
    ),
  )

/**
 * The field by which the type says of whom it speaks, where nothing stands in it. The organisation is
 * no subject that a fact would name, and a body that names its subject already is left as it is: what
 * else is missing must be said as missing.
 */
function addSubject(
  type: FactType,
  body: Body,
  shapes: NonNullable<Shape['properties']>,
  subject: string,
): void {
  if (subject === organisation || subjectsOf(type, body).includes(subject)) return
  for (const [name, shape] of Object.entries(shapes)) {
    if (body[name] !== undefined || !takes(shape, 'string')) continue
    if (subjectsOf(type, { ...body, [name]: subject }).includes(subject)) {
      body[name] = subject
      return
    }
  }
}

/** Of a body that is not whole yet a type may not be able to say it. */
export function subjectsOf(type: FactType, body: Readonly<Body>): readonly unknown[] {
  try {
    const keys: unknown = type.keys({ body, refs: {} } as unknown as Fact)
    return Array.isArray(keys) ? keys : []
  } catch {
    return []
  }
}

/** Objects that were not given are there and empty: so it is their fields that are missing. */
function addObjects(body: Body, shapes: NonNullable<Shape['properties']>): void {
  for (const [name, { properties }] of Object.entries(shapes)) {
    if (properties === undefined) continue
    body[name] ??= Object.create(null)
    if (typeof body[name] === 'object') addObjects(body[name] as Body, properties)
  }
}

/** `@minutes.pdf`: the hash of one of the files. What is no file of his stays as it was written. */
const hashOf = (
  name: string,
  files: readonly Readonly<{ name: string; sha256: string }>[],
): string => files.find(file => file.name === name)?.sha256 ?? `@${name}`
