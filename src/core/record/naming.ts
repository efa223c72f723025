import { z } from 'zod'

/** The offices that the policy names; everything else that is named stands in the register of that word. */
export const office = 'office'

/**
 * What fields name, apart from their schemas: a form offers what there is, and what a type is on the list
 * (M2) says nothing of registers, which may be called otherwise one day.
 */
export const namings = z.registry<Readonly<{ names: string }>>()

/**
 * A field whose value is the number of an entry of a register, or the word of an office. It is offered to
 * whoever may read that register; whether the entry exists is, as ever, for the control to judge.
 *
 * @param register the word of its routes: `person`, `asset`; or `office`
 */
export function naming<S extends z.ZodType>(register: string, schema: S): S {
  // A copy: other fields may have the same form and name nothing.
  const named = schema.clone()
  namings.add(named, { names: register })
  return named
}
