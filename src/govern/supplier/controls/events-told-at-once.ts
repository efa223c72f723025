import { clock } from '../../../core/control/clock.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { watermarkAdvanced } from '../../../core/facts.ts'
import { eventDismissed, eventNoticed, eventTold } from '../facts.ts'

/**
 * From the moment that a supplier notices a security event touching us until his notice reaches us no
 * more than the limit passes. Who watches for such events (their notices, the news) must be alive: a
 * silent watcher is no good news. An exercise of the notice counts.
 */
export const eventsToldAtOnce = clock({
  id: 'govern.supplier.events-told-at-once',
  version: 1,
  owner: 'procurement',
  params: { limit: 'PT24H', window: 'P1Y', aliveFresh: 'P1D' },
  alive: [{ type: watermarkAdvanced, if: f => f.body.source === 'supplier-events' }],
  aliveFresh: params => String(params['aliveFresh']),
  start: [{ type: eventNoticed, key: f => f.body.event }],
  stop: [{ type: eventTold, key: f => f.body.event }],
  cancel: {
    type: eventDismissed,
    key: f => f.body.event,
    if: ({ refs: { by, second } }) => by !== undefined && second !== undefined && by !== second,
  },
  limit: (_facts, params) => String(params['limit']),
  window: params => String(params['window']),
  zone: organisationZone,
  drill: facts => facts.body(eventNoticed)?.drill === true,
})
