import { useHouse } from '../../ui/house.tsx'
import { Problem } from '../../ui/problem.ts'

/** He was asked who he is, and gave it up: what he wanted to do is not done, and he knows it. */
export class GivenUp extends Error {}

/**
 * Does what only somebody may who has signed in a moment ago (ASVS 7.5.1). Where that was longer ago, he
 * signs in once more and it is done then.
 */
export function useFresh(): <T>(work: () => Promise<T>) => Promise<T> {
  const { signInAgain } = useHouse()
  return async work =>
    work().catch(async (thrown: unknown) => {
      if (!(thrown instanceof Problem) || thrown.code !== 'ACCOUNT_STALE') throw thrown
      if (!(await signInAgain())) throw new GivenUp()
      return work()
    })
}
