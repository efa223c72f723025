import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/**
 * The fact types of `detect.event`: what arrives from each log source, and what analysis made of a mark
 * that was put in there. Machinery that writes them comes later, so they are drafts.
 */

const module = 'detect.event'

const source = z.string().regex(/^[a-z0-9][a-z0-9._:/@-]{0,99}$/)
const instant = z.iso.datetime({ precision: 3 })
const keys = (f: { body: { source: string } }) => [f.body.source]

/** What came from a source since it was last counted, and how old the newest of it was on arrival. */
export const eventsReceived = defineFact('log.source.received', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys,
  schema: z.strictObject({
    source,
    from: instant,
    until: instant,
    events: z.int().nonnegative(),
    delayMs: z.int().nonnegative(),
  }),
})

/**
 * A harmless mark was planted at a source, and the analysis was watched: when a rule raised an alert for
 * it (null: none did within the wait), and how many sources that rule had put together.
 */
export const detectionTested = defineFact('detection.test.ended', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys,
  schema: z.strictObject({
    source,
    drill: z.boolean(),
    rule: z.string().min(1).max(80),
    planted: instant,
    alerted: instant.nullable(),
    sourcesJoined: z.int().nonnegative(),
  }),
})
