import { type Slot, state } from '../../../core/control/state.ts'
import { procedureApproved, procedureExercised, stages } from '../facts.ts'

/**
 * Each stage of the response has a procedure, approved by another than who wrote it and looked at again
 * within the period; and within the period people went through it.
 */
export const procedurePerStage = state({
  id: 'respond.playbook.procedure-per-stage',
  version: 1,
  owner: 'incident-response',
  params: { responseStages: 5, period: 'P1Y' },
  slots: Object.fromEntries(
    stages.flatMap(stage => [
      [
        stage,
        {
          type: procedureApproved,
          byHand: [procedureApproved],
          if: f => f.body.stage === stage,
          fresh: p => String(p['period']),
        },
      ],
      [
        `${stage}.exercise`,
        {
          type: procedureExercised,
          byHand: [procedureExercised],
          if: f => f.body.stages.includes(stage),
          fresh: p => String(p['period']),
        },
      ],
    ]),
  ),
  holds: (slots, _now, params) => {
    const count = stages.filter(stage => isInForce(slots[stage])).length
    const wanted = Number(params['responseStages'])
    if (count === wanted) return true
    return { status: 'broken', reason: { code: 'playbook.stages.few', args: { count, wanted } } }
  },
})

/** Neither withdrawn nor approved by its author alone. */
const isInForce = (slot: Slot | undefined): boolean =>
  slot !== undefined &&
  slot.body.document !== null &&
  slot.refs['by'] !== undefined &&
  slot.refs['approver'] !== undefined &&
  slot.refs['by'] !== slot.refs['approver']
