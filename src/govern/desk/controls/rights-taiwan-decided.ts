import { rightClock } from '../parts.ts'

/**
 * Access is decided within 15 days, correction and deletion within 30; each may be put off once by
 * as much.
 */
export const rightsTaiwan = rightClock({
  id: 'govern.desk.rights-taiwan-decided',
  clocks: ['TWPDPA-13A', 'TWPDPA-13B'],
})
