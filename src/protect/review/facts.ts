import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/**
 * The fact types of `protect.review`: what a reviewer decided of an account, and whether what he took
 * away is gone. Machinery that writes them comes later, so they are drafts.
 */

const module = 'protect.review'

const account = z.string().regex(/^a-[a-z0-9]{1,24}$/)
const right = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)
/** The quarter that is gone through, as people call it: `2026-Q4`. */
const period = z.string().min(1).max(20)

/**
 * One account gone through. `reading` is the hash of the rights that were before the reviewer: they
 * are decided one and all, and what stands in `remove` is to go. `holder`: who uses the account or
 * answers for it; nobody reviews himself.
 */
export const accountDecided = defineFact('review.account.decided', {
  module,
  draft: true,
  slots: ['by', 'holder'],
  trusts: ['record'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account,
    period,
    reading: z.string().regex(/^[0-9a-f]{64}$/),
    remove: z.array(right).max(96),
  }),
})

/** The systems were read after a decision: how many of the rights that were to go are still there. */
export const removalMeasured = defineFact('review.removal.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account,
    period,
    removed: z.int().nonnegative(),
    remaining: z.int().nonnegative(),
  }),
})
