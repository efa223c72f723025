import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { type Dated, weekHeld } from '../facts.ts'

/** In each year enough days, together, were given to security, and in all departments. */
export const securityWeekYearly = cadence({
  id: 'protect.awareness.security-week-yearly',
  version: 1,
  owner: 'education',
  params: { period: 'P1Y', times: 1, securityWeekDays: 5 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  amount: params => Number(params['securityWeekDays']),
  zone: organisationZone,
  joins: 'next',
  done: [
    {
      type: weekHeld,
      if: ({ body: { departments } }) =>
        departments.of > 0 && departments.reached >= departments.of,
      amount: f => f.body.days,
    },
  ],
  names: f => (f.body as Dated).period,
})
