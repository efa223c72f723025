import type { Instant } from '../fact.ts'
import { plusMs } from './match.ts'

/** A finding of one subject as its row remembers it. */
export type Finding = Readonly<{
  open: boolean
  /** The subject is failing now; differs from `open` while the finding is unstable. */
  failing: boolean
  unstable: boolean
  /** When it began or ceased to fail, within the last day, oldest first. */
  changes: readonly Instant[]
}>

export const noFinding: Finding = { open: false, failing: false, unstable: false, changes: [] }

/** So many changes within a day are called flapping (V28). */
const changesMax = 6
const dayMs = 24 * 3_600_000

/**
 * Lets a finding follow its subject. After six changes in 24 hours it stays open until the subject
 * has not changed for 24 hours, so that nobody is told of the same thing again and again (V28).
 *
 * Answers also when time alone may close it.
 */
export function follow(
  before: Finding,
  failing: boolean,
  now: Instant,
): Readonly<{ finding: Finding; until: Instant | null }> {
  // What was quiet and is quiet; nearly every subject at nearly every step.
  if (!failing && !before.failing && !before.unstable && before.changes.length === 0) {
    return { finding: before.open ? { ...before, open: false } : before, until: null }
  }
  let changes = before.changes
  if (changes.length > 0) {
    const dayAgo = plusMs(now, -dayMs)
    changes = changes.filter(instant => instant > dayAgo)
  }
  // A finding that has been quiet for a day is an ordinary one again.
  let unstable = before.unstable && changes.length > 0
  if (failing !== before.failing) changes = [...changes, now].slice(-changesMax)
  if (changes.length >= changesMax) unstable = true
  const last = changes.at(-1)
  return {
    finding: { open: failing || unstable, failing, unstable, changes },
    until: unstable && last !== undefined ? plusMs(last, dayMs) : null,
  }
}
