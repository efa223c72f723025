import { state } from '../../../core/control/state.ts'
import { broken, unknown } from '../answer.ts'
import { connectionObserved, connections } from '../facts.ts'

/**
 * On every connection between services, inside as well as outside, each flow is encrypted and both
 * sides have proved who they are. A connection on which nothing flowed is only known where the
 * receiving side turns everybody else away.
 */
export const everyConnectionVerified = state({
  id: 'protect.network.every-connection-verified',
  version: 1,
  owner: 'infrastructure',
  params: {
    listFresh: 'P90D',
    comparedFresh: 'P1D',
    fresh: 'P1D',
    plainFlowsAtMost: 0,
    unverifiedFlowsAtMost: 0,
  },
  population: connections(),
  slots: {
    seen: { type: connectionObserved, key: f => f.body.connection, fresh: p => String(p['fresh']) },
  },
  holds: ({ seen }, _now, params) => {
    const { flows, encrypted, clientVerified, serverVerified, enforcement } = seen.body
    if (flows - encrypted > Number(params['plainFlowsAtMost'])) {
      return broken('flows.plain', { plain: flows - encrypted, of: flows })
    }
    const unverified = flows - Math.min(clientVerified, serverVerified)
    if (unverified > Number(params['unverifiedFlowsAtMost'])) {
      return broken('flows.unverified', { unverified, of: flows })
    }
    return flows > 0 || enforcement === 'strict' || unknown('flows.none')
  },
})
