import { state } from '../../../core/control/state.ts'
import { poolsObserved } from '../facts.ts'
import { services } from '../services.ts'
import { workingTargets } from './working.ts'

/**
 * The load of every pool of a service is carried by so many hosts that answer their checks. A target of which
 * nobody knows the host may stand on another one, so it leaves the question open.
 */
export const loadSpread = state({
  id: 'recover.availability.load-spread',
  version: 2,
  owner: 'infrastructure',
  params: {
    serversAtLeast: 2,
    targetFailuresAtMost: 0,
    targetDownSecondsAtMost: 0,
    /** Of fewer, all may have gone to one by chance. */
    busyRequestsAtLeast: 20,
    fresh: 'PT1H',
    /** A rolling restart takes one after the other away for minutes. */
    repair: 'PT15M',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: services(),
  slots: {
    pools: { type: poolsObserved, key: f => f.body.service, fresh: p => String(p['fresh']) },
  },
  repair: params => String(params['repair']),
  holds: ({ pools }, _now, params) => {
    const least = Number(params['serversAtLeast'])
    let isOpen = false
    for (const pool of pools.body.pools) {
      const working = workingTargets(pool, params)
      const servers = new Set(working.flatMap(target => target.host ?? [])).size
      if (servers >= least) continue
      const placeless = working.filter(target => target.host === null).length
      if (servers + placeless < least) {
        const args = { pool: pool.pool, balancer: pool.balancer, servers, least }
        return { status: 'broken', reason: { code: 'availability.servers.few', args } }
      }
      isOpen = true
    }
    return isOpen
      ? { status: 'unknown', reason: { code: 'availability.host.unknown', args: {} } }
      : true
  },
})
