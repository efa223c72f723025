import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { jobHolders } from '../../../identify/person/facts.ts'
import { jobTrained, trainingCompleted } from '../facts.ts'
import { learning } from '../parts.ts'

/** Whoever has a job of the list takes its course in each year that he has the job from the beginning of. */
export const roleTrainingYearly = cadence({
  id: 'protect.awareness.role-training-yearly',
  version: 1,
  owner: 'education',
  params: { period: 'P1Y', times: 1, listFresh: 'P90D', comparedFresh: 'P7D' },
  population: jobHolders(),
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  done: [{ type: jobTrained, byHand: [trainingCompleted], key: jobTrained.keys }],
  alive: learning,
})
