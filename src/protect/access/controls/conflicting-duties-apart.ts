import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { watermarkAdvanced } from '../../../core/facts.ts'
import { dutyPairs, workflowLog, workMeasured } from '../facts.ts'

/**
 * No piece of work took effect with one person in both duties of a pair, or with one of the two
 * duties left out. Counted for each pair over a window, while workflow records keep coming.
 */
export const conflictingDutiesApart = objective({
  id: 'protect.access.conflicting-duties-apart',
  version: 1,
  owner: 'ciso',
  params: {
    badAtMost: 0,
    window: 'P1M',
    aliveFresh: 'P1D',
    listFresh: 'P1Y',
    comparedFresh: 'P30D',
  },
  population: dutyPairs(),
  window: { every: params => String(params['window']), zone: organisationZone },
  bad: [
    {
      type: workMeasured,
      key: f => f.body.pair,
      if: f => f.body.shared > 0 || f.body.missing > 0,
    },
  ],
  level: { badAtMost: params => Number(params['badAtMost']) },
  blindAtMost: 0,
  alive: [{ type: watermarkAdvanced, if: f => f.body.source === workflowLog }],
  aliveFresh: params => String(params['aliveFresh']),
})
