import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { delivered } from '../alive.ts'
import { sessionsMeasured, watchGapMeasured } from '../facts.ts'

/**
 * In no window did a remote session come in outside the VPN. A broker counts as one when a named person
 * has approved it. None is only good news while the logs of the gateways and of the perimeter arrive.
 */
export const noRemoteSessionOutsideVpn = objective({
  id: 'protect.network.no-remote-session-outside-vpn',
  version: 1,
  owner: 'infrastructure',
  params: { window: 'P1M', badAtMost: 0, blindAtMost: 10_000, aliveFresh: 'PT1H' },
  window: { every: p => String(p['window']), zone: organisationZone },
  bad: [{ type: sessionsMeasured, if: f => f.body.outside > 0, amount: f => f.body.outside }],
  level: { badAtMost: p => Number(p['badAtMost']) },
  blind: [{ type: watchGapMeasured, amount: f => f.body.minutes }],
  blindAtMost: p => Number(p['blindAtMost']),
  alive: [delivered('remote-access'), delivered('perimeter')],
  aliveFresh: p => String(p['aliveFresh']),
})
