import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { counted, unknown } from '../answer.ts'
import { postureScanned } from '../facts.ts'

/** Every cloud account passes all checks of the security practice that its own provider publishes. */
export const cloudProviderPractice = state({
  id: 'protect.hardening.cloud-provider-practice',
  version: 1,
  owner: 'infrastructure',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P1D',
    practiceOfAws: 'aws-foundational-security-best-practices',
    practiceOfAzure: 'microsoft-cloud-security-benchmark',
    failedRulesAtMost: 0,
    unevaluatedRulesAtMost: 0,
  },
  population: assets('cloud-account'),
  slots: {
    scan: { type: postureScanned, key: f => f.body.account, fresh: p => String(p['fresh']) },
  },
  holds: ({ scan }, _now, params) => {
    const { provider, practice, checks, evaluated, failed } = scan.body
    const wanted = { aws: params['practiceOfAws'], azure: params['practiceOfAzure'] }
    if (provider !== 'aws' && provider !== 'azure') return unknown('provider.other', { provider })
    if (practice !== wanted[provider]) {
      return unknown('practice.other', { practice, wanted: String(wanted[provider]) })
    }
    return counted({ rules: checks, evaluated, failed }, params)
  },
})
