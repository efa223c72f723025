import { OkiteError } from '../error.ts'
import type { Instant } from '../fact.ts'

/** The range in which instants compare as strings: the years 0001 to 9999. */
export const firstInstant: Instant = '0001-01-01T00:00:00.000Z'
export const lastInstant: Instant = '9999-12-31T23:59:59.999Z'

const firstMs = Date.parse(firstInstant)
const lastMs = Date.parse(lastInstant)
const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/**
 * Reads an instant in the one form the list knows, `YYYY-MM-DDTHH:mm:ss.sssZ`.
 *
 * @throws OkiteError `INSTANT_INVALID` for any other form, for days that do not exist (30 February,
 * second 60, hour 24) and for the year 0000, below which strings no longer compare
 */
export function parseInstant(text: string): Instant {
  const ms = typeof text === 'string' && form.test(text) ? Date.parse(text) : Number.NaN
  // Date.parse rolls some impossible days over; only what it prints the same again existed.
  if (!(ms >= firstMs) || new Date(ms).toISOString() !== text)
    throw new OkiteError('INSTANT_INVALID', { text: String(text).slice(0, 40) })
  return text
}

/** @throws OkiteError `CALENDAR_OUT_OF_RANGE` outside the years 0001–9999, where strings would not compare */
export function toInstant(ms: number): Instant {
  if (!(ms >= firstMs && ms <= lastMs)) throw new OkiteError('CALENDAR_OUT_OF_RANGE', { ms })
  return new Date(ms).toISOString()
}

export const isInRange = (ms: number): boolean => ms >= firstMs && ms <= lastMs
