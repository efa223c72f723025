import { state } from '../../../core/control/state.ts'
import { poolsObserved } from '../facts.ts'
import { services } from '../services.ts'
import { workingTargets } from './working.ts'

/** The load of every pool of a service is carried by so many hosts that answer their checks. */
export const loadSpread = state({
  id: 'recover.availability.load-spread',
  version: 1,
  owner: 'infrastructure',
  params: {
    serversAtLeast: 2,
    targetFailuresAtMost: 0,
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
    for (const pool of pools.body.pools) {
      const servers = new Set(workingTargets(pool, params).map(target => target.host)).size
      if (servers >= least) continue
      const args = { pool: pool.pool, servers, least }
      return { status: 'broken', reason: { code: 'availability.servers.few', args } }
    }
    return true
  },
})
