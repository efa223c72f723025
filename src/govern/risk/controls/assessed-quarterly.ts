import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { assessmentApproved } from '../facts.ts'
import { isApproved } from './approved.ts'

/** In every period risk was assessed anew, in part or in full, and a second person approved the result. */
export const assessedQuarterly = cadence({
  id: 'govern.risk.assessed-quarterly',
  version: 1,
  owner: 'ciso',
  params: { period: 'P3M', times: 1 },
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  joins: 'now',
  done: [{ type: assessmentApproved, if: isApproved }],
  names: f => (f.body as { period: string | null }).period,
})
