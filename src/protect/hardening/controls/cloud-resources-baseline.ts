import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { baselineParams, baselineSlots, meetsBaseline } from '../baseline.ts'

/** Every resource in the cloud stands under an approved baseline and meets it. */
export const cloudResourcesBaseline = state({
  id: 'protect.hardening.cloud-resources-baseline',
  version: 1,
  owner: 'infrastructure',
  params: { registerFresh: 'P90D', discoveryFresh: 'P1D', fresh: 'P1D', ...baselineParams },
  population: assets('cloud-resource'),
  slots: baselineSlots,
  holds: (slots, _now, params) => meetsBaseline(slots, params),
})
