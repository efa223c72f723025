import { state } from '../../src/core/control/state.ts'
import type { MakeJudges } from '../../src/core/run/apart.ts'
import { assetScanned, syntheticControls } from '../synthetic.ts'

/** Throws at the first fact that finds many faults. */
export const throwing = state({
  id: 'synthetic.throwing',
  version: 1,
  owner: 'ciso',
  slots: { scan: { type: assetScanned } },
  holds: ({ scan }) => {
    if ((scan?.body.faults ?? 0) > 8) throw new Error('nobody expected that')
    return true
  },
})

export const controls = [...syntheticControls(40), throwing]

/** For threads of a fold. @param data `lost`: there is nothing to make */
export const makeJudges: MakeJudges<'all' | 'lost'> = async data => {
  if (data === 'lost') throw new Error('no judges here')
  return {
    judges: controls.map(control => control.judge),
    defaults: new Map(controls.map(({ id, params }) => [id, params])),
  }
}
