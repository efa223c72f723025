import { state } from '../../../core/control/state.ts'
import type { Params } from '../../../core/judge.ts'
import { copiesMeasured, protectedSets } from '../facts.ts'
import { assessCopies, copiesUntil } from './copies.ts'

const wanted = (params: Params) => ({
  copies: Number(params['backupCopiesAtLeast']),
  media: Number(params['backupMediaAtLeast']),
  offSite: Number(params['backupOffSiteAtLeast']),
})
const readDays = (params: Params) => Number(params['copyReadDaysMax'])

/**
 * Of every protected set so many copies, on so many kinds of medium, so many of them away from the
 * living data, were read back without an error. The living data are no copy.
 */
export const threeTwoOne = state({
  id: 'recover.backup.three-two-one',
  version: 1,
  owner: 'infrastructure',
  params: {
    backupCopiesAtLeast: 3,
    backupMediaAtLeast: 2,
    backupOffSiteAtLeast: 1,
    copyReadDaysMax: 31,
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: protectedSets(),
  slots: { copies: { type: copiesMeasured, key: f => f.body.set } },
  holds: ({ copies }, now, params) =>
    assessCopies(copies.body, wanted(params), now, readDays(params)),
  until: ({ copies }, params) => copiesUntil(copies.body, wanted(params), readDays(params)),
})
