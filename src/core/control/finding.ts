import type { Instant } from '../fact.ts'
import { later, plusMs } from './match.ts'

/** A finding of one subject as its row remembers it. */
export type Finding = Readonly<{
  open: boolean
  /** The subject is failing now; differs from `open` while the finding is unstable. */
  failing: boolean
  /** It was flapping at its last change, and is until it has been quiet for a day. */
  unstable: boolean
  /** When it began or ceased to fail, oldest first: the last of them, and those of the day before it. */
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
 * @param since when it became what it is. Who hears of several changes at once counts them as he would
 *   have who heard of each in its time (V2)
 * @returns also when time alone may close it
 */
export function follow(
  before: Finding,
  failing: boolean,
  since: Instant,
  now: Instant,
): Readonly<{ finding: Finding; until: Instant | null }> {
  const changed = failing === before.failing ? before : change(before, failing, since, now)
  const last = changed.changes.at(-1)
  const quietAt = changed.unstable && last !== undefined ? plusMs(last, dayMs) : null
  const until = quietAt !== null && quietAt > now ? quietAt : null
  const open = failing || until !== null
  // Nearly every subject is at nearly every step what it was.
  return { finding: changed.open === open ? changed : { ...changed, open }, until }
}

function change(before: Finding, failing: boolean, since: Instant, now: Instant): Finding {
  const last = before.changes.at(-1) ?? ''
  const at = later(last, since < now ? since : now)
  const dayAgo = plusMs(at, -dayMs)
  const changes = [...before.changes.filter(instant => instant > dayAgo), at].slice(-changesMax)
  // A finding that has been quiet for a day is an ordinary one again.
  const unstable = changes.length >= changesMax || (before.unstable && last > dayAgo)
  return { open: before.open, failing, unstable, changes }
}
