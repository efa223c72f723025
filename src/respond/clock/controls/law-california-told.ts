import { lawClock } from '../law-leg.ts'

/**
 * Residents hear within 30 days, the Attorney General has the notice 15 days after, and whose data
 * we hold for others, they at once.
 */
export const lawCalifornia = lawClock({
  id: 'respond.clock.law-california-told',
  clocks: ['CA-1798.82-A', 'CA-1798.82-F', 'CA-1798.82-B'],
  limit: 'PT72H',
})
