import { SigmaError } from '../refusal.ts'
import { type Alert, arrivalOf } from './alert.ts'
import { Lane, type LaneState } from './lane.ts'
import { type Occurrence, occurrencesOf } from './occurrence.ts'
import { type CorrelateOptions, type Counters, defaultOptions, noCounters } from './options.ts'
import type { Plan } from './plan.ts'
import { Queue } from './queue.ts'
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
type Pending = Readonly<{ timeMs: number; fed: readonly Fed[] }>
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
  /** Places of the correlations that name a rule, ascending. */
  readonly #fedBy = new Map<string, number[]>()
  readonly #closing: readonly number[]
  readonly #pending = new Queue<Pending>()
  readonly #plans: string

  /** `plans` are in an order in which each comes behind those it names. */
  constructor(plans: readonly Plan[], options: Partial<CorrelateOptions> = {}) {
    this.#options = { ...defaultOptions, ...options }
    this.#watermark = new Watermark(this.#options)
    this.#lanes = plans.map(plan => new Lane(plan, this.#options, this.#counters))
    this.#closing = plans.flatMap(({ isClosing }, at) => (isClosing ? [at] : []))
    plans.forEach(({ inputs }, at) => {
      for (const { rule } of inputs) {
        this.#fedBy.set(rule, [...(this.#fedBy.get(rule) ?? []), at])
      }
    })
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
  add({ rules, timeMs, id, source, field }: BaseMatch): Alert[] {
    if (!Number.isSafeInteger(timeMs)) throw new SigmaError('EVENT_TIME', String(timeMs))
    if (this.#watermark.isLate(timeMs)) this.#counters.late++
    else {
      const fed = this.#feed({ timeMs, events: [id], rules, field })
      const comesAfter = (other: Pending): boolean => other.timeMs > timeMs
      if (fed.length > 0) this.#pending.insert({ timeMs, fed }, comesAfter)
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
      pending: this.#pending.toArray(),
      lanes: this.#lanes.map(lane => lane.save()),
    }
  }

  /**
   * Goes on where `save` was called, exactly.
   *
   * @throws SigmaError STATE_UNKNOWN if the state is of other correlations
   */
  restore(state: CorrelatorState): void {
    if (state.version !== 1 || state.plans !== this.#plans) {
      throw new SigmaError('STATE_UNKNOWN', 'state of other correlations')
    }
    this.#watermark.restore(state.watermark)
    Object.assign(this.#counters, state.counters)
    while (this.#pending.size > 0) this.#pending.shift()
    for (const pending of state.pending) this.#pending.push(pending)
    this.#lanes.forEach((lane, at) => lane.restore(state.lanes[at] as LaneState))
  }

  #feed(arrival: Parameters<typeof occurrencesOf>[1]): Fed[] {
    const fed: Fed[] = []
    for (const at of this.#fedByAny(arrival.rules)) {
      const { plan } = this.#lanes[at] as Lane
      const occurrences = occurrencesOf(plan, arrival, this.#counters)
      if (occurrences.length > 0) fed.push([at, occurrences])
    }
    return fed
  }

  /** Places of the correlations that any of the rules feeds, ascending, each once. */
  #fedByAny(rules: readonly string[]): readonly number[] {
    // By far the most events match one rule.
    if (rules.length === 1) return this.#fedBy.get(rules[0] as string) ?? []
    const places = new Set(rules.flatMap(rule => this.#fedBy.get(rule) ?? []))
    return [...places].toSorted((a, b) => a - b)
  }

  /** Too many wait: the earliest is taken now, as if the watermark had come to it. */
  #hurry(): Alert[] {
    this.#counters.hurried++
    this.#watermark.advance((this.#pending.first as Pending).timeMs)
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
      if (isEvent) this.#instant(this.#pending.shift().fed, null, alerts)
      else this.#instant(this.#endingAt(dueMs), dueMs, alerts)
      if (toMs === Number.POSITIVE_INFINITY) this.#watermark.advance(isEvent ? nextMs : dueMs + 1)
    }
  }

  #dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const at of this.#closing) dueMs = Math.min(dueMs, (this.#lanes[at] as Lane).dueMs())
    return dueMs
  }

  #endingAt(atMs: number): Fed[] {
    const ending = this.#closing.filter(at => (this.#lanes[at] as Lane).dueMs() === atMs)
    return ending.map(at => [at, []])
  }

  /** Feeds lanes in their order; what they alert feeds lanes that come later. */
  #instant(fed: readonly Fed[], endMs: number | null, alerts: Alert[]): void {
    const work: Fed[] = [...fed]
    // The list grows while it is walked, always behind the place reached.
    for (let at = 0; at < work.length; at++) {
      const [place, occurrences] = work[at] as Fed
      const lane = this.#lanes[place] as Lane
      for (const occurrence of occurrences) {
        const alert = lane.take(occurrence)
        if (alert) this.#emit(lane.plan, { alert, alerts, work })
      }
      if (endMs === null) continue
      for (const alert of lane.close(endMs)) this.#emit(lane.plan, { alert, alerts, work })
    }
  }

  #emit(plan: Plan, { alert, alerts, work }: { alert: Alert; alerts: Alert[]; work: Fed[] }): void {
    if (!plan.isSilent) alerts.push(alert)
    if (!this.#fedBy.has(plan.id)) return
    for (const fed of this.#feed(arrivalOf(alert))) merge(work, fed)
  }
}

function merge(work: Fed[], [place, occurrences]: Fed): void {
  let at = work.length
  while (at > 0 && (work[at - 1] as Fed)[0] > place) at--
  const before = work[at - 1]
  if (before?.[0] === place) work[at - 1] = [place, [...before[1], ...occurrences]]
  else work.splice(at, 0, [place, occurrences])
}
