import { organisationZone, type Params } from '../../../core/control/kind.ts'
import type { Instant } from '../../../core/fact.ts'
import { createCalendars } from '../../../core/time.ts'

/** Days and months are counted in the organisation's zone, without a table of holidays. */
const calendars = createCalendars()

/** `at` plus the duration that a parameter says. */
export const after = (at: Instant, parameter: string, params: Params): Instant =>
  calendars.add(at, String(params[parameter]), organisationZone(params))
