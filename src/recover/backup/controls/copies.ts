import type { Holds } from '../../../core/control/state.ts'
import type { Instant } from '../../../core/fact.ts'
import { msOf, toInstant } from '../../../core/time.ts'
import type { Copies } from '../facts.ts'

/** What a set has of each. */
type Have = Readonly<{ copies: number; media: number; places: number; offSite: number }>
type Wanted = Partial<Have>

const dayMs = 86_400_000
const codes = {
  copies: 'backup.copies.few',
  media: 'backup.media.few',
  places: 'backup.places.few',
  offSite: 'backup.offsite.few',
} as const

/**
 * Counts the copies that were read back without an error within so many days. Copies that nobody read
 * lately, or that stand in a repository on no list, may yet be good: where they would be enough, it is
 * not known.
 */
export function assessCopies(
  measured: Copies,
  wanted: Wanted,
  now: Instant,
  readDaysMax: number,
): Holds {
  const good = measured.copies.filter(copy => copy.errors === 0)
  const listed = good.filter(copy => copy.medium !== null && copy.site !== null)
  const certain = listed.filter(copy => (endOf(copy, readDaysMax) ?? '') > now)
  if (shortOf(wanted, count(certain, measured.home)) === null) return true
  const short = shortOf(wanted, count(good, measured.home))
  if (short !== null) return { status: 'broken', reason: short }
  const isUnlisted = shortOf(wanted, count(listed, measured.home)) !== null
  return isUnlisted
    ? { status: 'unknown', reason: { code: 'backup.repository.unlisted', args: {} } }
    : { status: 'unknown', reason: { code: 'backup.copies.unread', args: { days: readDaysMax } } }
}

/** When time alone leaves too few copies that were read lately. */
export function copiesUntil(measured: Copies, wanted: Wanted, readDaysMax: number): Instant | null {
  const ends = measured.copies.flatMap(copy => endOf(copy, readDaysMax) ?? []).sort()
  return ends.find(at => assessCopies(measured, wanted, at, readDaysMax) !== true) ?? null
}

type Copy = Copies['copies'][number]

/** Until when a reading counts; null: it was never read. */
const endOf = ({ readAt }: Copy, readDaysMax: number): Instant | null =>
  readAt === null ? null : toInstant(msOf(readAt) + readDaysMax * dayMs)

/** Of a repository on no list neither medium nor site is known: both may be new ones. */
const count = (copies: readonly Copy[], home: string | null): Have => ({
  copies: copies.length,
  media: new Set(copies.map(copy => copy.medium ?? `of ${copy.repository}`)).size,
  places: new Set(copies.map(copy => copy.site ?? `of ${copy.repository}`)).size,
  offSite: copies.filter(copy => copy.site !== home).length,
})

function shortOf(wanted: Wanted, have: Have) {
  for (const [name, code] of Object.entries(codes) as [keyof Have, string][]) {
    const least = wanted[name]
    if (least !== undefined && have[name] < least) {
      return { code, args: { count: have[name], least } }
    }
  }
  return null
}
