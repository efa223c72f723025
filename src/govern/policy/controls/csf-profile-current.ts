import { state } from '../../../core/control/state.ts'
import { isSubcategory } from '../csf.ts'
import { profileSet } from '../facts.ts'
import { broken } from '../parts.ts'

/**
 * The profile of NIST CSF 2.0 has a current and a target level for each subcategory, once, and was set
 * within a year. What is no subcategory of that edition does not count.
 */
export const csfProfileCurrent = state({
  id: 'govern.policy.csf-profile-current',
  version: 1,
  owner: 'ciso',
  params: { csfSubcategories: 106, fresh: 'P1Y' },
  slots: {
    profile: { type: profileSet, byHand: [profileSet], fresh: params => String(params['fresh']) },
  },
  holds: ({ profile }, _now, params) => {
    const levels = profile.body.levels
    const set = levels.filter(
      ({ subcategory, current, target }) =>
        isSubcategory(subcategory) && current !== null && target !== null,
    )
    const count = new Set(set.map(one => one.subcategory)).size
    const twice = levels.length - new Set(levels.map(one => one.subcategory)).size
    const of = Number(params['csfSubcategories'])
    return (count === of && twice === 0) || broken('policy.profile.open', { count, of, twice })
  },
})
