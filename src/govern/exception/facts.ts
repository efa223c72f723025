import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `govern.exception`: who asks for a deviation and why, and what became of it. That it
 * is granted and that it ended are core's own facts (`exception.granted`, `exception.ended`), because
 * every control reads them.
 */

const module = 'govern.exception'

const name = z.string().min(1).max(200)

/** What an exception is about: a control, and one of its subjects; null: the whole of it. */
const about = { control: name, subject: name.nullable() }

/** One exception stands for a control and a subject; controls have no space in their names. */
export const idOf = ({
  control,
  subject,
}: Readonly<{ control: string; subject: string | null }>) =>
  subject === null ? control : `${control} ${subject}`

/** Somebody asks: until the end of which day, why, and what protects meanwhile. A later one takes its place. */
export const exceptionRequested = defineFact('exception.requested', {
  module,
  draft: true,
  slots: ['by', 'reason', 'measure'],
  trusts: ['record'],
  keys: f => [idOf(f.body)],
  schema: z.strictObject({ ...about, until: z.iso.date() }),
})

/** Another person does not agree, or who asked takes it back. What was granted before stays. */
export const exceptionDeclined = defineFact('exception.declined', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  keys: f => [idOf(f.body)],
  schema: z.strictObject({ ...about, request: z.int().nonnegative() }),
})

/** Why it ends before its time; that it does is said by `exception.ended`. */
export const exceptionRevoked = defineFact('exception.revoked', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  keys: f => [idOf(f.body)],
  schema: z.strictObject(about),
})

export const requestImportBegun = importBegun('exception.import.begun', module)
export const requestImportEnded = importEnded('exception.import.ended', module)
