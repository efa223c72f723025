import { contact } from '../parts.ts'

/**
 * Contact details of Taiwan's cyber-security body are kept and were tried lately. The default is the
 * Administration for Cyber Security of MODA, which took over on 2022-08-27.
 */
export const contactTaiwanVerified = contact({
  id: 'govern.desk.contact-taiwan-verified',
  owner: 'legal',
  region: 'taiwan',
  authority: 'moda-acs',
})
