import { state } from '../../../core/control/state.ts'
import type { Params } from '../../../core/judge.ts'
import { copiesMeasured, protectedSets } from '../facts.ts'
import { assessCopies, copiesUntil } from './copies.ts'

const wanted = (params: Params) => ({ places: Number(params['backupPlacesAtLeast']) })

/**
 * Copies of every protected set were read back without an error in so many places: sites that lie nearer to
 * each other than `backupApartMetresAtLeast` are one.
 */
export const twoPlaces = state({
  id: 'recover.backup.two-places',
  version: 2,
  owner: 'infrastructure',
  params: {
    backupPlacesAtLeast: 2,
    backupApartMetresAtLeast: 10_000,
    copyReadDaysMax: 31,
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: protectedSets(),
  slots: { copies: { type: copiesMeasured, key: f => f.body.set } },
  holds: ({ copies }, now, params) => assessCopies(copies.body, wanted(params), now, params),
  until: ({ copies }, params) => copiesUntil(copies.body, wanted(params), params),
})
