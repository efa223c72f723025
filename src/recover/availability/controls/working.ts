import type { Params } from '../../../core/judge.ts'
import type { Pools } from '../facts.ts'

type Target = Pools[number]['targets'][number]

/**
 * The targets of a pool that carry load: checked, hardly ever found wanting, and given requests where
 * the pool had any.
 */
export function workingTargets(pool: Pools[number], params: Params): readonly Target[] {
  const isBusy = pool.targets.some(target => target.requests > 0)
  return pool.targets.filter(
    target =>
      target.checks > 0 &&
      target.failures <= Number(params['targetFailuresAtMost']) &&
      (!isBusy || target.requests > 0),
  )
}
