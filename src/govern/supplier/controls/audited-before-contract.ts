import { organisationZone } from '../../../core/control/kind.ts'
import { state } from '../../../core/control/state.ts'
import { contractListed, contractMeasured, contracts } from '../facts.ts'
import { isWithin } from '../within.ts'

/**
 * Every contract with a vendor was signed after a security audit of the vendor had been approved for
 * it, not long before, and with no more open major findings than allowed. The order of the two times
 * is the test. What came first stays first: only the list of contracts grows old.
 */
export const auditedBeforeContract = state({
  id: 'govern.supplier.audited-before-contract',
  version: 1,
  owner: 'procurement',
  params: {
    supplierMajorMax: 0,
    assessmentAgeMax: 'P1Y',
    listFresh: 'P90D',
    comparedFresh: 'P30D',
  },
  population: contracts('vendor'),
  slots: {
    contract: { type: contractMeasured, byHand: [contractListed], key: f => f.body.contract },
  },
  holds: ({ contract }, _now, params) => {
    const { approved, signed } = contract.body
    const broken = (code: string, args = {}) =>
      ({ status: 'broken', reason: { code, args } }) as const
    if (approved === null) return broken('supplier.audit.none')
    const most = Number(params['supplierMajorMax'])
    if (approved.major > most)
      return broken('supplier.audit.major', { count: approved.major, most })
    const zone = organisationZone(params)
    return (
      isWithin(approved.at, signed, String(params['assessmentAgeMax']), zone) ||
      broken('supplier.audit.old', { approved: approved.at })
    )
  },
})
