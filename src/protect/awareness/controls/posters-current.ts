import { type Holds, state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { posterChecked, posterMeasured } from '../facts.ts'

/**
 * At every site somebody looked within the time and found posters of the version that is to hang, in
 * enough places. A new version may take a while to be hung.
 */
export const postersCurrent = state({
  id: 'protect.awareness.posters-current',
  version: 1,
  owner: 'facilities',
  params: {
    fresh: 'P1Y',
    posterPlacesAtLeast: 1,
    repair: 'P14D',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: assets('site'),
  slots: {
    check: {
      type: posterChecked,
      byHand: [posterChecked],
      key: f => f.body.site,
      if: f => f.refs['by'] !== undefined,
      fresh: params => String(params['fresh']),
    },
    poster: { type: posterMeasured, byHand: [posterChecked], key: f => f.body.site },
  },
  repair: params => String(params['repair']),
  holds: ({ poster: { body } }, _now, params) => {
    const { hung, current, places } = body
    if (hung !== current) return broken('poster.outdated', { hung, current })
    const least = Number(params['posterPlacesAtLeast'])
    return places >= least || broken('poster.few', { places, least })
  },
})

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })
