import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { trainingCompleted } from '../facts.ts'
import { learning } from '../parts.ts'

/** Of the completions in a window, so large a share stands with the result of a test on the course. */
export const comprehensionTested = objective({
  id: 'protect.awareness.comprehension-tested',
  version: 1,
  owner: 'education',
  params: { window: 'P1M', ratioAtLeast: 1_000_000, samplesAtLeast: 1, aliveFresh: 'P1D' },
  window: { every: params => String(params['window']), zone: organisationZone },
  good: [{ type: trainingCompleted, byHand: [trainingCompleted], if: f => f.body.test !== null }],
  bad: [{ type: trainingCompleted, if: f => f.body.test === null }],
  level: { ratioAtLeast: params => Number(params['ratioAtLeast']) },
  total: 'samples',
  minSamples: params => Number(params['samplesAtLeast']),
  // There is no word of a gap: where completions are kept they are not lost, only told late.
  blindAtMost: 0,
  alive: learning,
  aliveFresh: params => String(params['aliveFresh']),
})
