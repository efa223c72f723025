import { state } from '../../../core/control/state.ts'
import { accounts } from '../../sign-on/facts.ts'
import { rightsMeasured } from '../facts.ts'

/**
 * No account can do what neither one of its roles nor a grant that somebody else approved allows. The
 * number is joined by a judge from role model, roles, grants and what the systems show.
 */
export const noRightBeyondRole = state({
  id: 'protect.access.no-right-beyond-role',
  version: 1,
  owner: 'identity',
  params: { excessRightsAtMost: 0, fresh: 'P7D', listFresh: 'P90D', comparedFresh: 'P7D' },
  population: accounts(),
  slots: {
    rights: {
      type: rightsMeasured,
      key: f => f.body.account,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ rights }, _now, params) => {
    const { excess, examples } = rights.body
    if (excess <= Number(params['excessRightsAtMost'])) return true
    const right = examples[0] ?? ''
    return { status: 'broken', reason: { code: 'access.right.excess', args: { excess, right } } }
  },
})
