import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { committeeMet } from '../facts.ts'

/**
 * In every period the security committee met with more than half of its members, somebody in the
 * chair, and went through the state of security. Whether there was anything to decide, it alone knows.
 */
export const committeeMeetsMonthly = cadence({
  id: 'govern.policy.committee-meets-monthly',
  version: 1,
  owner: 'committee',
  params: { period: 'P1M', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'now',
  done: [
    {
      type: committeeMet,
      if: ({ body, refs }) =>
        body.present * 2 > body.members && body.reviewed > 0 && refs['chair'] !== undefined,
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
