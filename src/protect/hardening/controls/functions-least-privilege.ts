import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { broken, counted } from '../answer.ts'
import { functionInspected } from '../facts.ts'

/**
 * Every serverless function runs under a role of its own, which grants nothing by wildcard and nothing
 * that the function does not use; and its settings pass.
 */
export const functionsLeastPrivilege = state({
  id: 'protect.hardening.functions-least-privilege',
  version: 1,
  owner: 'development',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P1D',
    functionsPerRoleAtMost: 1,
    wildcardGrantsAtMost: 0,
    unusedGrantsAtMost: 0,
    failedRulesAtMost: 0,
    unevaluatedRulesAtMost: 0,
  },
  population: assets('function'),
  slots: {
    seen: { type: functionInspected, key: f => f.body.function, fresh: p => String(p['fresh']) },
  },
  holds: ({ seen }, _now, params) => {
    const { role, functions, grantsWildcard, grantsUnused } = seen.body
    if (role === null) return broken('role.none')
    if (functions > Number(params['functionsPerRoleAtMost'])) {
      return broken('role.shared', { functions })
    }
    if (grantsWildcard > Number(params['wildcardGrantsAtMost'])) {
      return broken('role.wildcard', { grants: grantsWildcard })
    }
    if (grantsUnused > Number(params['unusedGrantsAtMost'])) {
      return broken('role.unused', { grants: grantsUnused })
    }
    return counted(seen.body, params)
  },
})
