import { OkiteError } from '../error.ts'
import type { Principal } from '../module.ts'

/**
 * Object rules. A permission says what somebody may do at all; where a role has it for its own things
 * alone, a second permission says who has it for everybody's, and these two read both.
 */

/** What a list may show to him: `null` is everything, a person is what is his, and nobody sees nothing. */
export function scopeOf(principal: Principal, all: string): Readonly<{ person: string }> | null {
  if (principal.permissions.has(all)) return null
  // Who has no identifier owns nothing, and nothing is what he is shown.
  if (principal.person === null) throw new OkiteError('HTTP_FORBIDDEN', { permission: all })
  return { person: principal.person }
}

/**
 * One object, which belongs to these persons. What is another's is not there for him: that it exists is
 * already more than he may know (ASVS 8.2.2).
 *
 * @throws OkiteError `HTTP_NOT_FOUND`
 */
export function requireOwn(principal: Principal, all: string, owners: readonly string[]): void {
  if (principal.permissions.has(all)) return
  const { person } = principal
  if (person === null || !owners.includes(person)) throw new OkiteError('HTTP_NOT_FOUND')
}
