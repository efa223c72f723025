import { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { BusinessTable } from './calendar.ts'

const day = z.iso.date()
// 5,000 days: a century of published holidays is 2,000.
const days = z.array(day).max(5_000)
const year = z.int().min(1).max(9999)
const schema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  version: z.string().min(1).max(64),
  years: z.tuple([year, year]),
  weekend: z.array(z.int().min(1).max(7)).max(6),
  closed: days,
  workdays: days,
})

/** Answers whether days are worked, for one table. */
export type Business = Readonly<{
  version: string
  /** The `count`-th business day after `date`, which is itself not counted. */
  after(date: Temporal.PlainDate, count: number): Temporal.PlainDate
}>

/**
 * Reads a table strictly.
 *
 * @throws OkiteError `CALENDAR_INVALID` for an unknown field, a day twice or both open and closed,
 * a day outside its years, or a make-up workday that is no weekend
 */
export function readBusiness(table: BusinessTable): Business {
  const parsed = schema.safeParse(table)
  const refuse = (why: string) =>
    new OkiteError('CALENDAR_INVALID', { id: String(table?.id).slice(0, 64), why })
  if (!parsed.success) throw refuse(parsed.error.issues[0]?.path.join('.') || 'form')
  const { id, version, years, weekend, closed, workdays } = parsed.data
  const [first, last] = years
  if (first > last) throw refuse('years')
  const weekendDays = new Set(weekend)
  if (weekendDays.size !== weekend.length) throw refuse('weekend')
  const off = new Set(closed)
  const made = new Set(workdays)
  if (off.size !== closed.length || made.size !== workdays.length) throw refuse('twice')
  for (const date of [...closed, ...workdays])
    if (Number(date.slice(0, 4)) < first || Number(date.slice(0, 4)) > last) throw refuse(date)
  for (const date of workdays)
    if (off.has(date) || !weekendDays.has(Temporal.PlainDate.from(date).dayOfWeek))
      throw refuse(date)

  const isWorked = (date: Temporal.PlainDate): boolean => {
    // Beyond its years a table knows nothing; weekdays alone would be a wrong answer, not a poor one.
    if (date.year < first || date.year > last)
      throw new OkiteError('CALENDAR_OUT_OF_RANGE', { calendar: id, day: date.toString() })
    const text = date.toString()
    return made.has(text) || !(weekendDays.has(date.dayOfWeek) || off.has(text))
  }
  return Object.freeze({
    version,
    after(date, count) {
      isWorked(date)
      let left = count
      let at = date
      while (left > 0) {
        at = at.add({ days: 1 })
        if (isWorked(at)) left -= 1
      }
      return at
    },
  })
}
