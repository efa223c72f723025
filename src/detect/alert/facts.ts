import { z } from 'zod'
import type { Match } from '../../core/control/kind.ts'
import { defineFact } from '../../core/fact.ts'
import { watermarkAdvanced } from '../../core/facts.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `detect.alert`: who keeps watch, what monitoring raises, and whom it reaches.
 * Machinery that writes them comes later, so they are drafts.
 */

const module = 'detect.alert'

const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const alert = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._:-]{0,79}$/)
const keys = (f: { body: { alert: string } }) => [f.body.alert]

/**
 * The watch from `from` to `until`, minute by minute: analysts on the roster, signed in at the console,
 * and answering its calls for a sign of life (the fewest of each), and the minutes in which none was all
 * three. `unreadMinutes`: those before `from` since the last such fact, of which nobody can tell.
 */
export const watchObserved = defineFact('watch.presence.observed', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({
    from: instant,
    until: instant,
    rostered: count,
    signedIn: count,
    answering: count,
    unwatchedMinutes: count,
    unreadMinutes: count,
  }),
})

/** Levels of Sigma; what is of one of the two highest is an important event. */
const level = z.enum(['informational', 'low', 'medium', 'high', 'critical'])

/** Monitoring raised an alert. It occurred when the event did that it tells of. */
export const alertRaised = defineFact('alert.raised', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys,
  schema: z.strictObject({ alert, rule: z.string().min(1).max(80), level, drill: z.boolean() }),
})

/** What became of an alert on its way to a person: handed over, shown by the device, opened by him. */
export const alertDelivered = defineFact('alert.delivered', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys,
  schema: z.strictObject({
    alert,
    person,
    channel: z.enum(['telephone', 'message', 'mail', 'console']),
    receipt: z.enum(['handed-over', 'shown', 'opened']),
  }),
})

/** The pipeline from event to alert delivers: how far, it says itself. */
export const pipelineAlive: Match = {
  type: watermarkAdvanced,
  if: f => f.body.source.startsWith('alert-pipeline@'),
}
