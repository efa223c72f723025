import { state } from '../../../core/control/state.ts'
import { keyServices, quorumRecorded, replicasRead } from '../facts.ts'

/**
 * No single replica, place or person stops a service that keeps keys: enough replicas answer in
 * enough places, more people hold a part than it takes, and no one of them opens it alone.
 */
export const noSinglePointOfFailure = state({
  id: 'protect.key.no-single-point-of-failure',
  version: 1,
  owner: 'infrastructure',
  params: {
    replicasAtLeast: 2,
    placesAtLeast: 2,
    quorumAtLeast: 2,
    /** So many holders may be away at once. */
    spareHoldersAtLeast: 1,
    fresh: 'P1D',
    /** How long a record of the holders counts: people leave. */
    quorumFresh: 'P90D',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: keyServices(),
  slots: {
    replicas: {
      type: replicasRead,
      key: f => f.body.service,
      fresh: params => String(params['fresh']),
    },
    quorum: {
      type: quorumRecorded,
      byHand: [quorumRecorded],
      key: f => f.body.service,
      fresh: params => String(params['quorumFresh']),
    },
  },
  holds: ({ replicas, quorum }, _now, params) => {
    const broken = (code: string, args: Record<string, number>) =>
      ({ status: 'broken', reason: { code, args } }) as const
    const up = replicas.body.replicas.filter(replica => replica.answers)
    if (up.length < Number(params['replicasAtLeast']))
      return broken('key.replica.few', { have: up.length })
    const places = new Set(up.map(replica => replica.place)).size
    if (places < Number(params['placesAtLeast'])) return broken('key.place.few', { have: places })
    const { opens, threshold } = quorum.body
    if (opens === 'automatic') return true
    if (threshold < Number(params['quorumAtLeast'])) return broken('key.quorum.low', { threshold })
    const holders = new Set(quorum.body.holders).size
    const isSpare = holders - threshold >= Number(params['spareHoldersAtLeast'])
    return isSpare || broken('key.holder.few', { holders, threshold })
  },
})
