import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/**
 * The fact types of `govern.report`: metrics as they were frozen and reviewed, and reports as they were
 * delivered and taken note of. Machinery comes later: drafts.
 */

const module = 'govern.report'

const count = z.int().nonnegative()
const name = z.string().min(1).max(80)
/** Of the content, so that what was read is what was delivered. */
const hash = z.string().regex(/^[0-9a-f]{64}$/)
/** The month or quarter it is for, where it is told late: `2026-07`, `2026-Q3`. */
const period = z
  .string()
  .regex(/^\d{4}-(\d\d|Q[1-4])$/)
  .nullable()

/** The metrics of security were computed and frozen. `unmeasured`: those that had no value. */
export const metricsTaken = defineFact('report.metrics.taken', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({ metrics: count, unmeasured: count, hash, period }),
})

/** A named person went through them: what was decided, or that nothing needed to be. */
export const metricsReviewed = defineFact('report.metrics.reviewed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    hash,
    /** Improvements that were decided on. */
    decisions: count,
    /** Why there are none; null where there are. */
    because: z.string().min(1).max(400).nullable(),
    period,
  }),
})

const delivered = z.strictObject({ report: name, metrics: count, hash, period })

/** The dashboard went to management. */
export const dashboardDelivered = defineFact('report.dashboard.delivered', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.report],
  schema: delivered,
})

/** Somebody of management opened it. */
export const dashboardRead = defineFact('report.dashboard.read', {
  module,
  draft: true,
  slots: ['by', 'reader'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.report],
  schema: z.strictObject({ report: name, hash, period }),
})

/** The report on risk went to the board. */
export const boardDelivered = defineFact('report.board.delivered', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.report],
  schema: z.strictObject({ report: name, risks: count, hash, period }),
})

/** The board took note of it: the item of its minutes. */
export const boardMinuted = defineFact('report.board.minuted', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.report],
  schema: z.strictObject({ report: name, meeting: z.iso.date(), item: name, hash, period }),
})
