import { contact } from '../parts.ts'

/** A way to reach FIRST, for incidents that cross borders, is kept and was tried lately. */
export const contactInternationalVerified = contact({
  id: 'govern.desk.contact-international-verified',
  owner: 'ciso',
  region: 'international',
  authority: 'first',
})
