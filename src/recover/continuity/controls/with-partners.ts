import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { exerciseHeld } from '../facts.ts'

/** In every period an exercise was held in which somebody of a partner took part. */
export const exercisedWithPartners = cadence({
  id: 'recover.continuity.exercised-with-partners',
  version: 1,
  owner: 'continuity',
  params: { period: 'P1Y', times: 1 },
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  joins: 'now',
  done: [{ type: exerciseHeld, if: ({ body }) => body.partners.length > 0 }],
  names: f => (f.body as { period: string | null }).period,
})
