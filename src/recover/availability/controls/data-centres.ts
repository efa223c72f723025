import { state } from '../../../core/control/state.ts'
import { poolsObserved } from '../facts.ts'
import { services } from '../services.ts'
import { workingTargets } from './working.ts'

/**
 * Every pool of a service works in so many data centres at the same time. A target of which nobody
 * said where it stands may stand in another one, so it leaves the question open.
 */
export const severalDataCentres = state({
  id: 'recover.availability.several-data-centres',
  version: 2,
  owner: 'infrastructure',
  params: {
    dataCentresAtLeast: 2,
    targetFailuresAtMost: 0,
    targetDownSecondsAtMost: 0,
    /** Of fewer, all may have gone to one by chance. */
    busyRequestsAtLeast: 20,
    fresh: 'PT1H',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: services(),
  slots: {
    pools: { type: poolsObserved, key: f => f.body.service, fresh: p => String(p['fresh']) },
  },
  holds: ({ pools }, _now, params) => {
    const least = Number(params['dataCentresAtLeast'])
    let isOpen = false
    for (const pool of pools.body.pools) {
      const working = workingTargets(pool, params)
      const sites = new Set(working.flatMap(target => target.site ?? [])).size
      if (sites >= least) continue
      const args = { pool: pool.pool, balancer: pool.balancer, sites, least }
      const placeless = working.filter(target => target.site === null).length
      if (sites + placeless < least) {
        return { status: 'broken', reason: { code: 'availability.sites.few', args } }
      }
      isOpen = true
    }
    return isOpen
      ? { status: 'unknown', reason: { code: 'availability.site.unknown', args: {} } }
      : true
  },
})
