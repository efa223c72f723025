import { z } from 'zod'
import type { Complaint } from './complaint.ts'
import { day, line, name, text } from './schema.ts'
import type { YamlFile } from './yaml.ts'

/** The form of a calendar file, and what no single place in it can show. */

const year = z.int().min(1900).max(2200)

const notice = z.strictObject({
  id: name,
  year,
  published: day.nullable(),
  collected: day.optional(),
  why: line.optional(),
  /** The official number of the letter or act. */
  number: line.optional(),
  /** How many days of the year are off, weekends included, where the notice itself counts them. */
  daysOff: z.int().min(1).max(366).optional(),
  title: text,
  source: line,
})

const entry = z.strictObject({
  date: day,
  kind: z.enum(['holiday', 'substitute', 'adjusted', 'workday']),
  name,
  notice: name,
  withdrawn: name.optional(),
})

export const calendarFile = z.strictObject({
  format: z.literal(1),
  id: name,
  country: z.string().regex(/^[A-Z]{2}$/, 'is not a country like TW'),
  title: text,
  weekend: z.array(z.int().min(1).max(7)).max(6),
  years: z.tuple([year, year]),
  sources: z.array(line).min(1).max(20),
  // One notice a year, and amendments; a day of a century has 2,000 holidays.
  notices: z.array(notice).min(1).max(500),
  names: z.record(name, text),
  days: z.array(entry).min(1).max(5_000),
})

export type CalendarFile = z.infer<typeof calendarFile>
export type NoticeEntry = CalendarFile['notices'][number]
export type DayEntry = CalendarFile['days'][number]

/** The day from which a notice counts: its publication, or where that is unknown the day we had it. */
export const knownOn = (notice: NoticeEntry): string => notice.published ?? notice.collected ?? ''

/** Whether a day is worked, by its entry in force or else by its weekday. */
export const isWorked = (
  date: string,
  entry: DayEntry | undefined,
  weekend: readonly number[],
): boolean => (entry === undefined ? !isWeekend(date, weekend) : entry.kind === 'workday')

export const isWeekend = (date: string, weekend: readonly number[]): boolean =>
  // 0 is Sunday, which ISO 8601 counts as 7.
  weekend.includes(new Date(`${date}T00:00:00Z`).getUTCDay() || 7)

type Tell = (complaint: Complaint) => void

/** Complains of holes, overlaps, wrong order, unknown names and days where they cannot be. */
export function checkCalendar(read: YamlFile, value: CalendarFile, tell: Tell): void {
  const complain = (path: PropertyKey[], problem: string) => tell(read.complain(path, problem))
  const [first, last] = value.years
  if (read.file !== `${value.id}.yaml`) complain(['id'], `the file is not ${value.id}.yaml`)
  if (first > last) complain(['years'], 'are in the wrong order')
  if (new Set(value.weekend).size < value.weekend.length) complain(['weekend'], 'names a day twice')
  const notices = checkNotices(value, complain)
  checkDays(value, notices, complain)
  const named = new Set(value.days.map(entry => entry.name))
  for (const id of Object.keys(value.names))
    if (!named.has(id)) complain(['names', id], 'names no day')
  checkCounts(value, complain)
}

type Say = (path: PropertyKey[], problem: string) => void

function checkNotices(value: CalendarFile, complain: Say): ReadonlyMap<string, NoticeEntry> {
  const [first, last] = value.years
  const notices = new Map<string, NoticeEntry>()
  let before = ''
  let opened = first - 1
  for (const [i, notice] of value.notices.entries()) {
    const at = ['notices', i]
    if (notices.has(notice.id)) complain([...at, 'id'], `stands twice: ${notice.id}`)
    notices.set(notice.id, notice)
    if (notice.published === null && (notice.collected === undefined || notice.why === undefined))
      complain([...at, 'published'], 'is unknown; say when it was collected and why')
    if (notice.published !== null && (notice.collected !== undefined || notice.why !== undefined))
      complain([...at, 'collected'], 'is said only where the publication day is unknown')
    if (knownOn(notice) < before) complain([...at, 'published'], 'is earlier than the one before')
    before = knownOn(notice)
    if (notice.year < first || notice.year > last)
      complain([...at, 'year'], `is outside the years ${first}–${last}`)
    // A later notice of a year amends it; the first one of each opens it, year after year.
    else if (notice.year > opened + 1) complain([...at, 'year'], `no notice opens ${opened + 1}`)
    opened = Math.max(opened, notice.year)
  }
  if (opened < last) complain(['years'], `no notice opens ${opened + 1}`)
  return notices
}

