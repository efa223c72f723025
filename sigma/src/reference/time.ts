import { isDigit, isDigits } from '../decimal.ts'
import type { TimePart } from '../rule/ast.ts'

/**
 * One part of a time written `YYYY-MM-DD`, and behind `T` or a blank `hh:mm[:ss[.f]]` with or
 * without a zone. The part is the one written: no zone is converted. Null if the text is no such
 * time or has no such part.
 */
export function timePartOf(text: string, part: TimePart): number | null {
  const date = numbersAt(text, 0, [4, '-', 2, '-', 2])
  if (date === null) return null
  const [year = 0, month = 0, day = 0] = date
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
  const clock = clockOf(text)
  if (!isDate || clock === null) return null
  switch (part) {
    case 'year':
      return year
    case 'month':
      return month
    case 'week':
      return isoWeek(year, month, day)
    case 'day':
      return day
    case 'hour':
      return clock[0] ?? null
    case 'minute':
      return clock[1] ?? null
  }
}

const dateLength = 10

/** Hour and minute; empty if the date stands alone, null if what follows it is no time. */
function clockOf(text: string): readonly number[] | null {
  if (text.length === dateLength) return []
  if (!'Tt '.includes(text[dateLength] as string)) return null
  const clock = numbersAt(text, dateLength + 1, [2, ':', 2])
  const [hour = 24, minute = 60] = clock ?? []
  if (hour > 23 || minute > 59) return null
  return isRest(text.slice(dateLength + 6)) ? [hour, minute] : null
}

/** `[:ss[.f]]` and `[Z | ±hh:mm | ±hhmm]`. */
function isRest(rest: string): boolean {
  let at = 0
  if (rest[at] === ':') {
    const seconds = numbersAt(rest, 1, [2])
    if (seconds === null || (seconds[0] as number) > 60) return false
    at = 3
    if (rest[at] === '.' || rest[at] === ',') {
      const from = at + 1
      at = from
      while (isDigit(rest.charCodeAt(at))) at++
      if (at === from) return false
    }
  }
  const zone = rest.slice(at).trim()
  if (zone === '' || zone === 'Z' || zone === 'z') return true
  if (zone[0] !== '+' && zone[0] !== '-') return false
  return (
    (zone.length === 6 && numbersAt(zone, 1, [2, ':', 2]) !== null) ||
    (zone.length === 5 && numbersAt(zone, 1, [2, 2]) !== null)
  )
}

/** The numbers of a fixed form: how many digits each has, and what stands between them. */
function numbersAt(
  text: string,
  from: number,
  form: readonly (number | string)[],
): number[] | null {
  const numbers: number[] = []
  let at = from
  for (const part of form) {
    if (typeof part === 'string') {
      if (text[at++] !== part) return null
      continue
    }
    const digits = text.slice(at, at + part)
    if (digits.length < part || !isDigits(digits)) return null
    numbers.push(Number(digits))
    at += part
  }
  return numbers
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

function daysOf(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The week of ISO 8601: weeks begin on Monday and belong to the year of their Thursday. */
function isoWeek(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const weekday = (date.getUTCDay() + 6) % 7
  date.setUTCDate(date.getUTCDate() - weekday + 3)
  const thursday = date.getTime()
  date.setUTCMonth(0, 1)
  return Math.floor((thursday - date.getTime()) / (7 * 86_400_000)) + 1
}
