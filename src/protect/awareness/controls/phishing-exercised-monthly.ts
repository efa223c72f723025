import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { staff } from '../../../identify/person/facts.ts'
import { phishingCounted } from '../facts.ts'
import { away, told } from '../parts.ts'

/**
 * In each month a mock phishing mail reaches everybody who is employed, and its results are counted:
 * who was reached is only told together with the counts.
 */
export const phishingExercisedMonthly = cadence({
  id: 'protect.awareness.phishing-exercised-monthly',
  version: 1,
  owner: 'education',
  params: { period: 'P1M', times: 1, registerFresh: 'P90D', comparedFresh: 'P7D' },
  population: staff(),
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  away,
  done: [
    {
      type: phishingCounted,
      key: f => f.body.reached,
      if: ({ body: { delivered, clicked, submitted, reported } }) =>
        delivered > 0 && submitted <= clicked && clicked <= delivered && reported <= delivered,
    },
  ],
  alive: told('phishing-exercise'),
})
