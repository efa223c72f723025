import { clock } from '../../../core/control/clock.ts'
import { causeRemoved, serviceRestored } from '../../incident/facts.ts'
import { fromDetection, incidentLeg, incidentOf, legParams } from '../incident-leg.ts'

/** Within `limit` of detection the cause is gone from wherever it was found, and every stopped service answers. */
export const recovered = clock({
  ...incidentLeg,
  ...fromDetection,
  id: 'respond.clock.recovered-in-four-hours',
  owner: 'incident-response',
  params: { limit: 'PT4H', ...legParams },
  stop: [
    { type: causeRemoved, key: incidentOf, if: ({ body }) => body.removed >= body.found },
    { type: serviceRestored, key: incidentOf, if: ({ body }) => body.answering >= body.stopped },
  ],
  stopNeeds: 'all',
})
