import { toInstant } from '../../core/time.ts'
import type { Probed } from './facts.ts'
import { type Entry, hourOf, isSeal, type Minute, type Result, type Seal } from './journal.ts'
import { minuteMs } from './minute.ts'

/** What was seen of one service in one minute, by place. */
type Seen = ReadonlyMap<string, Result>
type State = 'up' | 'down' | null

/** How a service stands by the journal. */
export type Stand = Readonly<{
  minutes: ReadonlyMap<Minute, Seen>
  /** Everything before is told; null: nothing is. */
  told: Minute | null
}>

/** While it is down, the minutes that it costs are told so often. */
const downMinutes = 10

/** Of two words of one place about one minute – the clock went back – the worse one stands. */
const rank = (result: Result): number => (result === '' ? 1 : result.startsWith('?') ? 0 : 2)

export function standsOf(entries: readonly Entry[]): ReadonlyMap<string, Stand> {
  const stands = new Map<
    string,
    { minutes: Map<Minute, Map<string, Result>>; told: Minute | null }
  >()
  const of = (service: string) => {
    const known = stands.get(service) ?? { minutes: new Map(), told: null }
    stands.set(service, known)
    return known
  }
  for (const entry of entries) {
    if (isSeal(entry)) {
      const stand = of(entry.service)
      stand.told = Math.max(stand.told ?? 0, entry.from + entry.minutes)
      continue
    }
    for (const [service, result] of Object.entries(entry.results)) {
      const { minutes } = of(service)
      const seen = minutes.get(entry.minute) ?? new Map<string, Result>()
      minutes.set(entry.minute, seen)
      const known = seen.get(entry.place)
      if (known === undefined || rank(result) > rank(known)) seen.set(entry.place, result)
    }
  }
  return stands
}

type Counted = Readonly<{ asked: number; answered: number; why: Probed['runs'][number]['why'] }>

function countOf(seen: Seen | undefined): Counted {
  const results = [...(seen?.values() ?? [])].filter(result => !result.startsWith('?'))
  const wrong = results.filter(result => result !== '')
  const counts = Map.groupBy(wrong, result => result)
  // What most of those say who got no answer; of two said as often, the first by name.
  const [why] = [...counts].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
  return {
    asked: results.length,
    answered: results.length - wrong.length,
    why: why?.[0] as Counted['why'],
  }
}

/** As the judge counts it: down unless more than half got an answer. */
const stateOf = ({ asked, answered }: Counted): State =>
  asked === 0 ? null : answered * 2 <= asked ? 'down' : 'up'

/** The last that is known of what has been told. */
function toldState({ minutes, told }: Stand): State {
  const before = [...minutes.keys()].filter(minute => minute < (told ?? 0)).sort((a, b) => b - a)
  for (const minute of before) {
    const state = stateOf(countOf(minutes.get(minute)))
    if (state !== null) return state
  }
  return null
}

/**
 * What is to be told now of the minutes before `end`. An hour is told when its last minute was asked. What
 * turns is told at once – the first minute that is seen, the first that is down, the first that is
 * answered again – so that nobody waits an hour for an outage.
 */
export function sealsOf(service: string, stand: Stand, end: Minute): readonly Seal[] {
  const fresh = [...stand.minutes.keys()]
    .filter(minute => minute >= (stand.told ?? 0) && minute < end)
    .sort((a, b) => a - b)
  const [first] = fresh
  const last = fresh.at(-1)
  if (first === undefined || last === undefined) return []
  let state = toldState(stand)
  let isTurned = false
  for (const minute of fresh) {
    const now = stateOf(countOf(stand.minutes.get(minute)))
    if (now === null) continue
    isTurned ||= now !== state
    state = now
  }
  const isTold = isTurned || (state === 'down' && fresh.length >= downMinutes)
  // An hour that is over needs no more of the one that runs.
  const to = isTold ? last + 1 : Math.min(last + 1, hourOf(end) * 60)
  const seals: Seal[] = []
  for (let from: Minute = first; from < to; ) {
    const next = Math.min((hourOf(from) + 1) * 60, to)
    seals.push({ service, from, minutes: next - from })
    from = next
  }
  // An hour in which nobody asked is no stretch: the judge sees the gap.
  return seals.filter(seal => bodyOf(seal, stand).runs.some(({ asked }) => asked > 0))
}

/** The fact of a stretch: minutes that were alike stand together. */
export function bodyOf({ service, from, minutes }: Seal, stand: Stand): Probed {
  const runs: Probed['runs'] = []
  for (let minute = from; minute < from + minutes; minute += 1) {
    const { asked, answered, why } = countOf(stand.minutes.get(minute))
    const before = runs.at(-1)
    if (before?.asked === asked && before.answered === answered && before.why === why)
      before.minutes += 1
    else runs.push({ minutes: 1, asked, answered, ...(why && { why }) })
  }
  return { service, from: toInstant(from * minuteMs), runs }
}
