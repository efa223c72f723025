import { clock } from '../../../core/control/clock.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { availabilityMeasured, outageBegan, outageEnded } from '../../availability/facts.ts'
import { drillBegan, drillRestored } from '../facts.ts'

/**
 * Each outage, and each drill that stands in for one, ends within the limit: from the first minute in
 * which the service did not answer to the first in which it did again. Without any case in the window
 * it was not shown, and without probes nobody would know.
 */
export const outageRestored = clock({
  id: 'recover.continuity.outage-restored-in-four-hours',
  version: 2,
  owner: 'continuity',
  params: { limit: 'PT4H', window: 'P90D', aliveFresh: 'PT75M' },
  alive: [{ type: availabilityMeasured, if: f => f.body.blind < f.body.minutes }],
  aliveFresh: params => String(params['aliveFresh']),
  start: [
    { type: outageBegan, key: f => f.body.outage },
    { type: drillBegan, key: f => f.body.drill },
  ],
  stop: [
    { type: outageEnded, byHand: [], key: f => f.body.outage },
    { type: drillRestored, key: f => f.body.drill },
  ],
  limit: (_facts, params) => String(params['limit']),
  window: params => String(params['window']),
  zone: organisationZone,
  drill: facts => facts.body(drillBegan) !== null,
})
