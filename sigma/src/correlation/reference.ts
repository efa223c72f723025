import { type Alert, alertOf, arrivalOf, type Evidence } from './alert.ts'
import type { BaseMatch } from './correlator.ts'
import { admitsCount, admitsInputs, admitsRatio } from './decide.ts'
import { percentileOf, scaledOf, shown } from './number.ts'
import { type Arrival, keyOf, type Occurrence, occurrencesOf } from './occurrence.ts'
import { type CorrelateOptions, defaultOptions } from './options.ts'
import type { Plan } from './plan.ts'

/**
 * Where something stands in event time: at one time events come first, in the order of arrival,
 * then the ends of windows; what one event causes stands with it, in the order of correlations.
 */
type Place = readonly [timeMs: number, tick: number, correlation: number, order: number]
type Placed<T> = Readonly<{ place: Place; what: T }>

/**
 * All alerts of a finished stream, in order: what a correlator gives that takes the matches one by
 * one and is then flushed. It keeps everything and works out each window from nothing, so it is
 * plainly right and slow; bounds of memory do not concern it.
 */
export function replay(
  plans: readonly Plan[],
  matches: readonly BaseMatch[],
  given: Partial<CorrelateOptions> = {},
): Alert[] {
  const options = { ...defaultOptions, ...given }
  const events = inTime(matches, options).map(({ place, what }) => ({
    place,
    what: { ...what, events: [what.id] },
  }))
  const alerts: Placed<Alert>[] = []
  plans.forEach((plan, at) => {
    const arrivals: Placed<Arrival>[] = [
      ...events,
      ...alerts.map(({ place, what }) => ({ place, what: arrivalOf(what) })),
    ].toSorted(byPlace)
    const groups = groupsOf(plan, arrivals)
    const found = groups.flatMap(group =>
      plan.isClosing ? closings(plan, group) : firings(plan, group, options),
    )
    const sorted = found.toSorted(byPlace)
    sorted.forEach(({ place: [timeMs, tick], what }, order) => {
      alerts.push({ place: [timeMs, tick, at, order], what })
    })
  })
  const silent = new Set(plans.filter(({ isSilent }) => isSilent).map(({ id }) => id))
  return alerts
    .toSorted(byPlace)
    .map(({ what }) => what)
    .filter(({ rule }) => !silent.has(rule))
}

function byPlace(a: Placed<unknown>, b: Placed<unknown>): number {
  for (let at = 0; at < 4; at++) {
    const [one, other] = [a.place[at] as number, b.place[at] as number]
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}

/** The matches that are not late, each judged by all that arrived before it. */
function inTime(matches: readonly BaseMatch[], options: CorrelateOptions): Placed<BaseMatch>[] {
  let watermark = Number.NEGATIVE_INFINITY
  const latest = new Map<string, number>()
  return matches.flatMap((match, arrival) => {
    const { timeMs, source = '' } = match
    const isLate = timeMs < watermark
    if (arrival === 0) for (const name of options.sources) latest.set(name, timeMs)
    latest.set(source, Math.max(timeMs, latest.get(source) ?? timeMs))
    const fastest = Math.max(...latest.values())
    for (const [name, ms] of latest) if (ms < fastest - options.idleMs) latest.delete(name)
    watermark = Math.max(watermark, Math.min(...latest.values()) - options.latenessMs)
    // Correlations count from 0, so an event stands before all it causes.
    return isLate ? [] : [{ place: [timeMs, arrival, -1, 0] as const, what: match }]
  })
}

type Group = readonly Placed<Occurrence>[]

function groupsOf(plan: Plan, arrivals: readonly Placed<Arrival>[]): Group[] {
  const groups = new Map<string, Placed<Occurrence>[]>()
  let order = 0
  for (const { place, what } of arrivals) {
    for (const occurrence of occurrencesOf(plan, what, { ungrouped: 0, unvalued: 0 })) {
      const key = keyOf(occurrence.group)
      const group = groups.get(key) ?? []
      group.push({ place: [place[0], place[1], 0, order++], what: occurrence })
      groups.set(key, group)
    }
  }
  return [...groups.values()]
}

/** Each occurrence ends a window; those that follow an alert of the same window are silent. */
function firings(plan: Plan, group: Group, { refire }: CorrelateOptions): Placed<Alert>[] {
  const alerts: Placed<Alert>[] = []
  group.forEach(({ place, what }, at) => {
    const toMs = what.timeMs
    const fromMs = toMs - plan.spanMs
    const window = group.slice(0, at + 1).map(({ what }) => what)
    const inside = window.filter(({ timeMs }) => timeMs >= fromMs)
    const { holds, value } = measure(plan, inside)
    const lastMs = alerts.at(-1)?.what.timeMs ?? Number.NEGATIVE_INFINITY
    if (!holds || (refire === 'window' && lastMs >= fromMs)) return
    alerts.push({ place, what: alertOf(plan, evidenceOf(inside), { toMs, value }) })
  })
  return alerts
}

/** The first occurrence opens a window, and so does the first behind its end. */
function closings(plan: Plan, group: Group): Placed<Alert>[] {
  const alerts: Placed<Alert>[] = []
  let rest = group
  while (rest.length > 0) {
    const { place, what: first } = rest[0] as Placed<Occurrence>
    const toMs = first.timeMs + plan.spanMs
    const inside = rest.filter(({ what }) => what.timeMs <= toMs).map(({ what }) => what)
    const { holds, value } = measure(plan, inside)
    const end: Place = [toMs, Number.POSITIVE_INFINITY, 0, place[3]]
    if (holds) alerts.push({ place: end, what: alertOf(plan, evidenceOf(inside), { toMs, value }) })
    rest = rest.slice(inside.length)
  }
  return alerts
}

const evidenceOf = (window: readonly Occurrence[]): Evidence => ({
  group: (window[0] as Occurrence).group,
  events: window.flatMap(({ events }) => events),
})

/** What a window amounts to, worked out from nothing. */
function measure(plan: Plan, window: readonly Occurrence[]): { holds: boolean; value: number } {
  const counted = (value: number) => ({ holds: admitsCount(plan.limits, value), value })
  const came = new Set(window.flatMap(({ rules }) => rules))
  switch (plan.type) {
    case 'event_count':
      return counted(window.length)
    case 'value_count':
      return counted(new Set(window.map(({ value }) => value)).size)
    case 'temporal':
      return { holds: admitsInputs(plan, input => came.has(input)), value: came.size }
    case 'temporal_ordered': {
      const { holds, value } = counted(stepsIn(plan, window))
      return { holds: holds && !plan.absent.some(input => came.has(input)), value }
    }
    default:
      return measureNumbers(plan, window)
  }
}

function measureNumbers(
  plan: Plan,
  window: readonly Occurrence[],
): { holds: boolean; value: number } {
  const numbers = window.map(({ value }) => scaledOf(value as string) as bigint)
  const sum = numbers.reduce((sum, number) => sum + number, 0n)
  const sorted = numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const under = plan.type === 'value_avg' ? BigInt(numbers.length) : 1n
  const isRank = plan.type === 'value_percentile' || plan.type === 'value_median'
  const ratio = isRank ? percentileOf(sorted, plan.percentile) : { over: sum, under }
  return { holds: admitsRatio(plan.limits, ratio), value: shown(ratio) }
}

/** How many steps come one after another; to take each as early as possible takes the most. */
function stepsIn({ steps }: Plan, window: readonly Occurrence[]): number {
  let step = 0
  for (const { rules } of window) {
    if (step < steps.length && rules.includes(steps[step] as number)) step++
  }
  return step
}
