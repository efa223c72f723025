import { rollup } from '../../../core/control/rollup.ts'

/**
 * Security is part of how every department works: as well as training, suggestions, exercises and the
 * yearly survey are kept, and no better.
 */
export const partOfTheCulture = rollup({
  id: 'govern.policy.part-of-the-culture',
  version: 1,
  owner: 'ciso',
  of: [
    'protect.awareness.awareness-not-falling',
    'protect.awareness.trained-monthly',
    'protect.awareness.phishing-exercised-monthly',
    'protect.awareness.newsletter-monthly',
    'protect.awareness.posters-current',
    'protect.awareness.security-week-yearly',
    'protect.awareness.suggestions-rewarded',
    'protect.awareness.comprehension-tested',
    'protect.awareness.incident-rate-within-limit',
    'protect.awareness.surveyed-yearly',
  ],
  worst: true,
})
