import { z } from 'zod'
import type { FactType } from '../fact.ts'
import { namings } from './naming.ts'

/** What JSON Schema says of a value, as far as a form needs it. */
export type Shape = Readonly<{
  type?: string
  format?: string
  pattern?: string
  enum?: readonly unknown[]
  anyOf?: readonly Shape[]
  properties?: Readonly<Record<string, Shape>>
  required?: readonly string[]
  items?: Shape
  /** The register, or the offices, of which it names one (`naming`). */
  names?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}>

/** Every type's schema is an object. */
export const shapeOfType = (type: FactType): Shape =>
  z.toJSONSchema(type.schema, { io: 'input', metadata: namings }) as Shape

/** The value itself, and null or others that it may be instead. */
export const valuesOf = (shape: Shape): readonly Shape[] =>
  shape.anyOf?.flatMap(valuesOf) ?? [shape]

export const takes = (shape: Shape, type: string): boolean =>
  valuesOf(shape).some(one => one.type === type || (type === 'string' && one.enum !== undefined))

/** A field that holds the SHA-256 of a document: what evidence files are for. */
export const isHash = (shape: Shape): boolean =>
  valuesOf(shape).some(one => one.pattern?.includes('[0-9a-f]{64}') === true)
