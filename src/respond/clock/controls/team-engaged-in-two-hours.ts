import { clock } from '../../../core/control/clock.ts'
import { teamEngaged } from '../../incident/facts.ts'
import { fromDetection, incidentLeg, incidentOf, legParams } from '../incident-leg.ts'

/** Within `limit` of detection somebody of the emergency team is at work in each of its roles. */
export const engaged = clock({
  ...incidentLeg,
  ...fromDetection,
  id: 'respond.clock.team-engaged-in-two-hours',
  owner: 'incident-response',
  params: { limit: 'PT2H', ...legParams },
  stop: [
    {
      type: teamEngaged,
      key: incidentOf,
      if: ({ body }) => body.present.length > 0 && body.absent.length === 0,
    },
  ],
})
