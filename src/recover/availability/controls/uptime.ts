import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { availabilityMeasured } from '../facts.ts'
import { services } from '../services.ts'

/**
 * Seen from outside, each service can be used for such a share of the whole window. Minutes that were
 * down are spent from the budget of the window; minutes that nobody saw make it unknown, and so does a
 * window of which nothing was seen yet.
 */
export const uptime = objective({
  id: 'recover.availability.uptime',
  version: 2,
  owner: 'infrastructure',
  params: {
    ratioAtLeast: 995_000,
    window: 'P1M',
    /** Seven hours of a month: more than that hides two outages of the size that is allowed. */
    blindAtMost: 10_000,
    samplesAtLeast: 1,
    /** An hour is told when it is over, and within ten minutes. */
    aliveFresh: 'PT75M',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: services(),
  alive: [{ type: availabilityMeasured, if: f => f.body.blind < f.body.minutes }],
  aliveFresh: params => String(params['aliveFresh']),
  window: { every: params => String(params['window']), zone: organisationZone },
  bad: [
    {
      type: availabilityMeasured,
      key: f => f.body.service,
      if: f => f.body.blind < f.body.minutes,
      amount: f => f.body.down,
    },
  ],
  blind: [
    {
      type: availabilityMeasured,
      key: f => f.body.service,
      if: f => f.body.blind > 0,
      amount: f => f.body.blind,
    },
  ],
  level: { ratioAtLeast: params => Number(params['ratioAtLeast']) },
  minSamples: params => Number(params['samplesAtLeast']),
  blindAtMost: params => Number(params['blindAtMost']),
})
