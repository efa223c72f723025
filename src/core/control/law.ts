import { OkiteError } from '../error.ts'
import type { Instant } from '../fact.ts'
import type { Context } from '../judge.ts'
import type { Zone } from '../time.ts'
import type { Duration } from './kind.ts'

/** The version of a law's clock by which a leg is measured, or why there is none. */
export type LegLaw = Readonly<{
  clock: string
  provision: string
  /** The first day of the version; empty where it is before our records. */
  from: string
  zone: Zone | null
  /** null: the law gives no figure, and that of the control counts. */
  limit: Duration | null
  calendar: string | null
  extendBy: Duration | null
  /** `unknown`: the list has no such clock. `none`: no version of it was in force, so there is no duty. */
  missing?: 'unknown' | 'none'
}>

/** The law that holds for a leg is that of its start, whatever comes later. */
export function lawAt(clock: string, start: Instant, zone: Zone, ctx: Context): LegLaw {
  const none = { clock, provision: '', from: '', zone: null, limit: null, calendar: null }
  try {
    const law = ctx.calendars.law(clock, start, zone)
    if (law === null) return { ...none, extendBy: null, missing: 'none' }
    return { ...law, clock, from: law.from ?? '' }
  } catch (error) {
    if (error instanceof OkiteError && error.code === 'LAW_UNKNOWN')
      return { ...none, extendBy: null, missing: 'unknown' }
    throw error
  }
}

/** What of a law a deadline depends on; empty where it depends on none. */
export const lawText = (law: LegLaw | undefined): string =>
  law === undefined
    ? ''
    : ` ${[law.clock, law.from, law.limit, law.calendar, law.extendBy, law.zone, law.missing].join(' ')}`

/** In a reason: which law, which article, and from when on its version holds. */
export const lawArgs = (law: LegLaw | undefined): Readonly<Record<string, string>> =>
  law === undefined ? {} : { law: law.clock, provision: law.provision, lawFrom: law.from }
