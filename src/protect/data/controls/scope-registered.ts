import { state } from '../../../core/control/state.ts'
import { broken } from '../answer.ts'
import { dataSets, type SetListed, setListed } from '../facts.ts'

const isInScope = ({ contents }: SetListed) =>
  contents.some(
    one => one === 'customer' || one === 'trade-secret' || one === 'intellectual-property',
  )

/**
 * Every data set with customers' data, trade secrets or intellectual property stands in the register
 * with its class, the role that answers for it, and the stores in which it lies.
 */
export const scopeRegistered = state({
  id: 'protect.data.scope-registered',
  version: 1,
  owner: 'data-protection',
  params: { listFresh: 'P90D', discoveryFresh: 'P7D', dataEntryFresh: 'P1Y' },
  population: dataSets(isInScope),
  slots: {
    entry: {
      type: setListed,
      byHand: [setListed],
      key: f => f.body.set,
      fresh: p => String(p['dataEntryFresh']),
    },
  },
  holds: ({ entry }) => {
    if (entry.body.class === null) return broken('class.none')
    if (entry.body.owner === null) return broken('owner.none')
    if (entry.body.stores.length === 0) return broken('store.none')
    return true
  },
})
