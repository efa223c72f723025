import { OkiteError } from '../error.ts'
import type { Duration, Instant } from '../fact.ts'
import type { Period, Zone } from './calendar.ts'
import { parseDuration } from './duration.ts'
import { isInRange } from './instant.ts'

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
  const begin = Temporal.Instant.from(`${name}${month ? '-01' : '-01-01'}T00:00:00Z`)
  const utc = begin.toZonedDateTimeISO('UTC')
  const endMs = utc.add(month ? { months: 1 } : { years: 1 }).epochMilliseconds
  const local = begin.toZonedDateTimeISO(zone).toPlainDate()
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

function* dateStarts(
  tile: Tile,
  zone: Zone,
  fiscal: number,
  local: Temporal.PlainDate,
): Generator<Start> {
  let date = firstDate(tile, fiscal, local)
  const step =
    tile.unit === 'day' ? { days: 1 } : tile.unit === 'week' ? { days: 7 } : { months: tile.count }
  for (;;) {
    yield { name: dateName(tile, fiscal, date), ms: dayStartMs(date, zone) }
    date = date.add(step)
  }
}

function firstDate(tile: Tile, fiscal: number, local: Temporal.PlainDate): Temporal.PlainDate {
  if (tile.unit === 'day') return local
  if (tile.unit === 'week') return local.subtract({ days: local.dayOfWeek - 1 })
  const back = (local.month - fiscal + 12) % tile.count
  return local.with({ day: 1 }).subtract({ months: back })
}

function dateName(tile: Tile, fiscal: number, date: Temporal.PlainDate): string {
  if (tile.unit === 'day') return date.toString()
  if (tile.unit === 'week') return `${pad(date.yearOfWeek!, 4)}-W${pad(date.weekOfYear!, 2)}`
  if (tile.count === 1) return date.toString().slice(0, 7)
  const year = date.month >= fiscal ? date.year : date.year - 1
  const nth = Math.floor(((date.month - fiscal + 12) % 12) / tile.count) + 1
  const label = `${fiscal === 1 ? '' : 'FY'}${pad(year, 4)}`
  return tile.count === 12 ? label : `${label}-${tile.count === 3 ? 'Q' : 'H'}${nth}`
}

function* hourStarts(
  tile: Tile,
  zone: Zone,
  _fiscal: number,
  local: Temporal.PlainDate,
): Generator<Start> {
  let date = local
  let startMs = dayStartMs(date, zone)
  for (;;) {
    const next = date.add({ days: 1 })
    const nextMs = dayStartMs(next, zone)
    let lastMs = Number.NEGATIVE_INFINITY
    for (let hour = 0; hour < 24; hour += tile.count) {
      const ms = hour === 0 ? startMs : hourStartMs(date, hour, zone)
      // A day that did not exist moves its hours into the next one, which has its own.
      if (ms < nextMs && ms >= lastMs) yield { name: `${date.toString()}T${pad(hour, 2)}`, ms }
      lastMs = ms
    }
    date = next
    startMs = nextMs
  }
}

const dayStartMs = (date: Temporal.PlainDate, zone: Zone): number =>
  date.toZonedDateTime(zone).epochMilliseconds

/** `compatible`: out of a gap forward, and the earlier of two (semantics, daylight saving). */
const hourStartMs = (date: Temporal.PlainDate, hour: number, zone: Zone): number =>
  date.toPlainDateTime({ hour }).toZonedDateTime(zone, { disambiguation: 'compatible' })
    .epochMilliseconds

const pad = (value: number, width: number): string => String(value).padStart(width, '0')
