import { OkiteError } from '../error.ts'
import type { Duration, Instant } from '../fact.ts'
import { type Business, readBusiness } from './business.ts'
import type { BusinessTable, Calendars, LawTable, Period, Zone } from './calendar.ts'
import { parseDuration, type Span } from './duration.ts'
import { type Chunk, chunkName, computeChunk, readTile, type Tile } from './edges.ts'
import { isInRange, msOf, toInstant } from './instant.ts'
import { createLaws } from './laws.ts'
import { shiftLocal, zonedAt } from './offset.ts'

/**
 * Calendars over the tables and laws in force, one per id. Caches are bounded and never change an answer;
 * the one owner of each is the object returned here, which is thrown away when a table changes.
 *
 * @throws OkiteError `CALENDAR_INVALID` when a table is not strict, or an id comes twice
 */
export function createCalendars(
  tables: readonly BusinessTable[] = [],
  laws: readonly LawTable[] = [],
): Calendars {
  const businesses = new Map<string, Business>()
  for (const table of tables) {
    const business = readBusiness(table)
    if (businesses.has(table.id))
      throw new OkiteError('CALENDAR_INVALID', { id: table.id, why: 'twice' })
    businesses.set(table.id, business)
  }
  const business = (calendar: string | undefined): Business => {
    const found = businesses.get(calendar ?? '')
    if (!found) throw new OkiteError('CALENDAR_UNKNOWN', { calendar: calendar ?? null })
    return found
  }
  const period = createPeriods()
  const sums = new Map<string, Instant>()
  const added = createSums()

  return Object.freeze({
    period,
    after: (every, zone, last, fiscal) => period(every, zone, last.to, fiscal),
    named: (every, zone, name, fiscal) => named(period, every, zone, name, fiscal),
    at(day, time, zone) {
      const [hour, minute] = readTime(time)
      return remember(sums, `${day} ${time} ${zone}`, () => {
        const date = local(day, zone).toPlainDate()
        const shown = date
          .toPlainDateTime({ hour, minute })
          .toZonedDateTime(zone, { disambiguation: 'compatible' })
        return toInstant(shown.epochMilliseconds)
      })
    },
    add(at, duration, zone, calendar) {
      const span = parseDuration(duration)
      if (span.kind === 'clock') return toInstant(msOf(at) + span.ms)
      if (span.kind === 'local') return added(at, duration, span, zone)
      return remember(sums, `${at}+${duration} ${zone} ${calendar ?? ''}`, () =>
        endOfDay(business(calendar).after(local(at, zone).toPlainDate(), span.days), zone),
      )
    },
    subtract(at, duration, zone) {
      const span = parseDuration(duration)
      if (span.kind === 'clock') return toInstant(msOf(at) - span.ms)
      if (span.kind === 'business') throw new OkiteError('DURATION_INVALID', { text: duration })
      return shifted(at, span, zone, -1)
    },
    law: createLaws(laws),
    version: calendar => business(calendar).version,
  })
}

type LocalSpan = Extract<Span, { kind: 'local' }>

/** The sums of one duration in one zone. */
type Sums = { known: Map<Instant, Instant>; lastAt: Instant; last: Instant }

/**
 * Adds months and days, and remembers it: one step asks several times for the same sum, and all
 * subjects of a control for that of the same period. Of days only the last sum is remembered, as
 * they are cheaper to count than to look up.
 */
function createSums() {
  const byZone = new Map<Zone, Map<Duration, Sums>>()
  // How many sums and lanes are remembered in all; owned by this closure.
  let size = 0
  const open = (zone: Zone, duration: Duration): Sums => {
    const ofZone = byZone.get(zone) ?? new Map<Duration, Sums>()
    const sums = { known: new Map<Instant, Instant>(), lastAt: '', last: '' }
    byZone.set(zone, ofZone.set(duration, sums))
    return sums
  }
  return (at: Instant, duration: Duration, span: LocalSpan, zone: Zone): Instant => {
    if (size >= sumsMax) {
      byZone.clear()
      size = 0
    }
    let sums = byZone.get(zone)?.get(duration)
    if (sums === undefined) {
      sums = open(zone, duration)
      size += 1
    }
    if (sums.lastAt === at) return sums.last
    let sum = span.months === 0 ? undefined : sums.known.get(at)
    if (sum === undefined) {
      sum = shifted(at, span, zone, 1)
      if (span.months > 0) {
        sums.known.set(at, sum)
        size += 1
      }
    }
    sums.lastAt = at
    sums.last = sum
    return sum
  }
}

type PeriodOf = Calendars['period']

/** 256 chunks: a list of some years in a handful of zones; a chunk of hours is about 100 KB. */
const chunksMax = 256
/** 4,096 sums: the deadlines of the running cases. */
const sumsMax = 4_096

type Lane = { tile: Tile; chunks: Map<string, Chunk>; last: Period | null }

