import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/** The fact type of `govern.risk`: an assessment of risk and who approved it. Machinery comes later: a draft. */

const module = 'govern.risk'

/**
 * An assessment was approved. `areas`: what the organisation consists of, and how much of that was
 * assessed; `assessor` and `approver` are two persons. `period`: which it is for, where it is told late.
 */
export const assessmentApproved = defineFact('risk.assessment.approved', {
  module,
  draft: true,
  slots: ['by', 'assessor', 'approver'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.assessment],
  schema: z.strictObject({
    assessment: z.string().min(1).max(80),
    areas: z.int().positive(),
    areasAssessed: z.int().nonnegative(),
    risks: z.int().nonnegative(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    period: z
      .string()
      .regex(/^\d{4}(-(\d\d|Q[1-4]))?$/)
      .nullable(),
  }),
})
