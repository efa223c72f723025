import { state } from '../../../core/control/state.ts'
import { dependenciesMapped } from '../facts.ts'
import { services } from '../services.ts'

/**
 * Whichever one host fails, enough instances of every component stand on the others. Peers that the
 * traffic shows and the map does not leave the question open.
 */
export const noSinglePointOfFailure = state({
  id: 'recover.availability.no-single-point-of-failure',
  version: 1,
  owner: 'infrastructure',
  params: {
    singlePointsAtMost: 0,
    unmappedAtMost: 0,
    fresh: 'P31D',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: services(),
  slots: {
    map: {
      type: dependenciesMapped,
      byHand: [dependenciesMapped],
      key: f => f.body.service,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ map }, _now, params) => {
    const { components, unmapped } = map.body
    const single = components.filter(one => one.hosts.length - mostOnOne(one.hosts) < one.needed)
    if (single.length > Number(params['singlePointsAtMost'])) {
      const args = { count: single.length, component: single[0]?.component ?? '' }
      return { status: 'broken', reason: { code: 'availability.single.point', args } }
    }
    if (unmapped > Number(params['unmappedAtMost'])) {
      const reason = { code: 'availability.map.incomplete', args: { count: unmapped } }
      return { status: 'unknown', reason }
    }
    return true
  },
})

/** How many instances the loss of one host takes away at the most. */
const mostOnOne = (hosts: readonly string[]): number =>
  Math.max(0, ...hosts.map(host => hosts.filter(other => other === host).length))
