import { parseDuration } from '../../time.ts'
import type { Statement } from '../pack.ts'

const dayMs = 24 * 3_600_000

/**
 * How long a duration is on paper: a month has 30 days and a year 365, as policies are read, and
 * five business days make a week. Deadlines are never counted with this.
 */
export function nominalMs(duration: string): number {
  const span = parseDuration(duration)
  if (span.kind === 'clock') return span.ms
  if (span.kind === 'business') return (Math.floor(span.days / 5) * 7 + (span.days % 5)) * dayMs
  const years = Math.floor(span.months / 12)
  return (years * 365 + (span.months % 12) * 30 + span.days) * dayMs + span.ms
}

/** A length of time in the units in which people say it: whole days, or hours, minutes, seconds. */
export function durationOf(ms: number): string {
  const whole = Math.floor(ms / 1000)
  if (whole === 0) return 'PT0S'
  if (whole % 86_400 === 0) return `P${whole / 86_400}D`
  const [hours, minutes, seconds] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ]
  return `PT${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`
}

/** Twelve even months make a year: what is done twice a year is done every six months. */
function evenMs(duration: string): number {
  const span = parseDuration(duration)
  if (span.kind !== 'local') return nominalMs(duration)
  return (span.months * 365 * dayMs) / 12 + span.days * dayMs + span.ms
}

const unitPeriods: Readonly<Record<string, string>> = {
  'per-hour': 'PT1H',
  'per-day': 'P1D',
  'per-week': 'P1W',
  'per-month': 'P1M',
  'per-quarter': 'P3M',
  'per-year': 'P1Y',
}

export type Interval = Readonly<{ ms: number; said: string }>

/**
 * How far apart its doings are when they are spread evenly: three a day are eight hours apart. The
 * period alone where nothing is counted in it; null where the policy gives neither.
 */
export function intervalOf(statement: Statement): Interval | null {
  const { period } = statement
  const counted = statement.figures.flatMap(({ unit, value, bound }) => {
    const per = unitPeriods[unit]
    const isLeast = typeof value === 'number' && value > 0 && bound !== 'atMost'
    return per === undefined || !isLeast ? [] : [evenMs(per) / value]
  })
  const ms = counted.length > 0 ? Math.min(...counted) : null
  if (period !== null && (ms === null || ms === evenMs(period)))
    return { ms: evenMs(period), said: period }
  return ms === null ? null : { ms, said: durationOf(ms) }
}

export const isLonger = ({ ms }: Interval, duration: string): boolean => ms > evenMs(duration)

/** The shortest, or null of none. */
export const shortest = <T extends Readonly<{ interval: Interval }>>(all: readonly T[]): T | null =>
  all.toSorted((a, b) => a.interval.ms - b.interval.ms)[0] ?? null
