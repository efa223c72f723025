import { clock } from '../../../core/control/clock.ts'
import { sumOf } from '../../../core/time.ts'
import { caseResolved, satisfactionAsked } from '../facts.ts'
import { caseOf, cases } from '../parts.ts'

/**
 * When a case has been resolved for so long, and not before, the desk asks within the grace whether
 * the person is satisfied. To have asked too early is not to have asked.
 */
export const satisfactionAskedAfterThirtyDays = clock({
  id: 'govern.desk.satisfaction-asked-after-thirty-days',
  version: 1,
  owner: 'desk',
  params: { limit: 'P30D', grace: 'P3D', window: 'P90D', aliveFresh: 'PT1H' },
  ...cases,
  start: [{ type: caseResolved, key: caseOf }],
  stop: [{ type: satisfactionAsked, key: caseOf }],
  notBefore: params => String(params['limit']),
  // Nothing can be added to business days, so there is no grace on them.
  limit: (_facts, { limit, grace }) => sumOf(String(limit), String(grace)) ?? String(limit),
})
