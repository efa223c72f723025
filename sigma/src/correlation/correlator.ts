import { SigmaError } from '../refusal.ts'
import { type Alert, arrivalOf } from './alert.ts'
import { type Entry, entryOf, occurrenceOf } from './entry.ts'
import { Feeder } from './feed.ts'
import { Lane, type LaneState } from './lane.ts'
import type { Occurrence } from './occurrence.ts'
import { type CorrelateOptions, type Counters, defaultOptions, noCounters } from './options.ts'
import type { Plan } from './plan.ts'
import { Queue } from './queue.ts'
import { readState } from './state.ts'
import { Watermark, type WatermarkState } from './watermark.ts'

/**
 * An event that rules matched. `timeMs` is when it happened, in whole milliseconds; `id` names it in
 * alerts; `source` is who sends it, and events of one source come nearly in order. `field` gives
 * the text of a field as the rule calls it, null if it is missing: `engine.fields(event)`.
 */
export type BaseMatch = Readonly<{
  rules: readonly string[]
  timeMs: number
  id: string
  source?: string
  field: (name: string, rule: string) => string | null
}>

/** All a correlator knows, as plain JSON. It fits the correlations it was made with only. */
export type CorrelatorState = Readonly<{
  version: 1
  plans: string
  watermark: WatermarkState
  counters: Readonly<Counters>
  pending: readonly Pending[]
  lanes: readonly LaneState[]
}>

/** An event that waits for the watermark, as what it is to each correlation, by place. */
export type Pending = Readonly<{ timeMs: number; fed: readonly Fed[] }>
type Fed = readonly [lane: number, occurrences: readonly Occurrence[]]

/**
 * Runs correlations over matches as they arrive. Matches are taken in the order of event time, those
 * of equal time in the order of arrival, once the watermark has passed; so the result does not
 * depend on the order of arrival within the lateness. Nothing here looks at a clock.
 */
export class Correlator {
  readonly #options: CorrelateOptions
  readonly #counters = noCounters()
  readonly #watermark: Watermark
  readonly #lanes: readonly Lane[]
  readonly #feeder: Feeder
  readonly #closing: readonly Lane[]
  /** By time; each is the first of the entries of one event, which are in the order of lanes. */
  readonly #pending = new Queue<Entry>()
  readonly #plans: string

  /** `plans` are in an order in which each comes behind those it names. */
  constructor(plans: readonly Plan[], options: Partial<CorrelateOptions> = {}) {
    this.#options = { ...defaultOptions, ...options }
    this.#watermark = new Watermark(this.#options)
    const shared = { options: this.#options, counters: this.#counters }
    this.#lanes = plans.map((plan, place) => new Lane(plan, { ...shared, place }))
    this.#closing = this.#lanes.filter(({ plan }) => plan.isClosing)
    this.#feeder = new Feeder(plans, this.#counters)
    this.#plans = JSON.stringify(plans, (_, value) =>
      typeof value === 'bigint' ? String(value) : value instanceof Map ? [...value] : value,
    )
  }

