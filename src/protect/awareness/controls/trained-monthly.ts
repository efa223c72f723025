import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { staff } from '../../../identify/person/facts.ts'
import { trainingCompleted } from '../facts.ts'
import { away, learning } from '../parts.ts'

/**
 * Everybody who is employed completes a training in each month that he is here from the beginning of;
 * who leaves stays in the months that he was here to the end of.
 */
export const trainedMonthly = cadence({
  id: 'protect.awareness.trained-monthly',
  version: 1,
  owner: 'education',
  params: { period: 'P1M', times: 1, registerFresh: 'P90D', comparedFresh: 'P7D' },
  population: staff(),
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  away,
  done: [{ type: trainingCompleted, key: f => f.body.person, if: f => f.body.minutes > 0 }],
  alive: learning,
})
