import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { dashboardDelivered, dashboardRead } from '../facts.ts'

/**
 * In every period a dashboard with figures in it went to management, and somebody there, who is not
 * who sent it, opened it after that.
 */
export const managementMonthly = cadence({
  id: 'govern.report.management-monthly',
  version: 1,
  owner: 'ciso',
  params: { period: 'P1M', times: 1 },
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  joins: 'now',
  order: 'sequence',
  done: [
    { type: dashboardDelivered, if: ({ body }) => body.metrics > 0 },
    {
      type: dashboardRead,
      if: ({ refs }) => refs['reader'] !== undefined && refs['reader'] !== refs['by'],
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
