import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { watchObserved } from '../facts.ts'

/**
 * In no minute of the month was nobody on watch: on the roster, signed in and answering. A minute without
 * is broken to the end of the month; minutes that nobody can tell of are blindness.
 */
export const watchedRoundTheClock = objective({
  id: 'detect.alert.watched-round-the-clock',
  version: 1,
  owner: 'monitoring',
  params: {
    unwatchedMinutesAtMost: 0,
    /** About three quarters of an hour in a month. */
    blindAtMost: 1_000,
    window: 'P1M',
    aliveFresh: 'PT15M',
  },
  window: { every: params => String(params['window']), zone: organisationZone },
  bad: [{ type: watchObserved, amount: ({ body }) => body.unwatchedMinutes }],
  blind: [{ type: watchObserved, amount: ({ body }) => body.unreadMinutes }],
  level: { badAtMost: params => Number(params['unwatchedMinutesAtMost']) },
  blindAtMost: params => Number(params['blindAtMost']),
  alive: [{ type: watchObserved }],
  aliveFresh: params => String(params['aliveFresh']),
})
