import { clock } from '../../../core/control/clock.ts'
import { dutyRecognised, noticeDelivered, reportAccepted } from '../../incident/facts.ts'
import { incidentLeg, incidentOf, legParams } from '../incident-leg.ts'

/**
 * Within `limit` of knowing that an incident must be reported, the last of the authorities has accepted
 * the report and the notice has reached every customer concerned. What must be reported later begins a
 * leg of its own.
 */
export const authoritiesAndCustomers = clock({
  ...incidentLeg,
  id: 'respond.clock.authorities-and-customers-in-seventy-two-hours',
  owner: 'legal',
  params: { limit: 'PT72H', ...legParams },
  start: [{ type: dutyRecognised, key: incidentOf }],
  stop: [
    { type: reportAccepted, key: incidentOf, if: ({ body }) => body.outstanding === 0 },
    { type: noticeDelivered, key: incidentOf, if: ({ body }) => body.delivered >= body.customers },
  ],
  stopNeeds: 'all',
  reopen: { type: dutyRecognised, key: incidentOf },
  drill: facts => facts.body(dutyRecognised)?.drill === true,
})
