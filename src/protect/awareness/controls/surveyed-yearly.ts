import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { staff } from '../../../identify/person/facts.ts'
import { surveyClosed } from '../facts.ts'
import { away } from '../parts.ts'

/** In each year everybody who is employed was asked in a survey that some people answered. */
export const surveyedYearly = cadence({
  id: 'protect.awareness.surveyed-yearly',
  version: 1,
  owner: 'education',
  params: { period: 'P1Y', times: 1, registerFresh: 'P90D', comparedFresh: 'P7D' },
  population: staff(),
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  away,
  done: [{ type: surveyClosed, key: f => f.body.asked, if: f => f.body.responses > 0 }],
})
