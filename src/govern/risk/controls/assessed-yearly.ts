import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { assessmentApproved } from '../facts.ts'
import { isApproved } from './approved.ts'

/** In every period an assessment of all areas of the organisation was approved by a second person. */
export const assessedYearlyInFull = cadence({
  id: 'govern.risk.assessed-yearly-in-full',
  version: 1,
  owner: 'ciso',
  params: { period: 'P1Y', times: 1 },
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  joins: 'now',
  done: [
    {
      type: assessmentApproved,
      if: f => isApproved(f) && f.body.areasAssessed >= f.body.areas,
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
