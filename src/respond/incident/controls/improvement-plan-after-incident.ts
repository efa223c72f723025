import { clock } from '../../../core/control/clock.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import {
  cancelled,
  improvementApproved,
  incidentClosed,
  registerAlive,
  reviewHeld,
} from '../facts.ts'

/**
 * Within `limit` of the closing of an incident a review was held, and a plan of what is to become better
 * was approved by another than who wrote it. An incident that is closed once more needs both once more.
 */
export const improvementPlanAfterIncident = clock({
  id: 'respond.incident.improvement-plan-after-incident',
  version: 1,
  owner: 'incident-response',
  // Half a year: what an incident taught is told in the reports of two quarters.
  params: { limit: 'P1M', window: 'P180D', aliveFresh: 'P1D' },
  zone: organisationZone,
  start: [{ type: incidentClosed, key: f => f.body.incident }],
  stop: [
    { type: reviewHeld, key: f => f.body.incident },
    {
      type: improvementApproved,
      key: f => f.body.incident,
      if: ({ refs }) =>
        refs['by'] !== undefined &&
        refs['approver'] !== undefined &&
        refs['by'] !== refs['approver'],
    },
  ],
  stopNeeds: 'all',
  limit: (_facts, params) => String(params['limit']),
  reopen: { type: incidentClosed, key: f => f.body.incident },
  cancel: cancelled,
  window: params => String(params['window']),
  alive: [registerAlive],
  aliveFresh: params => String(params['aliveFresh']),
  drill: facts => facts.body(incidentClosed)?.drill === true,
})
