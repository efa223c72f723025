import { state } from '../../../core/control/state.ts'
import { requirementsAgreed, suppliers } from '../facts.ts'

/**
 * Every partner has agreed, and not long ago, to one and the same text of requirements: the one whose
 * hash the owner has decided. Until he has, nobody knows what to compare with.
 */
export const partnersAgreedCommonSet = state({
  id: 'govern.supplier.partners-agreed-common-set',
  version: 1,
  owner: 'procurement',
  params: { requirementsHash: '', fresh: 'P1Y', listFresh: 'P90D', comparedFresh: 'P30D' },
  population: suppliers('partner'),
  slots: {
    agreed: {
      type: requirementsAgreed,
      byHand: [requirementsAgreed],
      key: f => f.body.supplier,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ agreed }, _now, params) => {
    const { requirementsHash } = params
    if (requirementsHash === '')
      return { status: 'unknown', reason: { code: 'supplier.requirements.undecided', args: {} } }
    if (agreed.body.hash === requirementsHash) return true
    const args = { version: agreed.body.version }
    return { status: 'broken', reason: { code: 'supplier.requirements.other', args } }
  },
})
