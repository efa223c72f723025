import { state } from '../../../core/control/state.ts'
import { broken, unknown } from '../answer.ts'
import { publicServiceProbed, publicServices } from '../facts.ts'

/** Every public service stands in the DMZ, and a test from there reached no inner segment directly. */
export const publicServicesIsolated = state({
  id: 'protect.network.public-services-isolated',
  version: 1,
  owner: 'infrastructure',
  params: {
    listFresh: 'P90D',
    comparedFresh: 'P7D',
    fresh: 'P7D',
    publicZone: 'dmz',
    directPathsInward: 0,
  },
  population: publicServices(),
  slots: {
    test: { type: publicServiceProbed, key: f => f.body.service, fresh: p => String(p['fresh']) },
  },
  holds: ({ test }, _now, params) => {
    const { zone, reached, segmentsTried } = test.body
    const wanted = String(params['publicZone'])
    if (zone !== wanted) return broken('zone.other', { zone, wanted })
    if (reached.length > Number(params['directPathsInward'])) {
      return broken('inside.reached', { segment: reached[0] ?? '', segments: reached.length })
    }
    return segmentsTried > 0 || unknown('inside.untried')
  },
})
