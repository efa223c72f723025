import { rightClock } from '../parts.ts'

/**
 * A request about one’s data is answered within a month; told in time, two months more.
 */
export const rightsEuropeanUnion = rightClock({
  id: 'govern.desk.rights-european-union-answered',
  clocks: ['GDPR-12-3'],
})
