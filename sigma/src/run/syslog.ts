/** A line of syslog as an event: its parts by name, and the whole line as `_raw` for keywords. */
export type SyslogEvent = Record<string, unknown>

const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
const isoTime = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)`

/** What begins a line of RFC 5424, of RFC 3164, or of either as daemons write them into files. */
const rfc5424 = new RegExp(
  String.raw`^<(\d{1,3})>[1-9]\d{0,2} (${isoTime}|-) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (?=[-[])`,
)
const rfc3164 = new RegExp(
  String.raw`^(?:<(\d{1,3})>)?((?:${months}) [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|${isoTime}) (\S{1,255}) `,
)
const tag = /^([^\s:[\]]{1,48})(?:\[([^\]\s]{1,128})\])?: ?/

/** Longer priorities do not exist: 23 facilities of 8 severities. */
const priorityMax = 191

/** Whether a line has the form of syslog. */
export const isSyslog = (line: string): boolean => /^<\d{1,3}>/.test(line) || rfc3164.test(line)

/**
 * Reads a line of RFC 5424 or RFC 3164; null if it is neither. What is `-` is left out.
 *
 * Fields: `facility`, `severity` (numbers), `timestamp`, `hostname`, `appname`, `procid`, `msgid`,
 * `structured` (by element and parameter), `message`, `_raw`.
 */
export function parseSyslog(line: string): SyslogEvent | null {
  const modern = rfc5424.exec(line)
  if (modern) return parse5424(line, modern)
  const old = rfc3164.exec(line)
  if (!old || !isPriority(old[1])) return null
  const [begin, priority, timestamp, hostname] = old
  const rest = line.slice(begin.length)
  const named = tag.exec(rest)
  return {
    ...priorityOf(priority),
    timestamp,
    hostname,
    ...(named ? present({ appname: named[1], procid: named[2] }) : {}),
    message: rest.slice(named?.[0].length ?? 0),
    _raw: line,
  }
}

function parse5424(line: string, header: RegExpExecArray): SyslogEvent | null {
  const [begin, priority, timestamp, hostname, appname, procid, msgid] = header
  const structured = parseStructured(line, begin.length)
  if (structured === null || !isPriority(priority)) return null
  const { elements, end } = structured
  if (end < line.length && line[end] !== ' ') return null
  const message = line.slice(end + 1).replace(/^\ufeff/, '')
  return {
    ...priorityOf(priority),
    ...present({ timestamp, hostname, appname, procid, msgid }),
    ...(elements === null ? {} : { structured: elements }),
    message,
    _raw: line,
  }
}

const isPriority = (digits: string | undefined): boolean =>
  digits === undefined || Number(digits) <= priorityMax

function priorityOf(digits: string | undefined): SyslogEvent {
  if (digits === undefined) return {}
  const priority = Number(digits)
  return { facility: Math.floor(priority / 8), severity: priority % 8 }
}

const present = (fields: Record<string, string | undefined>): SyslogEvent =>
  Object.fromEntries(
    Object.entries(fields).filter(([, text]) => text !== undefined && text !== '-'),
  )

/** Structured data from a place on, and where it ends; null if it breaks its form. */
function parseStructured(
  line: string,
  from: number,
): { elements: SyslogEvent | null; end: number } | null {
  if (line[from] === '-') return { elements: null, end: from + 1 }
  const elements: [string, SyslogEvent][] = []
  const opening = /\[([^\s=\]"]{1,32})/y
  const parameter = / +([^\s=\]"]{1,32})="((?:[^"\\\]]|\\.)*)"/sy
  let at = from
  while (line[at] === '[') {
    opening.lastIndex = at
    const name = opening.exec(line)?.[1]
    if (name === undefined) return null
    at = opening.lastIndex
    const parameters: [string, string][] = []
    for (;;) {
      parameter.lastIndex = at
      const found = parameter.exec(line)
      if (!found) break
      at = parameter.lastIndex
      parameters.push([found[1] as string, (found[2] as string).replace(/\\(["\\\]])/g, '$1')])
    }
    if (line[at] !== ']') return null
    at++
    elements.push([name, Object.fromEntries(parameters)])
  }
  return { elements: Object.fromEntries(elements), end: at }
}
