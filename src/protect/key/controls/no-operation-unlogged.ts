import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { logMeasured } from '../facts.ts'

/**
 * No number is missing from the logs in which services count their operations on keys. It rests on
 * somebody watching: a judge says so whenever the logs of all services of the list reach further.
 */
export const noOperationUnlogged = objective({
  id: 'protect.key.no-operation-unlogged',
  version: 1,
  owner: 'infrastructure',
  params: { badAtMost: 0, window: 'P1M', aliveFresh: 'PT4H' },
  window: { every: params => String(params['window']), zone: organisationZone },
  bad: [{ type: logMeasured, if: f => f.body.missing > 0, amount: f => f.body.missing }],
  level: { badAtMost: params => Number(params['badAtMost']) },
  blindAtMost: 0,
  alive: [{ type: logMeasured, if: f => f.body.missing === 0 }],
  aliveFresh: params => String(params['aliveFresh']),
})
