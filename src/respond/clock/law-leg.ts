import { clock } from '../../core/control/clock.ts'
import type { Control } from '../../core/control/kind.ts'
import type { Duration } from '../../core/fact.ts'
import { lawRecognised, lawSatisfied, lawWithdrawn, underLaw } from '../incident/facts.ts'
import { incidentLeg, legParams } from './incident-leg.ts'

/**
 * The clocks of a law that an incident starts: one leg for each incident and clock, measured by the
 * version in force when it started. A law that gives no figure – without delay, promptly – leaves it to
 * `limit`.
 */
export const lawClock = (
  o: Readonly<{ id: string; clocks: readonly string[]; limit?: Duration }>,
): Control => {
  const { cancel: _, ...leg } = incidentLeg
  return clock({
    ...leg,
    id: o.id,
    owner: 'legal',
    statutory: true,
    params: { ...(o.limit !== undefined && { limit: o.limit }), ...legParams },
    start: [underLaw(lawRecognised, o.clocks)],
    stop: [underLaw(lawSatisfied, o.clocks)],
    cancel: underLaw(lawWithdrawn, o.clocks),
    reopen: underLaw(lawRecognised, o.clocks),
    law: facts => facts.body(lawRecognised)?.clock ?? '',
    drill: facts => facts.body(lawRecognised)?.drill === true,
  })
}
