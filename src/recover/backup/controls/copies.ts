import type { Holds } from '../../../core/control/state.ts'
import { distanceMetres, type Place } from '../../../core/distance.ts'
import type { Instant } from '../../../core/fact.ts'
import type { Params } from '../../../core/judge.ts'
import { msOf, toInstant } from '../../../core/time.ts'
import type { Copies } from '../facts.ts'

/** What a set has of each, by what is certain and at the most. */
type Count = Readonly<{ least: number; most: number }>
type Have = Readonly<Record<keyof typeof codes, Count>>
type Wanted = Partial<Record<keyof typeof codes, number>>

const dayMs = 86_400_000
const codes = {
  copies: 'backup.copies.few',
  media: 'backup.media.few',
  places: 'backup.places.few',
  offSite: 'backup.offsite.few',
  held: 'backup.held.few',
} as const

type Copy = Copies['copies'][number]
type Rules = Readonly<{ readDays: number; triedDays: number; apartMetres: number }>

const rulesOf = (params: Params): Rules => ({
  readDays: Number(params['copyReadDaysMax']),
  triedDays: Number(params['deletionTriedDaysMax'] ?? 0),
  apartMetres: Number(params['backupApartMetresAtLeast']),
})

/**
 * Counts the copies that were read back without an error within so many days. Copies that nobody read
 * lately, that stand in a repository on no list, on a site of which nobody said where it lies, or where
 * nobody tried to delete, may yet be good: where they would be enough, it is not known.
 */
export function assessCopies(
  measured: Copies,
  wanted: Wanted,
  now: Instant,
  params: Params,
): Holds {
  const rules = rulesOf(params)
  const good = measured.copies.filter(copy => copy.errors === 0)
  const listed = good.filter(copy => copy.medium !== null && copy.site !== null)
  const read = listed.filter(({ readAt }) => isWithin(readAt, rules.readDays, now))
  const countOf = (copies: readonly Copy[]) => count(copies, measured, rules, now)
  const certain = shortOf(wanted, countOf(read), 'least')
  if (certain === null) return true
  const short = shortOf(wanted, countOf(good), 'most')
  if (short !== null) {
    const faulty = measured.copies.find(({ fault }) => fault !== null)
    const args = { count: short.count, least: short.least }
    // The name of what was wrong, where something was: it says what to do.
    if (short.of === 'copies' && faulty !== undefined) {
      const named = { ...args, repository: faulty.repository, fault: faulty.fault ?? '' }
      return { status: 'broken', reason: { code: 'backup.copies.faulty', args: named } }
    }
    return { status: 'broken', reason: { code: codes[short.of], args } }
  }
  const unknown = (code: string, args = {}): Holds => ({
    status: 'unknown',
    reason: { code, args },
  })
  if (shortOf(wanted, countOf(listed), 'most') !== null)
    return unknown('backup.repository.unlisted')
  if (shortOf(wanted, countOf(read), 'most') !== null) {
    return unknown('backup.copies.unread', { days: rules.readDays })
  }
  return certain.of === 'held'
    ? unknown('backup.deletion.untried', { days: rules.triedDays })
    : unknown('backup.site.unlocated')
}

/** When time alone leaves too few copies that were read, or defended, lately. */
export function copiesUntil(measured: Copies, wanted: Wanted, params: Params): Instant | null {
  const { readDays, triedDays } = rulesOf(params)
  const ends = measured.copies
    .flatMap(({ readAt, triedAt }) => [endOf(readAt, readDays), endOf(triedAt, triedDays)])
    .filter(at => at !== null)
    .sort()
  return ends.find(at => assessCopies(measured, wanted, at, params) !== true) ?? null
}

/** Until when something that was seen counts; null: it was never seen. */
const endOf = (at: Instant | null, days: number): Instant | null =>
  at === null ? null : toInstant(msOf(at) + days * dayMs)

const isWithin = (at: Instant | null, days: number, now: Instant): boolean =>
  (endOf(at, days) ?? '') > now

function count(
  copies: readonly Copy[],
  { home, homePlace }: Copies,
  { triedDays, apartMetres }: Rules,
  now: Instant,
): Have {
  const exactly = (value: number): Count => ({ least: value, most: value })
  const held = copies.filter(({ isHeld }) => isHeld)
  const elsewhere = copies.filter(copy => copy.site !== home)
  const away = elsewhere.filter(
    ({ place }) => homePlace !== null && place !== null && isApart(homePlace, place, apartMetres),
  )
  // Of those that nobody tried, or nobody tried lately, it is not known; of those that gave way it is.
  const maybeHeld = copies.filter(copy => copy.isHeld || copy.triedAt === null)
  const maybeAway = elsewhere.filter(
    ({ place }) => homePlace === null || place === null || isApart(homePlace, place, apartMetres),
  )
  return {
    copies: exactly(copies.length),
    // Of a repository on no list neither medium nor site is known: both may be new ones.
    media: exactly(new Set(copies.map(copy => copy.medium ?? `of ${copy.repository}`)).size),
    places: placesOf(copies, apartMetres),
    offSite: { least: away.length, most: maybeAway.length },
    held: {
      least: held.filter(({ triedAt }) => isWithin(triedAt, triedDays, now)).length,
      most: maybeHeld.length,
    },
  }
}

const isApart = (a: Place, b: Place, metres: number): boolean => distanceMetres(a, b) >= metres

/** Sites that are near each other are one place, and so are those between which a third one lies so. */
function placesOf(copies: readonly Copy[], apartMetres: number): Count {
  const bySite = new Map(copies.map(copy => [copy.site ?? `of ${copy.repository}`, copy.place]))
  const located = [...bySite.values()].filter(place => place !== null)
  const places: Place[][] = []
  for (const place of located) {
    const near = places.filter(each => each.some(other => !isApart(other, place, apartMetres)))
    for (const each of near) places.splice(places.indexOf(each), 1)
    places.push([place, ...near.flat()])
  }
  const unlocated = bySite.size - located.length
  const least = places.length === 0 && unlocated > 0 ? 1 : places.length
  return { least, most: places.length + unlocated }
}

function shortOf(wanted: Wanted, have: Have, bound: keyof Count) {
  for (const of of Object.keys(codes) as (keyof typeof codes)[]) {
    const least = wanted[of]
    if (least !== undefined && have[of][bound] < least) return { of, count: have[of][bound], least }
  }
  return null
}
