import { lawClock } from '../law-leg.ts'

/**
 * The commission has the preliminary report within some days and the final one within 30 or 60;
 * the people concerned hear promptly.
 */
export const lawJapan = lawClock({
  id: 'respond.clock.law-japan-told',
  clocks: ['APPI-26-1A', 'APPI-26-1B', 'APPI-26-1C', 'APPI-26-2'],
  limit: 'P5D',
})
