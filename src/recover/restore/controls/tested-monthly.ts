import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { restoreCompared } from '../facts.ts'

/**
 * In every period data were restored from backup, and what was read is what it should be: at least one
 * item, none that differs, and equal hashes. A restore that was not compared, or not equal, is none.
 */
export const testedMonthly = cadence({
  id: 'recover.restore.tested-monthly',
  version: 1,
  owner: 'infrastructure',
  params: { period: 'P1M', times: 1 },
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  joins: 'now',
  done: [
    {
      type: restoreCompared,
      if: ({ body }) => body.items > 0 && body.differing === 0 && body.expected === body.found,
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
