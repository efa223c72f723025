import { rightClock } from '../parts.ts'

/**
 * Receipt is confirmed within ten business days, the request answered within 45 days. Nobody
 * publishes whose business days those are, so the first is unknown until a calendar is there.
 */
export const rightsCalifornia = rightClock({
  id: 'govern.desk.rights-california-answered',
  clocks: ['CCPA-7021A', 'CCPA-7021B'],
})
