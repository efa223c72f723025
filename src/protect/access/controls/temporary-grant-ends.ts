import { state } from '../../../core/control/state.ts'
import { grantGiven, grantRead, temporaryGrants } from '../facts.ts'
import { after } from './span.ts'

/**
 * Every temporary grant has an end, and the system stopped letting it be used by then. Once its end
 * has come only a look from after it can say so. That there is none at a time is nothing unusual:
 * with a list that is declared and confirmed, none is kept.
 */
export const temporaryGrantEnds = state({
  id: 'protect.access.temporary-grant-ends',
  version: 1,
  owner: 'identity',
  params: {
    /** What a system may take to let go. */
    endedWithin: 'PT15M',
    fresh: 'PT2H',
    listFresh: 'P90D',
    comparedFresh: 'P1D',
  },
  population: temporaryGrants(),
  emptyMeans: 'kept',
  slots: {
    // What was granted never changes, so it does not age.
    grant: { type: grantGiven, key: f => f.body.grant },
    look: { type: grantRead, key: f => f.body.grant, fresh: params => String(params['fresh']) },
  },
  holds: ({ grant, look }, now, params) => {
    const { until } = grant.body
    const broken = (code: string) => ({ status: 'broken', reason: { code, args: {} } }) as const
    if (until === null) return broken('access.grant.endless')
    const deadline = after(until, 'endedWithin', params)
    const { endedAt } = look.body
    if (endedAt !== null) return endedAt <= deadline || broken('access.grant.late')
    if (look.when > deadline) return broken('access.grant.alive')
    if (now <= deadline) return true
    return { status: 'unknown', reason: { code: 'access.grant.unseen', args: {} } }
  },
  until: ({ grant, look }, params) => {
    const { until } = grant.body
    if (until === null || look.body.endedAt !== null) return null
    return new Date(Date.parse(after(until, 'endedWithin', params)) + 1).toISOString()
  },
})
