import { capability } from '../../../core/control/capability.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { postureEnrolled, postureScanned } from '../facts.ts'

/**
 * Every cloud account is connected to the CSPM, and that goes through it whole each day. What it finds
 * is judged elsewhere: here it is asked whether it looks.
 */
export const cloudPostureScanned = capability({
  id: 'protect.hardening.cloud-posture-scanned',
  version: 1,
  owner: 'infrastructure',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    every: 'P1D',
    unevaluatedRulesAtMost: 0,
  },
  population: assets('cloud-account'),
  exists: [{ type: postureEnrolled, key: f => f.body.account }],
  canary: { type: postureScanned, key: f => f.body.account },
  passed: (fact, params) => {
    const { checks, evaluated } = fact.body as { checks: number; evaluated: number }
    return checks > 0 && checks - evaluated <= Number(params['unevaluatedRulesAtMost'])
  },
  every: p => String(p['every']),
})
