import { capability } from '../../../core/control/capability.ts'
import type { Fact } from '../../../core/fact.ts'
import { wentBothWays } from '../exchange.ts'
import { type Exchange, exchangeCounted, membershipConfirmed } from '../facts.ts'

/**
 * We are a member of a sharing community of our industry, the membership has not run out, and in each
 * such time something of ours, an incident or a lesson, was taken there and something was received.
 */
export const sharedInIndustry = capability({
  id: 'identify.intelligence.shared-in-industry',
  version: 1,
  owner: 'ciso',
  params: { every: 'P90D', itemsGivenAtLeast: 1, itemsReceivedAtLeast: 1 },
  canary: { type: exchangeCounted, if: f => f.body.circle === 'industry' },
  passed: (fact, params) => {
    const { until, memberUntil, given } = fact.body as Exchange
    if (memberUntil !== null && memberUntil < until.slice(0, 10)) return false
    const ours = given.incidents + given.lessons
    return (
      ours >= Number(params['itemsGivenAtLeast']) && wentBothWays(fact as Fact<Exchange>, params)
    )
  },
  every: params => String(params['every']),
  exists: [{ type: membershipConfirmed }],
})
