import { organisationZone } from '../../../core/control/kind.ts'
import { state } from '../../../core/control/state.ts'
import { officerAppointed, officerMeasured } from '../facts.ts'
import { broken, departments } from '../parts.ts'
import { holderAt, nextEdge, spansOf } from '../terms.ts'

/**
 * Every department has a security officer whose term has begun and is not over. The appointment grows
 * old with the list of departments, which the directory confirms.
 */
export const departmentOfficerAppointed = state({
  id: 'govern.policy.department-officer-appointed',
  version: 1,
  owner: 'department-officer',
  params: { listFresh: 'P6M', comparedFresh: 'P90D' },
  population: departments(),
  slots: {
    officer: { type: officerMeasured, byHand: [officerAppointed], key: f => f.body.department },
  },
  holds: ({ officer }, now, params) =>
    holderAt(spansOf(officer.body.holders, organisationZone(params)), now) !== null ||
    broken('policy.officer.none'),
  until: ({ officer }, params, now) =>
    nextEdge(spansOf(officer.body.holders, organisationZone(params)), now),
})
