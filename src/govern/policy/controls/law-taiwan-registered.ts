import { law } from '../parts.ts'

/** The duties of Taiwan's acts on personal data and on cyber-security are registered and up to date. */
export const lawTaiwanRegistered = law({
  id: 'govern.policy.law-taiwan-registered',
  jurisdiction: 'taiwan',
  laws: ['tw-pdpa', 'tw-csma'],
})
