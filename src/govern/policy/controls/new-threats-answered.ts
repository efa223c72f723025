import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { defenceChanged } from '../facts.ts'

/** In every period a defence was changed because of a threat, after we had learned of it. */
export const newThreatsAnswered = cadence({
  id: 'govern.policy.new-threats-answered',
  version: 1,
  owner: 'ciso',
  params: { period: 'P1Y', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'now',
  done: [
    {
      type: defenceChanged,
      if: ({ body: { threat, made } }) => threat !== null && threat.learned <= made,
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
