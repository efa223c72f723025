import { lawClock } from '../law-leg.ts'

/**
 * The people concerned hear once the facts are found, and the authority of the sector within 72
 * hours. What is not in force yet begins to count on its day.
 */
export const lawTaiwanData = lawClock({
  id: 'respond.clock.law-taiwan-data-told',
  clocks: ['TWPDPA-12-NOW', 'TWPDPA-12-NEW', 'TWPDPA-DRAFT72', 'TW-MODA-72'],
  limit: 'PT72H',
})
