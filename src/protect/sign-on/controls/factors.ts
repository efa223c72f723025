import type { Method } from '../facts.ts'

/** Something one knows, has, or is (NIST SP 800-63). */
type Factor = 'knowledge' | 'possession' | 'inherence'

/**
 * A passkey is a key on a device that verified the person: two factors. A security key alone shows
 * that somebody is there. A code by mail proves no possession (NIST SP 800-63B), so it is none.
 */
const factorsOf: Readonly<Record<Method, readonly Factor[]>> = {
  password: ['knowledge'],
  pin: ['knowledge'],
  totp: ['possession'],
  push: ['possession'],
  sms: ['possession'],
  'voice-call': ['possession'],
  'email-code': [],
  'security-key': ['possession'],
  'smart-card': ['possession'],
  'device-certificate': ['possession'],
  passkey: ['possession', 'inherence'],
  fingerprint: ['inherence'],
  face: ['inherence'],
}

/** How many different factors a set of methods makes. */
export const factors = (methods: readonly Method[]): number =>
  new Set(methods.flatMap(method => factorsOf[method])).size
