import { state } from '../../../core/control/state.ts'
import { baselineParams, baselineSlots, meetsBaseline } from '../baseline.ts'
import { assetsOf } from '../families.ts'

/** Every container image and every cluster of the register meets the baseline approved for it. */
export const containersBaseline = state({
  id: 'protect.hardening.containers-baseline',
  version: 1,
  owner: 'development',
  params: { registerFresh: 'P90D', discoveryFresh: 'P7D', fresh: 'P7D', ...baselineParams },
  population: assetsOf('containers'),
  slots: baselineSlots,
  holds: (slots, _now, params) => meetsBaseline(slots, params),
})
