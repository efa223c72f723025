import { contact } from '../parts.ts'

/**
 * Contact details of Japan's cyber-security body are kept and were tried lately. The default is the
 * National Cybersecurity Office, as NISC became on 2025-07-01.
 */
export const contactJapanVerified = contact({
  id: 'govern.desk.contact-japan-verified',
  owner: 'legal',
  region: 'japan',
  authority: 'nco',
})
