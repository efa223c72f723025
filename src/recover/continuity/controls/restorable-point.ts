import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import type { Params } from '../../../core/judge.ts'
import { parseDuration } from '../../../core/time.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { exposureMeasured } from '../facts.ts'

/**
 * At no moment of the window was the newest state, to which a service could have been brought back,
 * older than the limit. One such moment breaks the window; a silence is no such moment, but too much of
 * it leaves the question open.
 */
export const newestRestorablePoint = objective({
  id: 'recover.continuity.newest-restorable-point-within-an-hour',
  version: 1,
  owner: 'continuity',
  params: {
    limit: 'PT1H',
    window: 'P1M',
    blindAtMost: 10_000,
    samplesAtLeast: 1,
    aliveFresh: 'PT1H',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: assets('service', body => body.inScope !== false),
  alive: [{ type: exposureMeasured, if: f => f.body.seconds !== null }],
  aliveFresh: params => String(params['aliveFresh']),
  window: { every: params => String(params['window']), zone: organisationZone },
  good: [
    {
      type: exposureMeasured,
      key: f => f.body.service,
      if: f => f.body.seconds !== null,
      amount: f => f.body.seconds ?? 0,
    },
  ],
  blind: [
    {
      type: exposureMeasured,
      key: f => f.body.service,
      if: f => f.body.blind > 0,
      amount: f => f.body.blind,
    },
  ],
  // All of them: the sentence speaks of any moment.
  level: { quantile: 1_000_000, atMost: params => secondsOf(params) },
  minSamples: params => Number(params['samplesAtLeast']),
  blindAtMost: params => Number(params['blindAtMost']),
})

function secondsOf(params: Params): number {
  const span = parseDuration(String(params['limit']))
  return span.kind === 'clock' ? span.ms / 1_000 : span.days * 86_400
}
