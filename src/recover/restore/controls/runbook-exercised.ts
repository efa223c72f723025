import { capability } from '../../../core/control/capability.ts'
import type { Fact } from '../../../core/fact.ts'
import { msOf } from '../../../core/time.ts'
import { type Exercised, runbookExercised, runbooks, runbookWritten } from '../facts.ts'

/**
 * Each runbook is written, with the order in which systems come back, and was tried: every step of it,
 * in that order, until the last answered, in the time that a restoration may take.
 */
export const runbookTried = capability({
  id: 'recover.restore.runbook-exercised',
  version: 1,
  owner: 'continuity',
  params: { every: 'P1Y', within: 'PT4H', listFresh: 'P90D', comparedFresh: 'P7D' },
  population: runbooks(),
  exists: [{ type: runbookWritten, key: f => f.body.runbook }],
  canary: { type: runbookExercised, key: f => f.body.runbook, amount: f => lengthMs(f.body) },
  passed: (fact: Fact<any>) => isInOrder(fact.body),
  every: params => String(params['every']),
  within: params => String(params['within']),
})

/** All systems, as laid down, none begun before the one ahead of it, and all of them answered. */
const isInOrder = ({ order, steps }: Exercised): boolean =>
  steps.length === order.length &&
  steps.every(
    ({ system, began, answered }, nth) =>
      system === order[nth] &&
      answered !== null &&
      answered >= began &&
      began >= (steps[nth - 1]?.began ?? ''),
  )

/** From the first step to the last answer. */
function lengthMs({ steps }: Exercised): number {
  const ends = steps.map(step => msOf(step.answered ?? step.began))
  return Math.max(...ends) - Math.min(...steps.map(step => msOf(step.began)))
}
