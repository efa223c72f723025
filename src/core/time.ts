/** The port through which the program learns the time; tests set it. */
export type Clock = Readonly<{ nowMs(): number }>

export const systemClock: Clock = { nowMs: () => Date.now() }

export type {
  BusinessTable,
  Calendars,
  LawTable,
  Period,
  TimeOfDay,
  Zone,
} from './time/calendar.ts'
export { createCalendars } from './time/calendars.ts'
export { parseDuration, sumOf } from './time/duration.ts'
export { dayIn, firstInstant, lastInstant, msOf, parseInstant, toInstant } from './time/instant.ts'
