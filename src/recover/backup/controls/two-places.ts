import { state } from '../../../core/control/state.ts'
import type { Params } from '../../../core/judge.ts'
import { copiesMeasured, protectedSets } from '../facts.ts'
import { assessCopies, copiesUntil } from './copies.ts'

const wanted = (params: Params) => ({ places: Number(params['backupPlacesAtLeast']) })
const readDays = (params: Params) => Number(params['copyReadDaysMax'])

/** Copies of every protected set were read back without an error on so many sites. */
export const twoPlaces = state({
  id: 'recover.backup.two-places',
  version: 1,
  owner: 'infrastructure',
  params: { backupPlacesAtLeast: 2, copyReadDaysMax: 31, listFresh: 'P90D', comparedFresh: 'P7D' },
  population: protectedSets(),
  slots: { copies: { type: copiesMeasured, key: f => f.body.set } },
  holds: ({ copies }, now, params) =>
    assessCopies(copies.body, wanted(params), now, readDays(params)),
  until: ({ copies }, params) => copiesUntil(copies.body, wanted(params), readDays(params)),
})
