import { law } from '../parts.ts'

/** The duties of Japan's acts on personal information and on cyber-security are registered and up to date. */
export const lawJapanRegistered = law({
  id: 'govern.policy.law-japan-registered',
  jurisdiction: 'japan',
  laws: ['appi', 'jp-cybersecurity-basic'],
})
