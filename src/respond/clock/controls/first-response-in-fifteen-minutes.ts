import { clock } from '../../../core/control/clock.ts'
import { actionBegun, incidentAcknowledged } from '../../incident/facts.ts'
import { fromDetection, incidentLeg, incidentOf, isNamed, legParams } from '../incident-leg.ts'

/** Within `limit` of detection a named person has taken the report, and one has begun to act. */
export const firstResponse = clock({
  ...incidentLeg,
  ...fromDetection,
  id: 'respond.clock.first-response-in-fifteen-minutes',
  owner: 'incident-response',
  params: { limit: 'PT15M', ...legParams },
  stop: [
    { type: incidentAcknowledged, key: incidentOf, if: isNamed },
    { type: actionBegun, key: incidentOf, if: isNamed },
  ],
  stopNeeds: 'all',
})
