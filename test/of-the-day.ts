const dayMs = 86_400_000

/**
 * Of walks that differ in language and looks alone a run takes one, another each day (UTC): in so many days
 * all have been gone. TEST_DAY=all goes them all, TEST_DAY=2026-11-27 those of that day once more.
 */
export function ofTheDay<T>(walks: readonly T[]): readonly T[] {
  const asked = process.env['TEST_DAY']
  if (asked === 'all') return walks
  const ms = asked === undefined ? Date.now() : Date.parse(asked)
  if (Number.isNaN(ms)) throw new Error(`TEST_DAY is neither all nor a day: ${asked}`)
  const at = Math.floor(ms / dayMs) % walks.length
  return walks.slice(at, at + 1)
}
