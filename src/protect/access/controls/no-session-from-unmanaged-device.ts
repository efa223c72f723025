import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { deviceMeasured } from '../facts.ts'

/**
 * No session came about on a device that is not in the register, or that did not prove to be the one
 * in it. It rests on somebody watching: a judge says so whenever the log of sign-ins has been compared.
 */
export const noSessionFromUnmanagedDevice = objective({
  id: 'protect.access.no-session-from-unmanaged-device',
  version: 1,
  owner: 'identity',
  params: { badAtMost: 0, window: 'P1M', aliveFresh: 'PT1H' },
  window: { every: params => String(params['window']), zone: organisationZone },
  bad: [{ type: deviceMeasured, if: f => f.body.unmanaged > 0 }],
  level: { badAtMost: params => Number(params['badAtMost']) },
  blindAtMost: 0,
  alive: [{ type: deviceMeasured, if: f => f.body.unmanaged === 0 }],
  aliveFresh: params => String(params['aliveFresh']),
})
