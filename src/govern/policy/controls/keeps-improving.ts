import { endOf } from '../../../core/control/dates.ts'
import { organisationZone, type Population } from '../../../core/control/kind.ts'
import { state } from '../../../core/control/state.ts'
import type { Fact } from '../../../core/fact.ts'
import {
  isBy,
  itemDone,
  itemMeasured,
  itemOpened,
  itemPostponed,
  itemRemoved,
  itemsCompared,
  itemsDeclared,
} from '../facts.ts'
import { broken, confirms } from '../parts.ts'

const key = (f: Fact<{ item: string }>) => f.body.item

const items: Population = {
  id: 'govern.policy.improvements',
  enter: { type: itemOpened, key },
  leave: { type: itemRemoved, key, if: isBy('by', 'second') },
  complete: { type: itemsDeclared },
  fresh: params => String(params['listFresh']),
  compare: {
    with: { type: itemsCompared, key: f => f.body.seen },
    fresh: params => String(params['comparedFresh']),
    confirms,
    each: true,
  },
}

/**
 * No item of improvement is open after the day on which it is due, or on which two persons agreed that
 * it shall be. It grows old with the list. A list without any item is no proof of improving.
 */
export const keepsImproving = state({
  id: 'govern.policy.keeps-improving',
  version: 1,
  owner: 'ciso',
  params: { listFresh: 'P90D', comparedFresh: 'P90D' },
  population: items,
  slots: { item: { type: itemMeasured, byHand: [itemDone, itemPostponed], key } },
  holds: ({ item }, now, params) => {
    const { due, doneAt } = item.body
    const isOpen = doneAt === null && endOf(due, organisationZone(params)) <= now
    return !isOpen || broken('policy.improvement.overdue', { due })
  },
  until: ({ item }, params) =>
    item.body.doneAt === null ? endOf(item.body.due, organisationZone(params)) : null,
})
