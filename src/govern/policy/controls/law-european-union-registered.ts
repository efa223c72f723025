import { law } from '../parts.ts'

/** The duties of the GDPR are registered and up to date. */
export const lawEuropeanUnionRegistered = law({
  id: 'govern.policy.law-european-union-registered',
  jurisdiction: 'european-union',
  laws: ['gdpr'],
})
