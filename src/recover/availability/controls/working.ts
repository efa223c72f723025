import type { Params } from '../../../core/judge.ts'
import type { Pools } from '../facts.ts'

type Target = Pools[number]['targets'][number]

/**
 * The targets of a pool that carry load: they are given a share of it, or stand in for others; somebody checks
 * them, the newest check passed, they hardly ever failed one and were not down; and where the pool had enough
 * requests to tell, some were given to them.
 */
export function workingTargets(pool: Pools[number], params: Params): readonly Target[] {
  const requests = pool.targets.reduce((sum, target) => sum + target.requests, 0)
  const isBusy = requests >= Number(params['busyRequestsAtLeast'])
  return pool.targets.filter(({ role, checks, requests: given }) => {
    if (role !== 'active' && !(role === 'backup' && given > 0)) return false
    if (checks?.newest !== 'passed') return false
    if (checks.failures > Number(params['targetFailuresAtMost'])) return false
    if (checks.downSeconds > Number(params['targetDownSecondsAtMost'])) return false
    return !isBusy || given > 0
  })
}
