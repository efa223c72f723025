import { OkiteError } from '../error.ts'
import type { Duration, Instant } from '../fact.ts'
import type { Period, Zone } from './calendar.ts'
import { parseDuration } from './duration.ts'
import { isInRange } from './instant.ts'
import { dateMs, instantMs, offsetAt } from './offset.ts'

/** What tiles the time line: hours of a day, days, weeks from Monday, or months from the fiscal start. */
export type Tile = Readonly<{ unit: 'hour' | 'day' | 'week' | 'month'; count: number }>

/** The periods that touch one UTC month (hours, days) or year (weeks, months), in order. */
export type Chunk = Readonly<{ froms: readonly Instant[]; periods: readonly Period[] }>

/**
 * @throws OkiteError `PERIOD_UNSUPPORTED` for lengths that do not tile a day or a year
 */
export function readTile(every: Duration): Tile {
  const span = parseDuration(every)
  if (span.kind === 'local' && span.ms === 0) {
    if (span.months === 0 && span.days === 1) return { unit: 'day', count: 1 }
    if (span.months === 0 && span.days === 7) return { unit: 'week', count: 1 }
    if (span.days === 0 && [1, 3, 6, 12].includes(span.months))
      return { unit: 'month', count: span.months }
  }
  if (span.kind === 'clock' && span.ms > 0 && (24 * hourMs) % span.ms === 0)
    if (span.ms % hourMs === 0)
      return span.ms === 24 * hourMs
        ? { unit: 'day', count: 1 }
        : { unit: 'hour', count: span.ms / hourMs }
  throw new OkiteError('PERIOD_UNSUPPORTED', { every })
}

const hourMs = 3_600_000

/** The part of an instant that names its chunk. */
export const chunkName = (tile: Tile, at: Instant): string =>
  tile.unit === 'hour' || tile.unit === 'day' ? at.slice(0, 7) : at.slice(0, 4)

/**
 * Computes a chunk once; everything after is comparison of strings (V8). A period that daylight
 * saving leaves empty (the hour, or on Samoa the day, that did not exist) is not there at all.
 */
export function computeChunk(tile: Tile, zone: Zone, fiscal: number, name: string): Chunk {
  const month = name.length === 7
  const beginMs = Date.parse(`${name}${month ? '-01' : '-01-01'}T00:00:00.000Z`)
  const begin = new Date(beginMs)
  const endMs = month
    ? dateMs(begin.getUTCFullYear(), begin.getUTCMonth() + 1, 1)
    : dateMs(begin.getUTCFullYear() + 1, 0, 1)
  const local = midnight(beginMs + offsetAt(zone, beginMs))
  const starts = tile.unit === 'hour' ? hourStarts : dateStarts
  const froms: Instant[] = []
  const periods: Period[] = []
  let open: Start | null = null
  for (const start of starts(tile, zone, fiscal, local)) {
    if (open && start.ms > open.ms) {
      if (isInRange(open.ms) && isInRange(start.ms)) {
        const from = new Date(open.ms).toISOString()
        froms.push(from)
        periods.push(Object.freeze({ name: open.name, from, to: new Date(start.ms).toISOString() }))
      }
      if (start.ms >= endMs) break
    }
    open = start
  }
  return { froms, periods }
}

type Start = Readonly<{ name: string; ms: number }>

/** A local date is written as the midnight that it would have in UTC. */
type LocalDay = number

const dayMs = 24 * hourMs
const midnight = (ms: number): LocalDay => Math.floor(ms / dayMs) * dayMs

function* dateStarts(tile: Tile, zone: Zone, fiscal: number, local: LocalDay): Generator<Start> {
  let day = firstDay(tile, fiscal, local)
  for (;;) {
    yield { name: dayName(tile, fiscal, day), ms: dayStartMs(day, zone) }
    if (tile.unit === 'month') {
      const date = new Date(day)
      day = dateMs(date.getUTCFullYear(), date.getUTCMonth() + tile.count, 1)
    } else day += tile.unit === 'day' ? dayMs : 7 * dayMs
  }
}

/** 1 January 1970 was a Thursday. */
const sinceMonday = (day: LocalDay): number => (((day / dayMs + 3) % 7) + 7) % 7

function firstDay(tile: Tile, fiscal: number, local: LocalDay): LocalDay {
  if (tile.unit === 'day') return local
  if (tile.unit === 'week') return local - sinceMonday(local) * dayMs
  const date = new Date(local)
  const back = (date.getUTCMonth() + 1 - fiscal + 12) % tile.count
  return dateMs(date.getUTCFullYear(), date.getUTCMonth() - back, 1)
}

function dayName(tile: Tile, fiscal: number, day: LocalDay): string {
  const text = new Date(day).toISOString()
  if (tile.unit === 'day') return text.slice(0, 10)
  if (tile.unit === 'week') return weekName(day)
  if (tile.count === 1) return text.slice(0, 7)
  const month = Number(text.slice(5, 7))
  const year = Number(text.slice(0, 4)) - (month >= fiscal ? 0 : 1)
  const nth = Math.floor(((month - fiscal + 12) % 12) / tile.count) + 1
  const label = `${fiscal === 1 ? '' : 'FY'}${pad(year, 4)}`
  return tile.count === 12 ? label : `${label}-${tile.count === 3 ? 'Q' : 'H'}${nth}`
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function weekName(monday: LocalDay): string {
  const thursday = new Date(monday + 3 * dayMs)
  const year = thursday.getUTCFullYear()
  const nth = Math.floor((thursday.getTime() - dateMs(year, 0, 1)) / (7 * dayMs)) + 1
  return `${pad(year, 4)}-W${pad(nth, 2)}`
}

function* hourStarts(tile: Tile, zone: Zone, _fiscal: number, local: LocalDay): Generator<Start> {
  let startMs = dayStartMs(local, zone)
  for (let day = local; ; day += dayMs) {
    const nextMs = dayStartMs(day + dayMs, zone)
    const date = new Date(day).toISOString().slice(0, 10)
    let lastMs = Number.NEGATIVE_INFINITY
    for (let hour = 0; hour < 24; hour += tile.count) {
      const ms = hour === 0 ? startMs : instantMs(zone, day + hour * hourMs)
      // A day that did not exist moves its hours into the next one, which has its own.
      if (ms < nextMs && ms >= lastMs) yield { name: `${date}T${pad(hour, 2)}`, ms }
      lastMs = ms
    }
    startMs = nextMs
  }
}

/** The first instant of a local day; where its midnight does not exist, the end of the gap. */
function dayStartMs(day: LocalDay, zone: Zone): number {
  const ms = instantMs(zone, day)
  if (ms + offsetAt(zone, ms) === day) return ms
  const date = new Date(day)
  const plain = new Temporal.PlainDate(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
  )
  return plain.toZonedDateTime(zone).epochMilliseconds
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')
