import { strict as assert } from 'node:assert'
import { type Calendars, createCalendars, type Period } from '../time.ts'

/** Two offices that differ in one day: Monday 2026-11-23 is a holiday in Japan and none in Taiwan. */
const office = { version: 'test', years: [2020, 2039], weekend: [6, 7], workdays: [] } as const
const offices = createCalendars([
  { ...office, id: 'tw', closed: [] },
  { ...office, id: 'jp', closed: ['2026-11-23'] },
])

/**
 * The plainest calendars that satisfy the contract: the zone is always UTC, and every day is a
 * business day where nobody names an office (`tw`, `jp`). For tests of rules that do not depend on a
 * zone; those that do bring the real ones.
 */
export const plainCalendars: Calendars = {
  ...offices,
  period: (every, _zone, at, fiscal = 1) => {
    const months = monthsOf(every)
    if (months === null) return spanOf(lengthMs(every), Date.parse(at))
    const date = new Date(at)
    const shift = months > 1 ? fiscal - 1 : 0
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth() - shift
    const first = Math.floor(month / months) * months + shift
    return { name: monthAt(first).slice(0, 7), from: monthAt(first), to: monthAt(first + months) }
  },
  after: (every, zone, period, fiscal) => plainCalendars.period(every, zone, period.to, fiscal),
  add: (at, duration, _zone, calendar) => {
    if (calendar !== undefined && duration.endsWith('BD'))
      return offices.add(at, duration, 'UTC', calendar)
    const months = monthsOf(duration)
    if (months === null) return instantAt(Date.parse(at) + lengthMs(duration))
    const date = new Date(at)
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
    const last = new Date(Date.UTC(year, month + months + 1, 0)).getUTCDate()
    const midnight = Date.UTC(year, month + months, Math.min(day, last))
    return instantAt(midnight + (Date.parse(at) % dayMs))
  },
}

const dayMs = 86_400_000
/** The first Monday after the epoch; weeks are counted from it. */
const mondayMs = 4 * dayMs

const instantAt = (ms: number): string => new Date(ms).toISOString()
const monthAt = (month: number): string =>
  instantAt(Date.UTC(Math.floor(month / 12), month % 12, 1))

function monthsOf(duration: string): number | null {
  const match = /^P(\d+)([MY])$/.exec(duration)
  return match === null ? null : Number(match[1]) * (match[2] === 'Y' ? 12 : 1)
}

function lengthMs(duration: string): number {
  const match = /^P(?:(\d+)W)?(?:(\d+)B?D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration)
  assert(match !== null, `duration ${duration}`)
  const [week, day, hour, minute, second] = match.slice(1).map(part => Number(part ?? 0))
  return ((((week! * 7 + day!) * 24 + hour!) * 60 + minute!) * 60 + second!) * 1_000
}

function spanOf(length: number, atMs: number): Period {
  const base = length % (7 * dayMs) === 0 ? mondayMs : 0
  const from = Math.floor((atMs - base) / length) * length + base
  const name = length % dayMs === 0 ? 10 : 16
  return {
    name: instantAt(from).slice(0, name),
    from: instantAt(from),
    to: instantAt(from + length),
  }
}
