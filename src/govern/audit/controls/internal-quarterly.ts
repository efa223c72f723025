import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { auditReported } from '../facts.ts'

/**
 * Each quarter internal audit reports on work for which the auditor does not answer himself. Who is
 * who is compared by handle; a report that names only one of the two proves nothing.
 */
export const internalQuarterly = cadence({
  id: 'govern.audit.internal-quarterly',
  version: 1,
  owner: 'internal-audit',
  params: { period: 'P3M', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  done: [
    {
      type: auditReported,
      if: ({ body, refs: { auditor, responsible } }) =>
        body.auditor === 'internal' &&
        auditor !== undefined &&
        responsible !== undefined &&
        auditor !== responsible,
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
