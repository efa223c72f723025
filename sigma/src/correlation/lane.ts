import { type Alert, alertOf } from './alert.ts'
import { type Gauge, gaugeOf } from './gauge.ts'
import { keyOf, type Occurrence } from './occurrence.ts'
import type { CorrelateOptions, Counters } from './options.ts'
import type { Plan } from './plan.ts'
import { Queue } from './queue.ts'
import { Recency } from './recency.ts'

/** One group: its window, oldest occurrence first. Owned by its lane. */
type Group = {
  readonly window: Queue<Occurrence>
  readonly gauge: Gauge
  /** When its window opened, for a lane that closes windows. */
  readonly openedMs: number
  lastMs: number
  firedMs: number | null
}

export type GroupState = Readonly<{
  key: string
  openedMs: number
  lastMs: number
  firedMs: number | null
  gauge: readonly (number | null)[]
  window: readonly Occurrence[]
}>
/** Groups, least recently used first, and the keys of those that are open, oldest first. */
export type LaneState = Readonly<{ groups: readonly GroupState[]; open: readonly string[] }>

/**
 * One correlation at work. Occurrences come in the order of event time. Groups are kept in the
 * order of their last use, so that both the forgotten and the least recently used are in front.
 */
export class Lane {
  readonly plan: Plan
  readonly #options: CorrelateOptions
  readonly #counters: Counters
  readonly #groups = new Recency<Group>()
  /** Windows of equal length close in the order in which they opened. */
  readonly #open = new Map<string, Group>()

  constructor(plan: Plan, options: CorrelateOptions, counters: Counters) {
    this.plan = plan
    this.#options = options
    this.#counters = counters
  }

  /** When the next window ends; Infinity if none is open. */
  dueMs(): number {
    for (const { openedMs } of this.#open.values()) return openedMs + this.plan.spanMs
    return Number.POSITIVE_INFINITY
  }

  /** Counts one occurrence; the alert if the condition is reached thereby. */
  take(occurrence: Occurrence): Alert | null {
    const { isClosing, spanMs } = this.plan
    const { timeMs } = occurrence
    const fromMs = timeMs - spanMs
    if (!isClosing) this.#forget(fromMs)
    const group = this.#touch(keyOf(occurrence.group), timeMs)
    const { gauge, window } = group
    window.push(occurrence)
    gauge.enter(occurrence)
    while (!isClosing && (window.first as Occurrence).timeMs < fromMs) this.#drop(group)
    while (window.size > this.#options.groupEventsMax) {
      this.#drop(group)
      this.#counters.eventsDropped++
    }
    if (isClosing || !gauge.holds(fromMs)) return null
    const isSilenced = group.firedMs !== null && group.firedMs >= fromMs
    if (isSilenced && this.#options.refire === 'window') {
      this.#counters.suppressed++
      return null
    }
    group.firedMs = timeMs
    return alertOf(this.plan, window.toArray(), { toMs: timeMs, value: gauge.value(fromMs) })
  }

  /** Closes the windows that end at this time; the alerts of those whose condition holds. */
  close(atMs: number): Alert[] {
    const alerts: Alert[] = []
    for (const [key, { gauge, openedMs, window }] of this.#open) {
      if (openedMs + this.plan.spanMs > atMs) break
      this.#open.delete(key)
      this.#groups.delete(key)
      if (!gauge.holds(openedMs)) continue
      const ended = { toMs: atMs, value: gauge.value(openedMs) }
      alerts.push(alertOf(this.plan, window.toArray(), ended))
    }
    return alerts
  }

  #touch(key: string, timeMs: number): Group {
    const known = this.#groups.use(key)
    if (known) {
      known.lastMs = timeMs
      return known
    }
    if (this.#groups.size >= this.#options.groupsMax) this.#dropOldestGroup()
    const group = {
      window: new Queue<Occurrence>(),
      gauge: gaugeOf(this.plan),
      openedMs: timeMs,
      lastMs: timeMs,
      firedMs: null,
    }
    this.#groups.add(key, group)
    if (this.plan.isClosing) this.#open.set(key, group)
    return group
  }

  #drop({ gauge, window }: Group): void {
    gauge.leave(window.shift())
  }

  #dropOldestGroup(): void {
    const { oldest } = this.#groups
    if (oldest === null) return
    this.#groups.delete(oldest.key)
    this.#open.delete(oldest.key)
    this.#counters.groupsDropped++
  }

  /** Forgets groups that no window reaches any more: they have nothing to remember. */
  #forget(fromMs: number): void {
    for (;;) {
      const { oldest } = this.#groups
      if (oldest === null || oldest.value.lastMs >= fromMs) return
      this.#groups.delete(oldest.key)
    }
  }

  save(): LaneState {
    const groups = [...this.#groups].map(([key, group]) => {
      const { openedMs, lastMs, firedMs, gauge, window } = group
      return { key, openedMs, lastMs, firedMs, gauge: gauge.save(), window: window.toArray() }
    })
    return { groups, open: [...this.#open.keys()] }
  }

  restore({ groups, open }: LaneState): void {
    this.#groups.clear()
    this.#open.clear()
    const restored = new Map<string, Group>()
    for (const { key, openedMs, lastMs, firedMs, gauge: saved, window: held } of groups) {
      const gauge = gaugeOf(this.plan)
      const window = new Queue<Occurrence>()
      for (const occurrence of held) {
        window.push(occurrence)
        gauge.enter(occurrence)
      }
      gauge.restore(saved)
      const group = { window, gauge, openedMs, lastMs, firedMs }
      this.#groups.add(key, group)
      restored.set(key, group)
    }
    for (const key of open) this.#open.set(key, restored.get(key) as Group)
  }
}
