import { capability } from '../../../core/control/capability.ts'
import { type Round, roundClosed, schemePublished } from '../facts.ts'
import { minutesOf } from '../parts.ts'

/**
 * The rule of the scheme is published, and in each such time it was used: enough suggestions were
 * rewarded, and of those that were adopted all were honoured and all were rewarded.
 */
export const suggestionsRewarded = capability({
  id: 'protect.awareness.suggestions-rewarded',
  version: 1,
  owner: 'people',
  params: { every: 'P1Y', suggestionAwardsAtLeast: 1 },
  canary: { type: roundClosed, if: f => f.refs['by'] !== undefined },
  passed: (fact, params) => {
    const { from, until, received, adopted, honoured, rewarded } = fact.body as Round
    const minutes = (Date.parse(until) - Date.parse(from)) / 60_000
    if (minutes <= 0 || minutes > minutesOf(String(params['every']))) return false
    if (adopted > received || honoured < adopted || rewarded < adopted) return false
    return rewarded >= Number(params['suggestionAwardsAtLeast'])
  },
  every: params => String(params['every']),
  exists: [{ type: schemePublished, if: f => f.refs['by'] !== undefined }],
})
