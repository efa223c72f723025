import { isSyslog } from './syslog.ts'

/**
 * The fields that say when an event happened, the first that holds a time goes. Beside them the
 * nested `Event.System.TimeCreated` of Windows is known.
 */
export const timeFields = [
  'UtcTime',
  'TimeCreated',
  '@timestamp',
  'timestamp',
  'eventTime',
  'EventTime',
  'CreationTime',
  'TimeGenerated',
  'activityDateTime',
  'createdDateTime',
  'published',
  'created_at',
  'time',
  '_time',
  'ts',
  '_write_ts',
  'datetime',
  'date',
] as const

/**
 * When an event happened, in milliseconds since 1970; null if it does not say so. A time without a
 * zone is taken as UTC; one without a year is of the year that lets it lie before `latestMs`, when
 * the file was last written. Lines of text are searched at their beginning.
 */
export function timeOf(event: unknown, latestMs: number): number | null {
  if (event instanceof Uint8Array) {
    const text = Buffer.from(event.buffer, event.byteOffset, event.length).toString().trim()
    return text.startsWith('{') ? timeOfObject(parsed(text), latestMs) : timeOfLine(text, latestMs)
  }
  return timeOfObject(event, latestMs)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function timeOfObject(event: unknown, latestMs: number): number | null {
  for (const name of timeFields) {
    const ms = timeOfValue(memberOf(event, name), latestMs)
    if (ms !== null) return ms
  }
  const created = memberOf(memberOf(memberOf(event, 'Event'), 'System'), 'TimeCreated')
  return timeOfValue(memberOf(memberOf(created, '#attributes'), 'SystemTime'), latestMs)
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined

function timeOfValue(value: unknown, latestMs: number): number | null {
  if (typeof value === 'number') return ofEpoch(value)
  if (typeof value !== 'string' || value.length > timeCharactersMax) return null
  return parseTime(value.trim(), latestMs)
}

/** Longer texts are no times. */
const timeCharactersMax = 64

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|z|UTC|[+-]\d\d:?\d\d))?)?/
/** As web servers write it. */
const clf = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})/
const bsd = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The time that a text is; null if it is none. */
export function parseTime(text: string, latestMs: number): number | null {
  const found = timeAt(text, latestMs)
  if (found?.length === text.length) return found.ms
  return /^\d{9,19}(?:\.\d{1,9})?$/.test(text) ? ofEpoch(Number(text)) : null
}

type Found = Readonly<{ ms: number; length: number }>

/** The time that a text begins with. */
function timeAt(text: string, latestMs: number): Found | null {
  const i = iso.exec(text)
  if (i) {
    const [all, year, month, day, hour = '0', minute = '0', second = '0', fraction, zone] = i
    const ms = utc([year, Number(month) - 1, day, hour, minute, second], fraction, zone)
    return ms === null ? null : { ms, length: all.length }
  }
  const c = clf.exec(text)
  if (c) {
    const [all, day, month = '', year, hour, minute, second, zone] = c
    const ms = utc([year, months.indexOf(month), day, hour, minute, second], undefined, zone)
    return ms === null ? null : { ms, length: all.length }
  }
  const b = bsd.exec(text)
  if (!b) return null
  const [all, month = '', day, hour, minute, second, fraction] = b
  const latestYear = new Date(latestMs).getUTCFullYear()
  for (const year of [latestYear, latestYear - 1]) {
    const ms = utc([year, months.indexOf(month), day, hour, minute, second], fraction, undefined)
    // A day's grace: its zone is not known.
    if (ms !== null && ms <= latestMs + dayMs) return { ms, length: all.length }
  }
  return null
}

const dayMs = 86_400_000
/** What a line of a web server has before its time: address, identity, user. */
const clfStart = /^\S{1,255} \S{1,255} \S{1,255} \[/

function timeOfLine(line: string, latestMs: number): number | null {
  const start = line.slice(0, 1_000)
  const web = clfStart.exec(start)
  if (web) return timeAt(start.slice(web[0].length), latestMs)?.ms ?? null
  const at = isSyslog(start) ? start.indexOf('>') + 1 : start[0] === '[' ? 1 : 0
  return timeAt(start.slice(at), latestMs)?.ms ?? null
}

/** Year, month from 0, day, hour, minute, second; null if the calendar has no such time. */
function utc(
  parts: readonly (string | number | undefined)[],
  fraction: string | undefined,
  zone: string | undefined,
): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
  // A leap second is told as the next one.
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return null
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return null
  const clock = ((hour * 60 + minute) * 60 + second) * 1000
  const ms = date.getTime() + clock + Math.floor(Number(`0.${fraction ?? '0'}`) * 1000)
  return ms - offsetMs(zone)
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || !'+-'.includes(zone[0] as string)) return 0
  const digits = zone.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone[0] === '-' ? -minutes : minutes) * 60_000
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size. */
function ofEpoch(value: number): number | null {
  // From 1973 on; smaller numbers are no times but durations.
  if (!Number.isFinite(value) || value < 1e8) return null
  const ms =
    value < 1e11 ? value * 1e3 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6
  return ms < 8.64e15 ? Math.floor(ms) : null
}
