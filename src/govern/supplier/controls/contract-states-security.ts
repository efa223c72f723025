import { state } from '../../../core/control/state.ts'
import { contractListed, contractRead, contracts } from '../facts.ts'

/**
 * Every contract with a vendor, in the text that is in force, has a clause on each security topic
 * that is asked for, and figures in them. The entry of the list tells which text is in force; it
 * grows old with the list.
 */
export const contractStatesSecurity = state({
  id: 'govern.supplier.contract-states-security',
  version: 1,
  owner: 'procurement',
  params: {
    /** Topics that the clauses must name, with spaces between. */
    supplierClauses: 'access encryption event-notice audit deletion',
    /** A clause without any figure promises nothing that could be measured. */
    clauseFiguresAtLeast: 1,
    fresh: 'P1Y',
    listFresh: 'P90D',
    comparedFresh: 'P30D',
  },
  population: contracts('vendor'),
  slots: {
    contract: { type: contractListed, byHand: [contractListed], key: f => f.body.contract },
    read: {
      type: contractRead,
      byHand: [contractRead],
      key: f => f.body.contract,
      fresh: p => String(p['fresh']),
    },
  },
  holds: ({ contract, read }, _now, params) => {
    const { clauses, hash } = read.body
    if (hash !== contract.body.hash)
      return { status: 'unknown', reason: { code: 'supplier.clauses.other', args: {} } }
    const asked = String(params['supplierClauses']).split(' ')
    const missing = asked.filter(topic => !clauses.some(clause => clause.topic === topic))
    if (missing.length > 0) {
      const args = { topic: missing.join(' '), count: missing.length }
      return { status: 'broken', reason: { code: 'supplier.clauses.missing', args } }
    }
    const figures = clauses
      .filter(clause => asked.includes(clause.topic))
      .reduce((sum, clause) => sum + clause.figures, 0)
    const least = Number(params['clauseFiguresAtLeast'])
    if (figures >= least) return true
    return {
      status: 'broken',
      reason: { code: 'supplier.clauses.vague', args: { figures, least } },
    }
  },
})
