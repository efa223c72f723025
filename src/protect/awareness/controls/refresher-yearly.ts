import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { staff } from '../../../identify/person/facts.ts'
import { trainingCompleted } from '../facts.ts'
import { away, learning, minutesOf } from '../parts.ts'

/** In each year everybody who is employed spends enough time, in one course or in several, on what is new. */
export const refresherYearly = cadence({
  id: 'protect.awareness.refresher-yearly',
  version: 1,
  owner: 'education',
  params: {
    period: 'P1Y',
    times: 1,
    refresherAtLeast: 'PT4H',
    registerFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: staff(),
  period: params => String(params['period']),
  times: params => Number(params['times']),
  amount: params => minutesOf(String(params['refresherAtLeast'])),
  zone: organisationZone,
  joins: 'next',
  away,
  done: [
    {
      type: trainingCompleted,
      key: f => f.body.person,
      if: f => f.body.program === 'refresher' && f.body.minutes > 0,
      amount: f => f.body.minutes,
    },
  ],
  alive: learning,
})
