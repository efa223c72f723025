/** The two forms in which Windows writes a time, as text of ISO 8601. */

const ticksPerSecond = 10_000_000n
/** Seconds from 1601, where a FILETIME begins, to 1970. */
const epochSeconds = 11_644_473_600n

/** The second that was written last: in a log, most times are in the one of the time before. */
let known = { second: 0n, text: '1601-01-01T00:00:00' }

function secondText(second: bigint): string {
  if (second === known.second) return known.text
  // Within what Date can hold: 2^64 units of 100 ns end in the year 60056.
  const date = new Date(Number(second - epochSeconds) * 1000)
  const text = date.toISOString().slice(0, -'.000Z'.length)
  known = { second, text }
  return text
}

/**
 * A FILETIME: units of 100 ns since 1601, in UTC.
 *
 * @param digits of the second's fraction: 7 is exact, 6 cuts off as the widespread renderings do
 */
export function filetimeText(ticks: bigint, digits: 6 | 7): string {
  const second = ticks / ticksPerSecond
  const fraction = String(Number(ticks - second * ticksPerSecond)).padStart(7, '0')
  return `${secondText(second)}.${digits === 7 ? fraction : fraction.slice(0, 6)}Z`
}

/**
 * A SYSTEMTIME of 16 bytes: year, month, day of the week, day, hours, minutes, seconds and
 * milliseconds. It is written down as it stands: one that is no date of a calendar (all zeros, most
 * often) is still what the event says.
 */
export function systemtimeText(view: DataView, at: number, digits: 6 | 7): string {
  const field = (nth: number, width: number) =>
    String(view.getUint16(at + nth * 2, true)).padStart(width, '0')
  const date = `${field(0, 4)}-${field(1, 2)}-${field(3, 2)}`
  const time = `${field(4, 2)}:${field(5, 2)}:${field(6, 2)}`
  return `${date}T${time}.${field(7, 3).padEnd(digits, '0')}Z`
}
