import { msOf } from '../../../core/time.ts'
import type { DrillStep } from './table.ts'

/** Whoever does a thing needs longer than to tick it; several within a minute were ticked together. */
export const tickedTogetherSeconds = 60

/** Between the first and the last step that was ticked as done; null: fewer than two were. */
export function spreadSecondsOf(steps: readonly Pick<DrillStep, 'done'>[]): number | null {
  const ticks = steps.flatMap(({ done }) => (done === null ? [] : [msOf(done.at)]))
  if (ticks.length < 2) return null
  return Math.round((Math.max(...ticks) - Math.min(...ticks)) / 1_000)
}

/** All steps were ticked at once: whether they were done so, nobody can see from it. */
export function isDoubtful(steps: readonly Pick<DrillStep, 'done'>[]): boolean {
  const spread = spreadSecondsOf(steps)
  return spread !== null && spread < tickedTogetherSeconds
}

/** Steps that were begun before an earlier one was done. */
export const isOutOfOrder = (
  one: Pick<DrillStep, 'step' | 'begun'>,
  steps: readonly Pick<DrillStep, 'step' | 'done'>[],
): boolean => {
  const { begun } = one
  if (begun === null) return false
  return steps.some(({ step, done }) => step < one.step && (done === null || done.pos > begun.pos))
}
