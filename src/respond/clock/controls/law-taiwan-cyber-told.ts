import { lawClock } from '../law-leg.ts'

/**
 * Reported within an hour and again at each new level, brought under control by its level, and
 * told in full within a month after.
 */
export const lawTaiwanCyber = lawClock({
  id: 'respond.clock.law-taiwan-cyber-told',
  clocks: ['TWCSMA-1H', 'TWCSMA-REC12', 'TWCSMA-REC34', 'TWCSMA-REP'],
})
