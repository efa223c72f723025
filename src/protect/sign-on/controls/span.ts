import { organisationZone, type Params, type Reason } from '../../../core/control/kind.ts'
import type { Duration, Instant } from '../../../core/fact.ts'
import { createCalendars } from '../../../core/time.ts'

/** Days and months are counted in the organisation's zone, without a table of holidays. */
const calendars = createCalendars()

/** `at` plus the duration that a parameter says. */
export const after = (at: Instant, parameter: string, params: Params): Instant =>
  calendars.add(at, String(params[parameter]) satisfies Duration, organisationZone(params))

/** A count over a short time proves little: why it does not answer the question, or null. */
export function tooShort(
  body: Readonly<{ from: Instant; to: Instant }>,
  params: Params,
): Readonly<{ status: 'unknown'; reason: Reason }> | null {
  return after(body.from, 'signInsCountedOver', params) <= body.to
    ? null
    : { status: 'unknown', reason: { code: 'sign-on.count.short', args: {} } }
}
