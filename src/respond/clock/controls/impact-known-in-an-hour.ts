import { clock } from '../../../core/control/clock.ts'
import { impactRecorded } from '../../incident/facts.ts'
import { fromDetection, incidentLeg, incidentOf, legParams } from '../incident-leg.ts'

/** Within `limit` of detection no system and no data are left of which nobody knows whether they are affected. */
export const impactKnown = clock({
  ...incidentLeg,
  ...fromDetection,
  id: 'respond.clock.impact-known-in-an-hour',
  owner: 'incident-response',
  params: { limit: 'PT1H', ...legParams },
  stop: [{ type: impactRecorded, key: incidentOf, if: f => f.body.undetermined === 0 }],
})
