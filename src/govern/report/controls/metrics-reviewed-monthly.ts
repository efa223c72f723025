import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { metricsReviewed, metricsTaken } from '../facts.ts'

/**
 * In every period the metrics were frozen, at least one of them with a value, and after that a named
 * person went through them and decided what to improve, or said why nothing needs to be.
 */
export const metricsReviewedMonthly = cadence({
  id: 'govern.report.metrics-reviewed-monthly',
  version: 1,
  owner: 'ciso',
  params: { period: 'P1M', times: 1 },
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  joins: 'now',
  order: 'sequence',
  done: [
    { type: metricsTaken, if: ({ body }) => body.metrics > body.unmeasured },
    {
      type: metricsReviewed,
      if: ({ body, refs }) =>
        refs['by'] !== undefined && (body.decisions > 0 || body.because !== null),
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
