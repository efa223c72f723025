import { type Holds, state } from '../../../core/control/state.ts'
import { jobHolders } from '../../../identify/person/facts.ts'
import { courseRequired, jobTrainingMeasured, trainingCompleted } from '../facts.ts'

/**
 * Every job of the list has a course of its own, and whoever has the job took it, in the version that
 * is asked for. Who is new in a job, and everybody after a new version, has a while for it.
 */
export const roleTrainingCurrent = state({
  id: 'protect.awareness.role-training-current',
  version: 1,
  owner: 'education',
  params: { repair: 'P30D', listFresh: 'P90D', comparedFresh: 'P7D' },
  population: jobHolders(),
  slots: {
    training: {
      type: jobTrainingMeasured,
      byHand: [trainingCompleted, courseRequired],
      key: jobTrainingMeasured.keys,
    },
  },
  repair: params => String(params['repair']),
  holds: ({ training }) => {
    const { job, required, taken } = training.body
    if (required === null) return broken('training.job.courseless', { job })
    const { course, version } = required
    if (taken === null) return broken('training.job.untaken', { course })
    return taken === version || broken('training.job.outdated', { course, taken, version })
  },
})

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })
