import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { broken, unknown } from '../answer.ts'
import { segmentDesigned, segmentInspected } from '../facts.ts'

/** Every segment has a function in the design, and no way out of it is open that the design lacks. */
export const segmentsMatchDesign = state({
  id: 'protect.network.segments-match-design',
  version: 1,
  owner: 'infrastructure',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    designFresh: 'P1Y',
    fresh: 'P1D',
    strayPathsAtMost: 0,
  },
  population: assets('network-segment'),
  slots: {
    design: {
      type: segmentDesigned,
      byHand: [segmentDesigned],
      key: f => f.body.segment,
      fresh: p => String(p['designFresh']),
    },
    seen: { type: segmentInspected, key: f => f.body.segment, fresh: p => String(p['fresh']) },
  },
  holds: ({ design, seen }, _now, params) => {
    // Of a design that is told in part, anything may be what the rest of it allows.
    const designed = new Set(design.body.paths)
    if (designed.size < design.body.total)
      return unknown('paths.many', { paths: design.body.total })
    const stray = seen.body.paths.filter(path => !designed.has(path))
    if (stray.length > Number(params['strayPathsAtMost'])) {
      return broken('paths.stray', { path: stray[0] ?? '', paths: stray.length })
    }
    const isWhole = seen.body.paths.length >= seen.body.total
    return isWhole || unknown('paths.many', { paths: seen.body.total })
  },
})
