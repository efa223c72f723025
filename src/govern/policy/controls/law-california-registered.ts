import { law } from '../parts.ts'

/** The duties of the CCPA and of California's rules on breaches are registered and up to date. */
export const lawCaliforniaRegistered = law({
  id: 'govern.policy.law-california-registered',
  jurisdiction: 'california',
  laws: ['ccpa', 'ca-breach'],
})
