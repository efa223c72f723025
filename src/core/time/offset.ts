import { OkiteError } from '../error.ts'
import type { Zone } from './calendar.ts'

/** From `atMs` on, local time is ahead of UTC by `offsetMs`. */
type Change = Readonly<{ atMs: number; offsetMs: number }>

/** 2,048 years of zones: all that a list of decades in a few zones asks for. */
const yearsMax = 2_048
const years = new Map<string, readonly Change[]>()

/** The two spans of one offset that were asked for last, by zone. They change no answer. */
type Stretch = Readonly<{ fromMs: number; toMs: number; offsetMs: number }>
const stretches = new Map<Zone, { last: Stretch; other: Stretch }>()

/**
 * How far local time is ahead of UTC. A zone and year is asked for once, as building a zoned time
 * costs as much as stepping a fact (V8); the cache changes no answer.
 */
export function offsetAt(zone: Zone, ms: number): number {
  if (zone === 'UTC') return 0
  const known = stretches.get(zone)
  if (known !== undefined) {
    if (ms >= known.last.fromMs && ms < known.last.toMs) return known.last.offsetMs
    if (ms >= known.other.fromMs && ms < known.other.toMs) return known.other.offsetMs
  }
  const found = stretchAt(zone, ms)
  if (known !== undefined) {
    known.other = known.last
    known.last = found
  } else {
    if (stretches.size >= yearsMax) stretches.clear()
    stretches.set(zone, { last: found, other: found })
  }
  return found.offsetMs
}

function stretchAt(zone: Zone, ms: number): Stretch {
  const year = new Date(ms).getUTCFullYear()
  const key = `${zone} ${year}`
  let changes = years.get(key)
  if (changes === undefined) {
    if (years.size >= yearsMax) years.clear()
    changes = changesOf(zone, year)
    years.set(key, changes)
  }
  let nth = 0
  while (nth + 1 < changes.length && changes[nth + 1]!.atMs <= ms) nth += 1
  const { atMs, offsetMs } = changes[nth]!
  return { fromMs: atMs, toMs: changes[nth + 1]?.atMs ?? dateMs(year + 1, 0, 1), offsetMs }
}

function changesOf(zone: Zone, year: number): readonly Change[] {
  const endMs = dateMs(year + 1, 0, 1)
  let at = zonedAt(zone, dateMs(year, 0, 1))
  const changes: Change[] = []
  for (;;) {
    changes.push({
      atMs: at.epochMilliseconds,
      offsetMs: Math.trunc(at.offsetNanoseconds / 1_000_000),
    })
    const next = at.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds >= endMs) return changes
    at = next
  }
}

/** @throws OkiteError `ZONE_UNKNOWN` */
export function zonedAt(zone: Zone, ms: number): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
  } catch (cause) {
    throw new OkiteError('ZONE_UNKNOWN', { zone: String(zone).slice(0, 64) }, { cause })
  }
}

/** 36 hours: no zone is further from UTC, nor did one ever jump further than a day. */
const reachMs = 36 * 3_600_000

/**
 * The instant at which the clock of `zone` shows `localMs` (local time written as if it were UTC):
 * moved forward out of a gap by the length of the gap, the earlier of two.
 */
export function instantMs(zone: Zone, localMs: number): number {
  const before = offsetAt(zone, localMs - reachMs)
  const after = offsetAt(zone, localMs + reachMs)
  if (before === after) return localMs - before
  const early = localMs - Math.max(before, after)
  const late = localMs - Math.min(before, after)
  if (early === late || early + offsetAt(zone, early) === localMs) return early
  if (late + offsetAt(zone, late) === localMs) return late
  return localMs - before
}

/** Months and days on the local calendar: 31 January plus a month is the last of February. */
export function shiftLocal(zone: Zone, ms: number, months: number, days: number): number {
  const dayMs = 86_400_000
  // Nothing is added: the later of two equal local times stays the later.
  if (months === 0 && days === 0) return ms
  if (months === 0) return instantMs(zone, ms + offsetAt(zone, ms) + days * dayMs)
  const local = new Date(ms + offsetAt(zone, ms))
  const month = local.getUTCFullYear() * 12 + local.getUTCMonth() + months
  const year = Math.floor(month / 12)
  const last = new Date(dateMs(year, (((month % 12) + 12) % 12) + 1, 0)).getUTCDate()
  const day = Math.min(local.getUTCDate(), last)
  const timeMs = (((ms + offsetAt(zone, ms)) % dayMs) + dayMs) % dayMs
  return instantMs(zone, dateMs(year, ((month % 12) + 12) % 12, day + days) + timeMs)
}

/** Date.UTC takes the years 0 to 99 for those of a century ago. */
export function dateMs(year: number, month: number, day: number): number {
  const date = new Date(0)
  return date.setUTCFullYear(year, month, day)
}
