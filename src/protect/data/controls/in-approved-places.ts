import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { broken, unknown } from '../answer.ts'
import { reachMeasured, storeInspected } from '../facts.ts'

/** Every data store lies in a country of the approved list, and the list names the laws that reach it. */
export const inApprovedPlaces = state({
  id: 'protect.data.in-approved-places',
  version: 1,
  owner: 'legal',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P7D',
    placeListFresh: 'P1Y',
    lawsNamedAtLeast: 1,
  },
  population: assets('store'),
  slots: {
    seen: { type: storeInspected, key: f => f.body.store, fresh: p => String(p['fresh']) },
    reach: { type: reachMeasured, key: f => f.body.store, fresh: p => String(p['placeListFresh']) },
  },
  holds: ({ seen, reach }, _now, params) => {
    const { country } = seen.body
    const { laws } = reach.body
    if (country === null) return unknown('country.unseen')
    if (reach.body.country !== country) return unknown('place.unmeasured', { country })
    if (laws === null) return broken('place.unlisted', { country })
    const least = Number(params['lawsNamedAtLeast'])
    return laws.length >= least || broken('law.unnamed', { country, laws: laws.length, least })
  },
})
