import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/** The fact types of `govern.duty`. What a duty is, controls say; here stands which doing was for which. */

const module = 'govern.duty'
const name = z.string().min(1).max(200)

/**
 * A person did what a duty asks for: the fact at `of` is what he recorded, and these files show it.
 * Whether it counts, and for which period, the control says from the fact itself.
 */
export const dutyDone = defineFact('duty.doing.recorded', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.subject],
  schema: z.strictObject({
    control: name,
    subject: name,
    occurrence: name,
    of: z.int().nonnegative(),
    files: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(16),
  }),
})
