import { rollup } from '../../../core/control/rollup.ts'
import { points } from '../gdpr.ts'

/** The measures of all four points of Art. 32(1) of the GDPR are in place: what stands behind each is kept. */
export const gdprSecurityMeasures = rollup({
  id: 'govern.policy.gdpr-security-measures',
  version: 1,
  owner: 'data-protection',
  of: Object.values(points).flat(),
  worst: true,
})
