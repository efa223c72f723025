import { clock } from '../../../core/control/clock.ts'
import type { Duration } from '../../../core/fact.ts'
import { parseDuration } from '../../../core/time.ts'
import { caseResolved, satisfactionAsked } from '../facts.ts'
import { caseOf, cases } from '../parts.ts'

/**
 * When a case has been resolved for so long, and not before, the desk asks within the grace whether
 * the person is satisfied. To have asked too early is not to have asked.
 */
export const satisfactionAskedAfterThirtyDays = clock({
  id: 'govern.desk.satisfaction-asked-after-thirty-days',
  version: 1,
  owner: 'desk',
  params: { limit: 'P30D', grace: 'P3D', window: 'P90D', aliveFresh: 'PT1H' },
  ...cases,
  start: [{ type: caseResolved, key: caseOf }],
  stop: [{ type: satisfactionAsked, key: caseOf }],
  notBefore: params => String(params['limit']),
  limit: (_facts, params) => sum(String(params['limit']), String(params['grace'])),
})

/** One duration after another; nothing can be added to business days, so there is no grace on them. */
function sum(one: Duration, other: Duration): Duration {
  const [a, b] = [parseDuration(one), parseDuration(other)]
  if (a.kind === 'business' || b.kind === 'business') return one
  const months = (a.kind === 'local' ? a.months : 0) + (b.kind === 'local' ? b.months : 0)
  const days = (a.kind === 'local' ? a.days : 0) + (b.kind === 'local' ? b.days : 0)
  const seconds = (a.ms + b.ms) / 1_000
  return `P${months > 0 ? `${months}M` : ''}${days}D${seconds > 0 ? `T${seconds}S` : ''}`
}
