import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { auditReported } from '../facts.ts'

/**
 * Each year a firm of auditors that declared no interest in us reports on the whole of our security:
 * on every section there is.
 */
export const independentFirmYearly = cadence({
  id: 'govern.audit.independent-firm-yearly',
  version: 1,
  owner: 'internal-audit',
  params: { period: 'P1Y', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  done: [
    {
      type: auditReported,
      if: ({ body: { auditor, area, ties, sections } }) =>
        auditor === 'audit-firm' &&
        area === 'organisation' &&
        ties === 0 &&
        sections.audited >= sections.of,
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
