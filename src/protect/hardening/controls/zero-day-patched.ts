import { clock } from '../../../core/control/clock.ts'
import type { Fact } from '../../../core/fact.ts'
import { delivered } from '../alive.ts'
import { zeroDayClosed, zeroDayFound, zeroDayWithdrawn } from '../facts.ts'

const exposure = ({ body }: Fact<{ advisory: string; asset: string }>) =>
  `${body.advisory} ${body.asset}`

/**
 * An asset that is found exposed to a weakness already exploited is patched, shielded or taken away
 * within the limit. A case is one weakness on one asset.
 */
export const zeroDayPatched = clock({
  id: 'protect.hardening.zero-day-patched',
  version: 1,
  owner: 'infrastructure',
  params: { limit: 'PT72H', window: 'P90D', aliveFresh: 'P1D' },
  start: [{ type: zeroDayFound, key: exposure }],
  stop: [{ type: zeroDayClosed, key: exposure }],
  limit: (_case, p) => String(p['limit']),
  cancel: {
    type: zeroDayWithdrawn,
    key: exposure,
    if: ({ refs }) => refs['second'] !== undefined && refs['second'] !== refs['by'],
  },
  window: p => String(p['window']),
  alive: [delivered('weakness-scan')],
  aliveFresh: p => String(p['aliveFresh']),
})
