import { OkiteError } from '../error.ts'
import type { Instant } from '../fact.ts'
import type { Calendars, LawTable, Zone } from './calendar.ts'
import { msOf } from './instant.ts'
import { zonedAt } from './offset.ts'

type Clock = LawTable['clocks'][number] & Readonly<{ zone: Zone | null }>

/** Which version of a law's clock holds when, over the laws that the list goes by. */
export function createLaws(laws: readonly LawTable[]): Calendars['law'] {
  const clocks = new Map<string, Clock>(
    laws.flatMap(({ zone, clocks }) =>
      clocks.map(clock => [clock.id, { ...clock, zone }] as const),
    ),
  )
  return (id, at, zone) => {
    const clock = clocks.get(id)
    if (clock === undefined) throw new OkiteError('LAW_UNKNOWN', { clock: String(id).slice(0, 60) })
    const day = dayOf(at, clock.zone ?? zone)
    const version = clock.versions.find(
      ({ from, until }) => (from === null || from <= day) && (until === null || day < until),
    )
    if (version === undefined) return null
    const { until: _, ...rest } = version
    return { ...rest, provision: clock.provision, zone: clock.zone }
  }
}

const dayOf = (at: Instant, zone: Zone): string => zonedAt(zone, msOf(at)).toPlainDate().toString()
