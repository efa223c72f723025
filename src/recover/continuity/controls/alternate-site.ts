import { state } from '../../../core/control/state.ts'
import { distanceMetres } from '../../../core/distance.ts'
import { pairLocated, sitePairs } from '../facts.ts'

/** Between the primary and the alternate site of each pair lie so many metres of the earth's surface. */
export const alternateSiteDistance = state({
  id: 'recover.continuity.alternate-site-distance',
  version: 1,
  owner: 'continuity',
  params: {
    distanceMetresAtLeast: 100_000,
    /** Sites hardly move, contracts for them do. */
    fresh: 'P1Y',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: sitePairs(),
  slots: {
    place: {
      type: pairLocated,
      byHand: [pairLocated],
      key: f => f.body.pair,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ place }, _now, params) => {
    const metres = distanceMetres(place.body.primary, place.body.alternate)
    const least = Number(params['distanceMetresAtLeast'])
    if (metres >= least) return true
    return { status: 'broken', reason: { code: 'continuity.site.near', args: { metres, least } } }
  },
})
