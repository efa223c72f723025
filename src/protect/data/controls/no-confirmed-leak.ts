import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { delivered } from '../alive.ts'
import { detectionGapMeasured, disclosureConfirmed } from '../facts.ts'

/**
 * In no window was it confirmed that data reached somebody without permission. None is only good news
 * while those who would notice are watching: data-loss prevention, and anomalies of access.
 */
export const noConfirmedLeak = objective({
  id: 'protect.data.no-confirmed-leak',
  version: 1,
  owner: 'ciso',
  params: { window: 'P1M', badAtMost: 0, blindAtMost: 10_000, aliveFresh: 'PT1H' },
  window: { every: p => String(p['window']), zone: organisationZone },
  bad: [{ type: disclosureConfirmed }],
  level: { badAtMost: p => Number(p['badAtMost']) },
  blind: [
    {
      type: detectionGapMeasured,
      if: f => f.body.detector !== 'record-audit',
      amount: f => f.body.minutes,
    },
  ],
  blindAtMost: p => Number(p['blindAtMost']),
  alive: [delivered('dlp'), delivered('access-anomaly')],
  aliveFresh: p => String(p['aliveFresh']),
})
