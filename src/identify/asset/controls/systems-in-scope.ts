import { type Holds, state } from '../../../core/control/state.ts'
import { assetListed, assets, trafficObserved } from '../facts.ts'

/**
 * Every system of the register is marked as in scope. One that is marked as out of scope is so only as
 * long as the network has seen it exchange nothing with the systems that are in scope.
 */
export const systemsAreInScope = state({
  id: 'identify.asset.systems-in-scope',
  version: 1,
  owner: 'infrastructure',
  params: {
    /** Systems in scope with which one out of scope may exchange data. */
    scopePeersAtMost: 0,
    trafficDaysAtLeast: 7,
    fresh: 'P7D',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: assets('system'),
  slots: {
    entry: { type: assetListed, key: f => f.body.asset, if: f => f.body.kind === 'system' },
    traffic: {
      type: trafficObserved,
      key: f => f.body.asset,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ entry, traffic }, _now, params) => {
    const { inScope } = entry.body
    if (inScope === null) return broken('asset.scope.undecided')
    if (inScope) return true
    const { from, until, peersInScope: peers } = traffic.body
    if (peers > Number(params['scopePeersAtMost']))
      return broken('asset.scope.connected', { peers })
    const days = Math.floor((Date.parse(until) - Date.parse(from)) / 86_400_000)
    if (days >= Number(params['trafficDaysAtLeast'])) return true
    return { status: 'unknown', reason: { code: 'asset.traffic.short', args: { days } } }
  },
})

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })
