import { beginOf, endOf } from '../../../core/control/dates.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { type Slot, state } from '../../../core/control/state.ts'
import type { Instant } from '../../../core/fact.ts'
import type { Params } from '../../../core/judge.ts'
import { adviceGiven, type Declared, engagementsDeclared } from '../facts.ts'

/**
 * At least so many advisers from outside are under a contract that has begun, is not over, and is for
 * both advice and help in audits; and lately one of them gave some. A contract that begins later is
 * declared once it has begun.
 */
export const adviserEngaged = state({
  id: 'govern.audit.adviser-engaged',
  version: 1,
  owner: 'ciso',
  params: { engagementsAtLeast: 1, engagementsFresh: 'P1Y', adviceFresh: 'P1Y' },
  slots: {
    engagements: {
      type: engagementsDeclared,
      byHand: [engagementsDeclared],
      fresh: params => String(params['engagementsFresh']),
    },
    advice: {
      type: adviceGiven,
      byHand: [adviceGiven],
      fresh: params => String(params['adviceFresh']),
    },
  },
  holds: ({ engagements }, now, params) => {
    const count = endsOf(engagements, params).filter(end => now < end).length
    const least = Number(params['engagementsAtLeast'])
    if (count >= least) return true
    return { status: 'broken', reason: { code: 'audit.adviser.few', args: { count, least } } }
  },
  until: ({ engagements }, params) =>
    endsOf(engagements, params).at(-Number(params['engagementsAtLeast'])) ?? null,
})

/** When the engagements end that had begun when they were declared, the last one last. */
function endsOf({ body, when }: Slot<Declared>, params: Params): readonly Instant[] {
  const zone = organisationZone(params)
  return body.engagements
    .filter(({ services }) => services.includes('advice') && services.includes('audit-support'))
    .filter(({ from }) => beginOf(from, zone) <= when)
    .map(({ until }) => endOf(until, zone))
    .sort()
}
