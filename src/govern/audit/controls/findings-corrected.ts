import { clock } from '../../../core/control/clock.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import type { Fact } from '../../../core/fact.ts'
import { watermarkAdvanced } from '../../../core/facts.ts'
import { findingCorrected, findingRaised, findingWithdrawn, planApproved } from '../facts.ts'

const finding = (f: Fact<{ finding: string }>) => f.body.finding
/** The carrying out of a plan is a case of its own, under the days that the plan gives itself. */
const plan = (f: Fact<{ finding: string }>) => `${f.body.finding} plan`

/**
 * For every finding of an audit a plan is approved within the limit, by another person than the one who
 * made it, and carried out within the days that it says. An approval anew gives no more days.
 */
export const findingsCorrected = clock({
  id: 'govern.audit.findings-corrected',
  version: 1,
  owner: 'internal-audit',
  params: { limit: 'P30D', window: 'P1Y', aliveFresh: 'P7D' },
  alive: [{ type: watermarkAdvanced, if: f => f.body.source === 'audit-findings' }],
  aliveFresh: params => String(params['aliveFresh']),
  start: [
    { type: findingRaised, key: finding },
    { type: planApproved, key: plan, if: isByTwo('planner', 'approver') },
  ],
  stop: [
    { type: planApproved, key: finding, if: isByTwo('planner', 'approver') },
    { type: findingCorrected, key: plan },
  ],
  cancel: {
    type: findingWithdrawn,
    key: f => [finding(f), plan(f)],
    if: isByTwo('by', 'second'),
  },
  limit: (facts, params) => {
    const approved = facts.body(planApproved)
    return approved === null ? String(params['limit']) : `P${approved.days}D`
  },
  window: params => String(params['window']),
  zone: organisationZone,
})

function isByTwo(one: string, other: string) {
  return ({ refs }: Fact) =>
    refs[one] !== undefined && refs[other] !== undefined && refs[one] !== refs[other]
}
