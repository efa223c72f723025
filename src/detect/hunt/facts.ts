import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/** The fact type of `detect.hunt`. Machinery that writes it comes later, so it is a draft. */

const module = 'detect.hunt'

const instant = z.iso.datetime({ precision: 3 })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * People went looking for a threat that no alert had shown. What they supposed and what they found stand
 * in the record that `report` is the hash of; here stand its measures.
 */
export const huntCompleted = defineFact('threat.hunt.completed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    /** The period that it makes up for, as the calendar calls it (`2026-Q4`); null: that of its time. */
    period: z.string().min(4).max(10).nullable(),
    /** Techniques that were supposed, by their numbers in ATT&CK. */
    techniques: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)).max(64),
    /** Log sources that were searched, and the span of time in them. */
    sources: z.array(z.string().min(1).max(100)).max(128),
    from: instant,
    until: instant,
    /** What was found and handed on, and what was looked at and set aside. */
    found: z.int().nonnegative(),
    dismissed: z.int().nonnegative(),
    report: sha256.nullable(),
  }),
})
