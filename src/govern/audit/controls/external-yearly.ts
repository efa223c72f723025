import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { auditReported } from '../facts.ts'

/**
 * Each year a body from outside reports on our security and on that of the third parties we depend
 * on. A report that speaks of both is told once for each.
 */
export const externalYearly = cadence({
  id: 'govern.audit.external-yearly',
  version: 1,
  owner: 'internal-audit',
  params: { period: 'P1Y', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  order: 'all',
  done: [
    {
      type: auditReported,
      if: f => f.body.auditor !== 'internal' && f.body.area === 'organisation',
    },
    {
      type: auditReported,
      if: f => f.body.auditor !== 'internal' && f.body.area === 'third-parties',
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
