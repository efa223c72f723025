import { capability } from '../../../core/control/capability.ts'
import type { Fact } from '../../../core/fact.ts'
import { wentBothWays } from '../exchange.ts'
import { type Exchange, exchangeCounted } from '../facts.ts'

/**
 * In each such time we and enough partners told one another something, each way, and both of threats
 * and of practices that worked.
 */
export const exchangedWithPartners = capability({
  id: 'identify.intelligence.exchanged-with-partners',
  version: 1,
  owner: 'monitoring',
  params: {
    every: 'P90D',
    exchangePartnersAtLeast: 1,
    itemsGivenAtLeast: 1,
    itemsReceivedAtLeast: 1,
  },
  canary: { type: exchangeCounted, if: f => f.body.circle === 'partner' },
  passed: (fact, params) => {
    const { with: partners, given, received } = fact.body as Exchange
    if (new Set(partners).size < Number(params['exchangePartnersAtLeast'])) return false
    if (given.threats + received.threats === 0 || given.lessons + received.lessons === 0)
      return false
    return wentBothWays(fact as Fact<Exchange>, params)
  },
  every: params => String(params['every']),
})
