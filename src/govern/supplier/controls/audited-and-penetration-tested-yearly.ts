import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { reportReceived, suppliers } from '../facts.ts'

/**
 * Of every vendor of the tier there is, for each year, a report of an audit from outside and one of a
 * penetration test. A vendor of whom nobody has decided counts as one of the tier; one who comes
 * during a year is asked from the next.
 */
export const auditedAndPenetrationTestedYearly = cadence({
  id: 'govern.supplier.audited-and-penetration-tested-yearly',
  version: 1,
  owner: 'procurement',
  params: { period: 'P1Y', times: 1, listFresh: 'P90D', comparedFresh: 'P30D' },
  population: suppliers('vendor', body => body.inTier !== false),
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  order: 'all',
  done: [
    {
      type: reportReceived,
      key: f => f.body.supplier,
      // From outside: nobody audits himself.
      if: f => f.body.kind === 'audit' && f.body.performer !== 'supplier',
    },
    {
      type: reportReceived,
      key: f => f.body.supplier,
      if: f => f.body.kind === 'penetration-test',
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
