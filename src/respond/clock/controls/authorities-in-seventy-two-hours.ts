import { clock } from '../../../core/control/clock.ts'
import {
  categoryRecorded,
  majorAgain,
  majorKnown,
  majorNoMore,
  reportAccepted,
} from '../../incident/facts.ts'
import { incidentLeg, incidentOf, legParams } from '../incident-leg.ts'

/**
 * Within `limit` of knowing that an incident is major, the last of the authorities has accepted the
 * report. Held for less, by two persons, it is owed no more (a false alarm is held for nothing); held for
 * major again, a new leg begins.
 */
export const authorities = clock({
  ...incidentLeg,
  id: 'respond.clock.authorities-in-seventy-two-hours',
  owner: 'legal',
  params: { limit: 'PT72H', ...legParams },
  start: [majorKnown],
  stop: [{ type: reportAccepted, key: incidentOf, if: ({ body }) => body.outstanding === 0 }],
  cancel: majorNoMore,
  reopen: majorAgain,
  drill: facts => facts.body(categoryRecorded)?.drill === true,
})
