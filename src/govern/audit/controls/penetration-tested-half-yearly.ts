import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { penetrationRetested, penetrationTested } from '../facts.ts'

/**
 * Each half-year a penetration test came to its end: it found nothing, or what it had found was
 * closed and tried again with nothing left open.
 */
export const penetrationTestedHalfYearly = cadence({
  id: 'govern.audit.penetration-tested-half-yearly',
  version: 1,
  owner: 'ciso',
  params: { period: 'P6M', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  done: [
    { type: penetrationTested, if: f => f.body.findings === 0 },
    { type: penetrationRetested, if: f => f.body.open === 0 },
  ],
  names: f => (f.body as { period: string | null }).period,
})
