import { state } from '../../../core/control/state.ts'
import type { Params } from '../../../core/judge.ts'
import { copiesMeasured, protectedSets } from '../facts.ts'
import { assessCopies, copiesUntil } from './copies.ts'

const wanted = (params: Params) => ({
  copies: Number(params['backupCopiesAtLeast']),
  media: Number(params['backupMediaAtLeast']),
  offSite: Number(params['backupOffSiteAtLeast']),
  held: Number(params['backupHeldAtLeast']),
})

/**
 * Of every protected set so many copies, on so many kinds of medium, so many of them away from the living
 * data by `backupApartMetresAtLeast`, were read back without an error; and so many of them the client that
 * made them could not delete when it tried. The living data are no copy.
 */
export const threeTwoOne = state({
  id: 'recover.backup.three-two-one',
  version: 2,
  owner: 'infrastructure',
  params: {
    backupCopiesAtLeast: 3,
    backupMediaAtLeast: 2,
    backupOffSiteAtLeast: 1,
    backupApartMetresAtLeast: 10_000,
    backupHeldAtLeast: 1,
    copyReadDaysMax: 31,
    deletionTriedDaysMax: 7,
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: protectedSets(),
  slots: { copies: { type: copiesMeasured, key: f => f.body.set } },
  holds: ({ copies }, now, params) => assessCopies(copies.body, wanted(params), now, params),
  until: ({ copies }, params) => copiesUntil(copies.body, wanted(params), params),
})
