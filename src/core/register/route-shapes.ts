import { z } from 'zod'
import { encodings } from './encoding.ts'
import type { Complaint } from './import.ts'
import { sourceName } from './import-facts.ts'
import { columnKinds, type ViewColumn } from './view.ts'

/** What routes of registers are asked and answer. */

export const text = (max: number) => z.string().max(max)
/** A cell has at most a thousand characters; what is longer is refused by its column, not by the form. */
export const typed = text(100_000)

/** What a query may say besides a filter for each column. */
export const asked = {
  sort: text(40).optional(),
  order: z.enum(['up', 'down']).default('up'),
  text: text(200).default(''),
  closed: z.enum(['yes', 'no']).default('no'),
}
/** Names that no column may have, because a query already means something else by them. */
export const reserved = [...Object.keys(asked), 'offset', 'limit', 'format', 'mark']

export const row = z.object({
  id: z.string(),
  version: z.int(),
  closed: z.boolean(),
  values: z.record(z.string(), z.string()),
})

export const complaint = z.object({
  line: z.int(),
  code: z.string(),
  column: z.string().nullable(),
  why: z.string().nullable(),
})

export const told = z.object({
  pos: z.int(),
  type: z.string(),
  occurred: z.string(),
  recorded: z.string(),
  source: z.string(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
  changes: z.array(z.object({ column: z.string(), was: z.string(), is: z.string() })),
})

export const columnShape = z.object({
  name: z.string(),
  /** Its label in the catalogues. */
  label: z.string(),
  kind: z.enum(columnKinds),
  width: z.int(),
  choices: z.array(z.string()),
  isPersonal: z.boolean(),
  isFixed: z.boolean(),
  isShownOnly: z.boolean(),
  isRequired: z.boolean(),
  of: z.object({ register: z.string(), by: z.string().nullable() }).nullable(),
})

export const fileAsked = {
  source: sourceName,
  encoding: z.enum(encodings).optional(),
  dry: z.enum(['yes', 'no']).default('no'),
}

export const shapeOf = (column: ViewColumn, label: string): z.infer<typeof columnShape> => ({
  ...{ name: column.name, label, kind: column.kind, width: column.width },
  ...{ choices: [...(column.choices ?? [])], isPersonal: column.isPersonal === true },
  ...{ isFixed: column.isFixed === true, isShownOnly: column.isShownOnly === true },
  isRequired: column.isRequired === true,
  of: column.of === undefined ? null : { register: column.of.register, by: column.of.by ?? null },
})

export const complaintOf = ({ line, error: { code, data } }: Complaint) => ({
  line,
  code,
  column: typeof data['column'] === 'string' ? data['column'] : null,
  why: typeof data['why'] === 'string' ? data['why'] : null,
})
