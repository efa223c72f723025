import { basename } from 'node:path'
import { OkiteError } from '../error.ts'
import type { BusinessTable } from '../time.ts'
import {
  type CalendarFile,
  calendarFile,
  checkCalendar,
  type DayEntry,
  inForce,
  isWeekend,
  isWorked,
  knownOn,
} from './calendar-file.ts'
import { type Complaint, refuse } from './complaint.ts'
import { readFolder } from './folder.ts'
import type { Text } from './pack.ts'
import { freezeDeep } from './read.ts'
import { day, shape } from './schema.ts'
import { readYaml } from './yaml.ts'

/**
 * The days off and make-up workdays of one country with the notices they rest on, from which the
 * table as it was known on any day can be made. Trust: whoever can write the file moves deadlines;
 * that is why a version names the newest notice in it, and why its days may be compared.
 */
export type Calendar = Readonly<Omit<CalendarFile, 'format'>>

/** A state of knowledge: what was published up to one day. */
export type Version = Readonly<{
  /** The day of the newest notice included; what `BusinessTable.version` says. */
  version: string
  /** The notices that this day added. */
  notices: readonly string[]
  /** The years the table answers for from then on. */
  years: readonly [first: number, last: number]
}>

/** A day that one version works and the other does not. */
export type Change = Readonly<{
  date: string
  became: 'off' | 'workday'
  name: Text
  /** The notice that made or withdrew the day. */
  notice: string
}>

/**
 * The calendars in `folder`, one YAML file each, by their ids.
 *
 * @throws OkiteError `POLICY_NOT_FOUND`; `POLICY_INVALID` with every complaint, each naming file,
 * line and place
 */
export function loadCalendars(folder: string): ReadonlyMap<string, Calendar> {
  const { files, complaints } = readFolder(folder)
  return readCalendars(basename(folder), files, complaints)
}

/**
 * Reads calendars from the bytes of their files. Pure: the same bytes give the same calendars or
 * the same complaints.
 *
 * @param told complaints that the reading of the folder already has
 * @throws OkiteError `POLICY_INVALID` with all complaints at once
 */
export function readCalendars(
  subject: string,
  files: ReadonlyMap<string, Uint8Array>,
  told: readonly Complaint[] = [],
): ReadonlyMap<string, Calendar> {
  const complaints = [...told]
  const tell = (complaint: Complaint) => void complaints.push(complaint)
  const calendars = new Map<string, Calendar>()
  for (const [file, bytes] of files) {
    const read = readYaml(file, bytes)
    for (const complaint of read.complaints) tell(complaint)
    const value = shape(calendarFile, read, tell)
    if (value === undefined) continue
    checkCalendar(read, value, tell)
    const { format: _, ...calendar } = value
    calendars.set(value.id, freezeDeep(calendar))
  }
  refuse(subject, complaints)
  return calendars
}

/** Every version of a calendar, the oldest first. Notices of one day make one version. */
export function versionsOf(calendar: Calendar): readonly Version[] {
  const versions: Version[] = []
  let last = calendar.years[0]
  for (const notice of calendar.notices) {
    last = Math.max(last, notice.year)
    const version = knownOn(notice)
    const same = versions.at(-1)?.version === version ? versions.pop() : undefined
    versions.push({
      version,
      notices: [...(same?.notices ?? []), notice.id],
      years: [calendar.years[0], last],
    })
  }
  return versions
}

/**
 * The table as it was known at the end of the day `at`, a date of that country. The version of a table is
 * itself such a day, so that a version gives its own table again.
 *
 * @throws OkiteError `CALENDAR_OUT_OF_RANGE` before the first notice, or for what is no day
 */
export function tableAt(calendar: Calendar, at: string): BusinessTable {
  const version = isDay(at)
    ? versionsOf(calendar).findLast(version => version.version <= at)
    : undefined
  if (version === undefined)
    throw new OkiteError('CALENDAR_OUT_OF_RANGE', {
      calendar: calendar.id,
      day: String(at).slice(0, 10),
    })
  const closed: string[] = []
  const workdays: string[] = []
  for (const [date, { kind }] of entriesAt(calendar, at))
    if (kind === 'workday') workdays.push(date)
    else if (!isWeekend(date, calendar.weekend)) closed.push(date)
  return {
    id: calendar.id,
    version: version.version,
    years: version.years,
    weekend: calendar.weekend,
    closed,
    workdays,
  }
}

/**
 * What a reader of deadlines must be told when the table of the day `from` gives way to that of the
 * day `to`: the days, of the years that both answer for, which are worked in one of them only.
 *
 * @throws OkiteError `CALENDAR_OUT_OF_RANGE` when one of them is before the first notice
 */
export function changesBetween(calendar: Calendar, from: string, to: string): readonly Change[] {
  const last = Math.min(tableAt(calendar, from).years[1], tableAt(calendar, to).years[1])
  const before = entriesAt(calendar, from)
  const after = entriesAt(calendar, to)
  const changes: Change[] = []
  for (const date of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    if (Number(date.slice(0, 4)) > last) continue
    const worked = isWorked(date, after.get(date), calendar.weekend)
    if (worked === isWorked(date, before.get(date), calendar.weekend)) continue
    // Going back, or where a day is only withdrawn, it is the older entry that tells of it.
    const entry = (after.get(date) ?? before.get(date)) as DayEntry
    changes.push({
      date,
      became: worked ? 'workday' : 'off',
      name: calendar.names[entry.name] as Text,
      notice: after.has(date) ? entry.notice : (entry.withdrawn ?? entry.notice),
    })
  }
  return changes
}

// Days are compared as text, and any word is later than all of them.
const isDay = (text: string): boolean => day.safeParse(text).success

const entriesAt = (calendar: Calendar, at: string): ReadonlyMap<string, DayEntry> =>
  inForce(calendar.days, new Map(calendar.notices.map(notice => [notice.id, knownOn(notice)])), at)
