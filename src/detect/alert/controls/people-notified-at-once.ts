import { clock } from '../../../core/control/clock.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { alertDelivered, alertRaised, pipelineAlive } from '../facts.ts'

/**
 * Within `limit` of an important event – an alert of level high or critical – its notice is on the device
 * of a person. That it was handed over to a carrier is not enough.
 */
export const peopleNotified = clock({
  id: 'detect.alert.people-notified-at-once',
  version: 1,
  owner: 'monitoring',
  params: { limit: 'PT5M', window: 'P30D', aliveFresh: 'PT15M' },
  zone: organisationZone,
  start: [
    {
      type: alertRaised,
      key: f => f.body.alert,
      if: ({ body }) => body.level === 'high' || body.level === 'critical',
    },
  ],
  stop: [
    {
      type: alertDelivered,
      key: f => f.body.alert,
      if: ({ body }) => body.receipt !== 'handed-over',
    },
  ],
  limit: (_facts, params) => String(params['limit']),
  window: params => String(params['window']),
  // Ten thousand alerts a year: what ended is forgotten when no report asks for it any more.
  remember: 'P90D',
  alive: [pipelineAlive],
  aliveFresh: params => String(params['aliveFresh']),
  drill: facts => facts.body(alertRaised)?.drill === true,
})
