import { lawClock } from '../law-leg.ts'

/**
 * The authority has the notice within 72 hours; whose data they are, and those whose data we hold
 * for them, hear without undue delay.
 */
export const lawEuropeanUnion = lawClock({
  id: 'respond.clock.law-european-union-told',
  clocks: ['GDPR-33-1', 'GDPR-33-2', 'GDPR-34-1'],
  limit: 'PT72H',
})
