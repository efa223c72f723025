import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { dayClosed, dayLogged, dayMeasured } from '../facts.ts'
import { departments } from '../parts.ts'

/**
 * On every day a department's officer, or his stand-in of that day, checked something and logged it,
 * unless nobody works there on that day. A log is for the day that it names.
 */
export const departmentOfficerDailyWork = cadence({
  id: 'govern.policy.department-officer-daily-work',
  version: 1,
  owner: 'department-officer',
  params: { period: 'P1D', times: 1, grace: 'PT12H', listFresh: 'P6M', comparedFresh: 'P90D' },
  population: departments(),
  period: params => String(params['period']),
  times: params => Number(params['times']),
  grace: params => String(params['grace']),
  zone: organisationZone,
  joins: 'next',
  done: [
    {
      type: dayMeasured,
      byHand: [dayLogged],
      key: f => f.body.department,
      if: ({ body }) => body.checks > 0 && body.officers.includes(body.person),
    },
    { type: dayClosed, key: f => f.body.departments },
  ],
  names: f => (f.body as { day: string }).day,
})
