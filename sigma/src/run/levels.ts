/** Levels of rules, the lowest first. A rule without one stands below them all. */
export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const

/** The place of a level; -1 if it is none. */
export const rankOf = (level: string | null): number =>
  level === null ? -1 : (levels as readonly string[]).indexOf(level)

/** Whether a level is at least the one that was asked for; any is if none was. */
export const isAtLeast = (level: string | null, min: string | null): boolean =>
  rankOf(level) >= rankOf(min)
