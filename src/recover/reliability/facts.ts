import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/** The fact type of `recover.reliability`: what this version of Okite went through before it was handed out. */

const name = z.string().regex(/^[a-z][a-z-]{0,39}$/)
const count = z.int().nonnegative()

/**
 * The campaign of faults of the version that runs here, as its makers found it. `hash` is of the whole
 * report, which is part of the program. Each promise held each time: else it would not have been handed out.
 */
export const campaignReported = defineFact('product.campaign.reported', {
  module: 'recover.reliability',
  draft: true,
  trusts: ['record'],
  schema: z.strictObject({
    version: z.string().min(1).max(40),
    on: z.string().regex(/^\d{4}-\d\d-\d\d$/),
    faults: z
      .array(z.strictObject({ fault: name, times: count, seed: count }))
      .min(1)
      .max(100),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
  }),
})
