import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { measuresNamed, scoreMeasured } from '../facts.ts'

/**
 * By each measure (test, mock phishing, survey) the mean of a window is not below that of the window
 * before. The measures are those that the policy names, so no person has to declare them.
 */
export const awarenessNotFalling = objective({
  id: 'protect.awareness.awareness-not-falling',
  version: 1,
  owner: 'education',
  params: { window: 'P1Y', scoreDropAtMost: 0, samplesAtLeast: 1 },
  population: {
    id: 'protect.awareness.measures',
    enter: { type: measuresNamed, key: f => f.body.measures },
    complete: { type: measuresNamed },
    // They are part of the control and do not grow old.
    fresh: 'P100Y',
  },
  window: { every: params => String(params['window']), zone: organisationZone },
  good: [{ type: scoreMeasured, key: f => f.body.measure, amount: f => f.body.score }],
  level: { trend: 'notWorse', tolerance: params => Number(params['scoreDropAtMost']) },
  minSamples: params => Number(params['samplesAtLeast']),
  // Scores come when there are some; a window without any is no window.
  blindAtMost: 0,
})
