import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { delivered } from '../alive.ts'
import { alterationFound, dataSets, detectionGapMeasured, integrityChecked } from '../facts.ts'

/**
 * In each window the integrity of every protected set was checked, no check found a difference that no
 * approved change explains, and no audit found records altered without one.
 */
export const noUnauthorisedAlteration = objective({
  id: 'protect.data.no-unauthorised-alteration',
  version: 1,
  owner: 'development',
  params: {
    listFresh: 'P90D',
    discoveryFresh: 'P7D',
    window: 'P1M',
    badAtMost: 0,
    samplesAtLeast: 1,
    blindAtMost: 10_000,
    aliveFresh: 'PT1H',
  },
  population: dataSets(body => body.isProtected),
  window: { every: p => String(p['window']), zone: organisationZone },
  good: [
    {
      type: integrityChecked,
      key: f => f.body.set,
      if: f => f.body.records > 0 && f.body.differing <= f.body.explained,
    },
  ],
  bad: [
    { type: integrityChecked, key: f => f.body.set, if: f => f.body.differing > f.body.explained },
    { type: alterationFound, key: f => f.body.set, if: f => f.body.change === null },
  ],
  level: { badAtMost: p => Number(p['badAtMost']) },
  minSamples: p => Number(p['samplesAtLeast']),
  blind: [
    {
      type: detectionGapMeasured,
      key: f => f.body.sets,
      if: f => f.body.detector === 'record-audit',
      amount: f => f.body.minutes,
    },
  ],
  blindAtMost: p => Number(p['blindAtMost']),
  alive: [delivered('record-audit')],
  aliveFresh: p => String(p['aliveFresh']),
})
