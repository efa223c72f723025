import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { placeMeasured } from '../facts.ts'

/**
 * No sign-in succeeded from a place that is not on the list. It rests on somebody watching: a judge
 * says so whenever the log of sign-ins has been compared with a list that holds.
 */
export const noSignInFromElsewhere = objective({
  id: 'protect.access.no-sign-in-from-elsewhere',
  version: 1,
  owner: 'identity',
  params: { badAtMost: 0, window: 'P1M', aliveFresh: 'PT1H' },
  window: { every: params => String(params['window']), zone: organisationZone },
  bad: [{ type: placeMeasured, if: f => f.body.elsewhere > 0 }],
  level: { badAtMost: params => Number(params['badAtMost']) },
  blindAtMost: 0,
  alive: [{ type: placeMeasured, if: f => f.body.elsewhere === 0 }],
  aliveFresh: params => String(params['aliveFresh']),
})
