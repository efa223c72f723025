import { clock } from '../../../core/control/clock.ts'
import { containmentDeclared } from '../../incident/facts.ts'
import { fromDetection, incidentLeg, incidentOf, legParams } from '../incident-leg.ts'

/** Within `limit` of detection as many systems are isolated as are affected. */
export const contained = clock({
  ...incidentLeg,
  ...fromDetection,
  id: 'respond.clock.contained-in-two-hours',
  owner: 'incident-response',
  params: { limit: 'PT2H', ...legParams },
  stop: [
    {
      type: containmentDeclared,
      key: incidentOf,
      if: ({ body }) => body.isolated >= body.affected,
    },
  ],
})
