import { state } from '../../../core/control/state.ts'
import { broken } from '../answer.ts'
import { flowInspected, flowListed, sensitiveFlows } from '../facts.ts'

/** What passes in a highly sensitive flow is encrypted by the sender and opened by the receiver alone. */
export const sensitiveFlowsEndToEnd = state({
  id: 'protect.data.sensitive-flows-end-to-end',
  version: 1,
  owner: 'development',
  params: {
    listFresh: 'P90D',
    comparedFresh: 'P7D',
    dataEntryFresh: 'P1Y',
    fresh: 'P30D',
    openedBetweenAtMost: 0,
  },
  population: sensitiveFlows(),
  slots: {
    entry: {
      type: flowListed,
      byHand: [flowListed],
      key: f => f.body.flow,
      fresh: p => String(p['dataEntryFresh']),
    },
    seen: { type: flowInspected, key: f => f.body.flow, fresh: p => String(p['fresh']) },
  },
  holds: ({ entry, seen }, _now, params) => {
    const { sealedAt, openedAt } = seen.body
    if (sealedAt !== entry.body.from) return broken('flow.unsealed', { from: entry.body.from })
    const between = openedAt.filter(place => place !== entry.body.to && place !== sealedAt)
    if (between.length <= Number(params['openedBetweenAtMost'])) return true
    return broken('flow.opened', { place: between[0] ?? '', places: between.length })
  },
})
