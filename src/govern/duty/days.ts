import type { Instant } from '../../core/fact.ts'
import { calendarAdopted } from '../../core/facts.ts'
import type { Ports } from '../../core/module.ts'
import { type BusinessTable, createCalendars } from '../../core/time.ts'

/** Counts business days where the organisation is. */
export type Days = Readonly<{
  /** The end of the `count`-th business day after an instant; 0: of its own day. */
  endAfter(at: Instant, count: number): Instant
}>

/** The newest calendar of a country: a few facts a year. */
const factsMax = 200

/** Calendars of the countries whose zones are known here; another is named in the settings. */
const byZone: Readonly<Record<string, string>> = { 'Asia/Tokyo': 'jp', 'Asia/Taipei': 'tw' }

/**
 * By the calendar that the list goes by. Where there is none, or it does not reach so far, weekdays are
 * counted: a notice a day too early harms nobody.
 */
export async function readDays(
  ports: Pick<Ports, 'policy' | 'reader' | 'settings'>,
): Promise<Days> {
  const { zone } = ports.policy.organisation
  const id = String(ports.settings['calendar'] ?? byZone[zone] ?? '')
  const facts = await ports.reader.latest(calendarAdopted, factsMax)
  const found = facts.find(({ body }) => body.calendar === id)?.body
  const weekdays: BusinessTable = {
    ...{ id: 'weekdays', version: '1', years: [1970, 9999], weekend: [6, 7] },
    ...{ closed: [], workdays: [] },
  }
  const tables: BusinessTable[] = [weekdays]
  if (found !== undefined) {
    const { calendar, ...table } = found
    tables.push({ id: calendar, ...table })
  }
  const calendars = createCalendars(tables)
  const end = (at: Instant, count: number, calendar: string) =>
    calendars.add(at, `P${count}BD`, zone, calendar)
  return {
    endAfter(at, count) {
      if (count === 0)
        return Temporal.Instant.from(at)
          .toZonedDateTimeISO(zone)
          .startOfDay()
          .add({ days: 1 })
          .toInstant()
          .toString({ smallestUnit: 'millisecond' })
      try {
        return end(at, count, found?.calendar ?? weekdays.id)
      } catch {
        return end(at, count, weekdays.id)
      }
    },
  }
}
