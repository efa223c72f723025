import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { accounts } from '../../sign-on/facts.ts'
import { removalMeasured } from '../facts.ts'

/**
 * In every quarter the rights of each account were gone through by another than its holder, and what
 * was to go is gone from the systems. A decision alone is not enough.
 */
export const rightsReviewedQuarterly = cadence({
  id: 'protect.review.rights-reviewed-quarterly',
  version: 1,
  owner: 'identity',
  params: { period: 'P3M', times: 1, listFresh: 'P90D', comparedFresh: 'P7D' },
  population: accounts(),
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  done: [{ type: removalMeasured, key: f => f.body.account, if: f => f.body.remaining === 0 }],
  names: f => (f.body as { period: string }).period,
})