function checkDays(
  value: CalendarFile,
  notices: ReadonlyMap<string, NoticeEntry>,
  complain: Say,
): void {
  const [first, last] = value.years
  const filled = new Set<number>()
  let before: DayEntry | null = null
  for (const [i, entry] of value.days.entries()) {
    const at = ['days', i]
    const of = Number(entry.date.slice(0, 4))
    filled.add(of)
    const notice = notices.get(entry.notice)
    if (of < first || of > last)
      complain([...at, 'date'], `is outside the years ${first}–${last}: ${entry.date}`)
    else if (notice !== undefined && notice.year !== of)
      complain([...at, 'notice'], `is about ${notice.year}: ${entry.date}`)
    if (notice === undefined) complain([...at, 'notice'], `is not known: ${entry.notice}`)
    if (!Object.hasOwn(value.names, entry.name))
      complain([...at, 'name'], `is not known: ${entry.name}`)
    if (entry.kind === 'workday' && !isWeekend(entry.date, value.weekend))
      complain([...at, 'kind'], `makes up on a day that is worked anyway: ${entry.date}`)
    const given = entry.kind === 'substitute' || entry.kind === 'adjusted'
    if (given && isWeekend(entry.date, value.weekend))
      complain([...at, 'kind'], `gives a day that is off anyway: ${entry.date}`)
    const withdrawal = entry.withdrawn === undefined ? null : notices.get(entry.withdrawn)
    if (withdrawal === undefined) complain([...at, 'withdrawn'], `is not known: ${entry.withdrawn}`)
    if (withdrawal && notice && knownOn(withdrawal) <= knownOn(notice))
      complain([...at, 'withdrawn'], `is not later than the notice: ${entry.date}`)
    if (withdrawal && withdrawal.year !== of)
      complain([...at, 'withdrawn'], `is about ${withdrawal.year}: ${entry.date}`)
    if (before !== null && entry.date < before.date)
      complain([...at, 'date'], `is in the wrong order: ${entry.date} after ${before.date}`)
    if (before?.date === entry.date) {
      const gone = before.withdrawn === undefined ? undefined : notices.get(before.withdrawn)
      if (gone === undefined || (notice && knownOn(notice) < knownOn(gone)))
        complain([...at, 'date'], `stands twice: ${entry.date}`)
    }
    before = entry
  }
  for (let of = first; of <= last; of += 1)
    if (!filled.has(of)) complain(['days'], `say nothing of ${of}`)
}

/** A notice that counts its days off is a checksum of its year. */
function checkCounts(value: CalendarFile, complain: Say): void {
  const known = new Map(value.notices.map(notice => [notice.id, knownOn(notice)]))
  for (const [i, notice] of value.notices.entries()) {
    if (notice.daysOff === undefined) continue
    const until = knownOn(notice)
    const entries = inForce(value.days, known, until)
    let off = 0
    for (let at = Date.UTC(notice.year, 0); at < Date.UTC(notice.year + 1, 0); at += dayMs) {
      const date = new Date(at).toISOString().slice(0, 10)
      if (!isWorked(date, entries.get(date), value.weekend)) off += 1
    }
    if (off !== notice.daysOff)
      complain(['notices', i, 'daysOff'], `is ${notice.daysOff}, but the days make ${off}`)
  }
}

const dayMs = 86_400_000

/**
 * The entries that hold on `day`: their notice is known by then, and none that withdraws them is.
 *
 * @param known notice → the day from which it counts
 */
export function inForce(
  days: readonly DayEntry[],
  known: ReadonlyMap<string, string>,
  day: string,
): ReadonlyMap<string, DayEntry> {
  const isKnown = (id: string | undefined): boolean =>
    id !== undefined && (known.get(id) ?? '9999') <= day
  return new Map(
    days
      .filter(entry => isKnown(entry.notice) && !isKnown(entry.withdrawn))
      .map(entry => [entry.date, entry]),
  )
}
