import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { drillRestored } from '../facts.ts'

/** In every period a recovery was drilled to its end, and timed. How long it took is judged elsewhere. */
export const drilledQuarterly = cadence({
  id: 'recover.continuity.drilled-quarterly',
  version: 1,
  owner: 'continuity',
  params: { period: 'P3M', times: 1 },
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  joins: 'now',
  done: [{ type: drillRestored, if: ({ body }) => body.restored > body.began }],
  names: f => (f.body as { period: string | null }).period,
})
