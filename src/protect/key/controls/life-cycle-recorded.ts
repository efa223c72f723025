import { state } from '../../../core/control/state.ts'
import { keys, lifeMeasured, stageRecorded } from '../facts.ts'

/**
 * Each stage that a key's service shows it to have gone through was recorded: by which procedure, by
 * whom, before which witness. A stage that nobody recorded was not taken by procedure.
 */
export const lifeCycleRecorded = state({
  id: 'protect.key.life-cycle-recorded',
  version: 1,
  owner: 'infrastructure',
  params: {
    unrecordedAtMost: 0,
    /** Papers may follow the deed by so much. */
    repair: 'P7D',
    fresh: 'P2D',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: keys(),
  repair: params => String(params['repair']),
  slots: {
    life: {
      type: lifeMeasured,
      byHand: [stageRecorded],
      key: f => f.body.key,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ life }, _now, params) => {
    const { unrecorded } = life.body
    const [made, handedOut, rotated, destroyed] = [
      unrecorded.made,
      unrecorded.handedOut,
      unrecorded.rotated,
      unrecorded.destroyed,
    ]
    const count = made + handedOut + rotated + destroyed
    if (count <= Number(params['unrecordedAtMost'])) return true
    const args = { made, handedOut, rotated, destroyed }
    return { status: 'broken', reason: { code: 'key.stage.unrecorded', args } }
  },
})