function createPeriods(): PeriodOf {
  const lanes = new Map<string, Lane>()
  // The lanes without a fiscal year once more, found without making a name.
  const plain = new Map<Zone, Map<Duration, Lane>>()
  // How many chunks all lanes hold together; owned by this closure.
  let size = 0
  const find = (every: Duration, zone: Zone, fiscal: number): Lane => {
    const id = `${every} ${zone} ${fiscal}`
    let lane = lanes.get(id)
    if (lane !== undefined) return lane
    // A definition names a handful of lanes; more than the bound is nobody's policy.
    if (lanes.size >= chunksMax) {
      lanes.clear()
      plain.clear()
      size = 0
    }
    lane = open(every, zone, fiscal)
    lanes.set(id, lane)
    if (fiscal === 1) {
      const ofZone = plain.get(zone) ?? new Map<Duration, Lane>()
      plain.set(zone, ofZone.set(every, lane))
    }
    return lane
  }
  return (every, zone, at, fiscal = 1) => {
    const lane =
      (fiscal === 1 ? plain.get(zone)?.get(every) : undefined) ?? find(every, zone, fiscal)
    // Facts arrive nearly in order: most fall into the period of the one before.
    const { last } = lane
    if (last !== null && last.from <= at && at < last.to) return last
    const name = chunkName(lane.tile, at)
    let chunk = lane.chunks.get(name)
    if (chunk === undefined) {
      if (size >= chunksMax) {
        for (const other of lanes.values()) other.chunks.clear()
        size = 0
      }
      chunk = computeChunk(lane.tile, zone, fiscal, name)
      lane.chunks.set(name, chunk)
      size += 1
    }
    const found = chunk.periods[lastAtOrBefore(chunk.froms, at)]
    if (found === undefined || at >= found.to)
      throw new OkiteError('CALENDAR_OUT_OF_RANGE', { at, every })
    lane.last = found
    return found
  }
}

function open(every: Duration, zone: Zone, fiscal: number): Lane {
  const tile = readTile(every)
  if (!Number.isInteger(fiscal) || fiscal < 1 || fiscal > 12)
    throw new OkiteError('PERIOD_UNSUPPORTED', { every, fiscal })
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch (cause) {
    throw new OkiteError('ZONE_UNKNOWN', { zone: String(zone).slice(0, 64) }, { cause })
  }
  return { tile, chunks: new Map(), last: null }
}

/** Binary search; −1 when `at` is before the first. */
function lastAtOrBefore(froms: readonly Instant[], at: Instant): number {
  let low = 0
  let high = froms.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (froms[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

const nameForm =
  /^(?:FY)?(\d{4})(?:-(?:Q([1-4])|H([12])|W(\d{2})|(\d{2})(?:-(\d{2})(?:T(\d{2}))?)?))?$/

/** Finds a candidate day inside the named period, and believes only a period of exactly that name. */
function named(
  period: PeriodOf,
  every: Duration,
  zone: Zone,
  name: string,
  fiscal = 1,
): Period | null {
  const match = nameForm.exec(name)
  if (!match) return null
  const [, year, quarter, half, week, month, day, hour] = match
  const months = quarter ? (Number(quarter) - 1) * 3 : half ? (Number(half) - 1) * 6 : 0
  try {
    const first = Temporal.PlainDate.from(
      `${year}-${month ?? '01'}-${day ?? (week ? '04' : '01')}`,
      { overflow: 'reject' },
    )
    const date = week
      ? first.add({ days: (Number(week) - 1) * 7 })
      : month
        ? first
        : first.add({ months: months + fiscal - 1 })
    const zoned = date
      .toPlainDateTime({ hour: Number(hour ?? 0) })
      .toZonedDateTime(zone, { disambiguation: 'compatible' })
    if (!isInRange(zoned.epochMilliseconds)) return null
    const found = period(every, zone, toInstant(zoned.epochMilliseconds), fiscal)
    return found.name === name ? found : null
  } catch (error) {
    // A day that does not exist names no period; what we ourselves refuse goes on.
    if (error instanceof RangeError) return null
    throw error
  }
}

const local = (at: Instant, zone: Zone): Temporal.ZonedDateTime => zonedAt(zone, msOf(at))

/** Months and days on the local calendar, then clock time. */
const shifted = (
  at: Instant,
  span: Extract<Span, { kind: 'local' }>,
  zone: Zone,
  sign: 1 | -1,
): Instant =>
  toInstant(shiftLocal(zone, msOf(at), sign * span.months, sign * span.days) + sign * span.ms)

/** The end of a day belongs to it, so that `when ≤ deadline` is in time on the last day only. */
const endOfDay = (date: Temporal.PlainDate, zone: Zone): Instant =>
  toInstant(date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds - 1)

const timeForm = /^([01]\d|2[0-3]):([0-5]\d)$/

function readTime(time: string): readonly [number, number] {
  const match = timeForm.exec(time)
  if (!match) throw new OkiteError('TIME_OF_DAY_INVALID', { time: String(time).slice(0, 20) })
  return [Number(match[1]), Number(match[2])]
}

function remember(cache: Map<string, Instant>, key: string, compute: () => Instant): Instant {
  const found = cache.get(key)
  if (found !== undefined) return found
  const value = compute()
  if (cache.size >= sumsMax) cache.clear()
  cache.set(key, value)
  return value
}