  get counters(): Readonly<Counters> {
    return { ...this.#counters }
  }

  /**
   * Takes a match; the alerts that are decided by it, in order.
   *
   * @throws SigmaError EVENT_TIME
   */
  add(match: BaseMatch): Alert[] {
    const { timeMs, id, source } = match
    if (!Number.isSafeInteger(timeMs)) throw new SigmaError('EVENT_TIME', String(timeMs))
    if (this.#watermark.isLate(timeMs)) this.#counters.late++
    else {
      const entry = this.#feeder.feed(match, id)
      if (entry) this.#wait(entry)
    }
    this.#watermark.see(source ?? '', timeMs)
    if (this.#pending.size > this.#options.pendingMax) return this.#hurry()
    return this.#run(this.#watermark.atMs as number)
  }

  /** Says that nothing earlier than this will come: closes windows while no events arrive. */
  advance(toMs: number): Alert[] {
    if (!Number.isSafeInteger(toMs)) throw new SigmaError('EVENT_TIME', String(toMs))
    this.#watermark.advance(toMs)
    return this.#run(this.#watermark.atMs as number)
  }

  /** Takes all that waits and closes all windows, as at the end of a stream. */
  flush(): Alert[] {
    return this.#run(Number.POSITIVE_INFINITY)
  }

  save(): CorrelatorState {
    return {
      version: 1,
      plans: this.#plans,
      watermark: this.#watermark.save(),
      counters: this.counters,
      pending: this.#pending.toArray().map(entry => this.#pendingOf(entry)),
      lanes: this.#lanes.map(lane => lane.save()),
    }
  }

  /**
   * Goes on where `save` was called, exactly. A state may come from outside: it is looked through
   * before anything is changed, and one that is refused changes nothing.
   *
   * @throws SigmaError STATE_UNKNOWN if the state is of other correlations, STATE_SHAPE if no
   *   correlator can have saved it, STATE_TOO_LARGE if it exceeds the bounds of this one
   */
  restore(given: CorrelatorState): void {
    const plans = this.#lanes.map(({ plan }) => plan)
    const state = readState(given, { plans, options: this.#options, plansText: this.#plans })
    this.#watermark.restore(state.watermark)
    Object.assign(this.#counters, state.counters)
    this.#pending.clear()
    for (const { fed } of state.pending) this.#pending.push(this.#entriesOf(fed))
    this.#lanes.forEach((lane, at) => lane.restore(state.lanes[at] as LaneState))
  }

  #wait(entry: Entry): void {
    const { timeMs } = entry
    const last = this.#pending.last
    if (last === undefined || last.timeMs <= timeMs) this.#pending.push(entry)
    else this.#pending.insert(entry, other => other.timeMs > timeMs)
  }

  #pendingOf(first: Entry): Pending {
    const fed: [number, Occurrence[]][] = []
    for (let entry: Entry | null = first; entry !== null; entry = entry.next) {
      const { place } = entry
      const occurrence = occurrenceOf((this.#lanes[place] as Lane).plan, entry)
      const last = fed.at(-1)
      if (last?.[0] === place) last[1].push(occurrence)
      else fed.push([place, [occurrence]])
    }
    return { timeMs: first.timeMs, fed }
  }

  #entriesOf(fed: readonly Fed[]): Entry {
    const entries = fed.flatMap(([place, occurrences]) =>
      occurrences.map(one => entryOf((this.#lanes[place] as Lane).plan, place, one)),
    )
    entries.forEach((entry, at) => {
      entry.next = entries[at + 1] ?? null
    })
    return entries[0] as Entry
  }

  /** Too many wait: the earliest is taken now, as if the watermark had come to it. */
  #hurry(): Alert[] {
    this.#counters.hurried++
    this.#watermark.advance((this.#pending.first as Entry).timeMs)
    return this.#run(this.#watermark.atMs as number)
  }

  /** Takes what happened up to a time: of one instant first the events, then the ends of windows. */
  #run(toMs: number): Alert[] {
    const alerts: Alert[] = []
    for (;;) {
      const nextMs = this.#pending.first?.timeMs ?? Number.POSITIVE_INFINITY
      const dueMs = this.#dueMs()
      // At the watermark itself events may still come, so windows that end there stay open.
      const isEvent = nextMs <= dueMs && nextMs <= toMs && nextMs !== Number.POSITIVE_INFINITY
      if (!isEvent && !(dueMs < nextMs && dueMs < toMs)) return alerts
      if (isEvent) this.#take(this.#pending.shift(), alerts)
      else this.#close(dueMs, alerts)
      if (toMs === Number.POSITIVE_INFINITY) this.#watermark.advance(isEvent ? nextMs : dueMs + 1)
    }
  }

  #dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const lane of this.#closing) if (lane.dueMs < dueMs) dueMs = lane.dueMs
    return dueMs
  }

  /** Takes the entries of an event in the order of lanes; what they alert feeds lanes behind. */
  #take(first: Entry, alerts: Alert[]): void {
    for (let entry: Entry | null = first; entry !== null; ) {
      const lane = this.#lanes[entry.place] as Lane
      let { next }: Entry = entry
      // In its window it stands before others.
      entry.next = null
      const alert = lane.take(entry)
      if (alert) next = merged(next, this.#emit(lane.plan, alert, alerts))
      entry = next
    }
  }

  /** Ends the windows of that time, lane by lane: each first takes what those before it alerted. */
  #close(atMs: number, alerts: Alert[]): void {
    const ending = new Set(this.#closing.filter(({ dueMs }) => dueMs === atMs))
    const [only] = ending
    if (ending.size === 1 && only !== undefined && !this.#feeder.isFedBy(only.plan.id)) {
      for (const alert of only.close(atMs)) if (!only.plan.isSilent) alerts.push(alert)
      return
    }
    const fed = new Map<Lane, Entry[]>(Array.from(ending, lane => [lane, []]))
    const lanes = [...fed.keys()]
    const emit = (plan: Plan, alert: Alert): void => {
      for (let next = this.#emit(plan, alert, alerts); next !== null; next = next.next) {
        const lane = this.#lanes[next.place] as Lane
        const known = fed.get(lane)
        if (known) known.push(next)
        else {
          fed.set(lane, [next])
          lanes.splice(placeFor(lane, lanes), 0, lane)
        }
      }
    }
    // The list grows while it is walked, always behind the place reached.
    for (let at = 0; at < lanes.length; at++) {
      const lane = lanes[at] as Lane
      for (const entry of fed.get(lane) as Entry[]) {
        entry.next = null
        const alert = lane.take(entry)
        if (alert) emit(lane.plan, alert)
      }
      if (ending.has(lane)) for (const alert of lane.close(atMs)) emit(lane.plan, alert)
    }
  }

  /** Gives an alert out unless it is silent; what it is to the lanes behind. */
  #emit(plan: Plan, alert: Alert, alerts: Alert[]): Entry | null {
    if (!plan.isSilent) alerts.push(alert)
    if (!this.#feeder.isFedBy(plan.id)) return null
    return this.#feeder.feed(arrivalOf(alert), alert.events)
  }
}

/** Where a lane belongs in a list in the order of lanes. */
function placeFor({ place }: Lane, lanes: readonly Lane[]): number {
  let at = lanes.length
  while (at > 0 && (lanes[at - 1] as Lane).place > place) at--
  return at
}

/** Two chains in the order of lanes as one; of one lane the entries of the second come last. */
function merged(one: Entry | null, two: Entry | null): Entry | null {
  let [first, second] = [one, two]
  let head: Entry | null = null
  let tail: Entry | null = null
  while (first !== null && second !== null) {
    const least: Entry = first.place <= second.place ? first : second
    if (least === first) first = first.next
    else second = second.next
    if (tail === null) head = least
    else tail.next = least
    tail = least
  }
  if (tail === null) return first ?? second
  tail.next = first ?? second
  return head
}
