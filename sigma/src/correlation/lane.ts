import { type Alert, alertOf } from './alert.ts'
import { type Entry, entryOf, eventsOf, groupOf, occurrenceOf } from './entry.ts'
import { type Gauge, gaugeOf } from './gauge.ts'
import { Line, type Link } from './line.ts'
import type { Occurrence } from './occurrence.ts'
import type { CorrelateOptions, Counters } from './options.ts'
import type { Plan } from './plan.ts'
import { Queue } from './queue.ts'

/** One group: its window, oldest occurrence first. Owned by its lane. */
type Group = {
  readonly key: string
  readonly window: Queue<Entry>
  readonly gauge: Gauge
  /** When its window opened, for a lane that closes windows. */
  readonly openedMs: number
  lastMs: number
  firedMs: number | null
  /** Where it stands in the order of last use, and in that of opening. */
  used: Link<Group> | null
  opened: Link<Group> | null
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
 * One correlation at work, `place` among the others. Occurrences come in the order of event time.
 * Groups are kept in the order of their last use, so that both the forgotten and the least recently
 * used are in front.
 */
export class Lane {
  readonly plan: Plan
  readonly place: number
  readonly #options: CorrelateOptions
  readonly #counters: Counters
  readonly #groups = new Map<string, Group>()
  readonly #used = new Line<Group>()
  /** Windows of equal length close in the order in which they opened. */
  readonly #open = new Line<Group>()
  #dueMs = Number.POSITIVE_INFINITY

  constructor(
    plan: Plan,
    { place, options, counters }: { place: number; options: CorrelateOptions; counters: Counters },
  ) {
    this.plan = plan
    this.place = place
    this.#options = options
    this.#counters = counters
  }

  /** When the next window ends; Infinity if none is open. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** Counts one occurrence; the alert if the condition is reached thereby. */
  take(entry: Entry): Alert | null {
    const { isClosing, spanMs } = this.plan
    const { timeMs } = entry
    const fromMs = timeMs - spanMs
    if (!isClosing) this.#forget(fromMs)
    const group = this.#touch(entry.key, timeMs)
    const { gauge, window } = group
    window.push(entry)
    gauge.enter(entry)
    if (!isClosing) while ((window.first as Entry).timeMs < fromMs) gauge.leave(window.shift())
    while (window.size > this.#options.groupEventsMax) {
      gauge.leave(window.shift())
      this.#counters.eventsDropped++
    }
    if (isClosing || !gauge.holds(fromMs)) return null
    const isSilenced = group.firedMs !== null && group.firedMs >= fromMs
    if (isSilenced && this.#options.refire === 'window') {
      this.#counters.suppressed++
      return null
    }
    group.firedMs = timeMs
    return this.#alert(group, { toMs: timeMs, value: gauge.value(fromMs) })
  }

  /** Closes the windows that end at this time; the alerts of those whose condition holds. */
  close(atMs: number): Alert[] {
    const alerts: Alert[] = []
    for (;;) {
      const group = this.#open.first
      if (group === null || group.openedMs + this.plan.spanMs > atMs) return alerts
      this.#remove(group)
      const { gauge, openedMs } = group
      if (!gauge.holds(openedMs)) continue
      alerts.push(this.#alert(group, { toMs: atMs, value: gauge.value(openedMs) }))
    }
  }

  #alert({ key, window }: Group, ended: { toMs: number; value: number }): Alert {
    const events = window.toArray().flatMap(eventsOf)
    return alertOf(this.plan, { group: groupOf(this.plan, key), events }, ended)
  }

  #touch(key: string, timeMs: number): Group {
    const known = this.#groups.get(key)
    if (known) {
      known.lastMs = timeMs
      this.#used.renew(known.used as Link<Group>)
      return known
    }
    const { first } = this.#used
    if (first !== null && this.#groups.size >= this.#options.groupsMax) {
      this.#remove(first)
      this.#counters.groupsDropped++
    }
    const times = { openedMs: timeMs, lastMs: timeMs, firedMs: null }
    return this.#add(key, new Queue(), gaugeOf(this.plan), times)
  }

  #add(
    key: string,
    window: Queue<Entry>,
    gauge: Gauge,
    { openedMs, lastMs, firedMs }: Pick<Group, 'openedMs' | 'lastMs' | 'firedMs'>,
  ): Group {
    const group: Group = {
      key,
      window,
      gauge,
      openedMs,
      lastMs,
      firedMs,
      used: null,
      opened: null,
    }
    group.used = this.#used.add(group)
    this.#groups.set(key, group)
    if (this.plan.isClosing) this.#opening(group)
    return group
  }

  #opening(group: Group): void {
    group.opened = this.#open.add(group)
    if (this.#open.first === group) this.#dueMs = group.openedMs + this.plan.spanMs
  }

  #remove(group: Group): void {
    this.#groups.delete(group.key)
    this.#used.remove(group.used as Link<Group>)
    if (group.opened === null) return
    this.#open.remove(group.opened)
    const { first } = this.#open
    this.#dueMs = first === null ? Number.POSITIVE_INFINITY : first.openedMs + this.plan.spanMs
  }

  /** Forgets groups that no window reaches any more: they have nothing to remember. */
  #forget(fromMs: number): void {
    for (;;) {
      const { first } = this.#used
      if (first === null || first.lastMs >= fromMs) return
      this.#remove(first)
    }
  }

  save(): LaneState {
    const groups = Array.from(this.#used, group => {
      const { key, openedMs, lastMs, firedMs, gauge, window } = group
      const held = window.toArray().map(entry => occurrenceOf(this.plan, entry))
      return { key, openedMs, lastMs, firedMs, gauge: [...gauge.save()], window: held }
    })
    return { groups, open: Array.from(this.#open, ({ key }) => key) }
  }

  /** Takes a state that was looked through. */
  restore({ groups, open }: LaneState): void {
    this.#groups.clear()
    this.#used.clear()
    this.#open.clear()
    this.#dueMs = Number.POSITIVE_INFINITY
    for (const { key, gauge: saved, window: held, ...times } of groups) {
      const gauge = gaugeOf(this.plan)
      const window = new Queue<Entry>()
      for (const occurrence of held) {
        const entry = entryOf(this.plan, this.place, occurrence)
        window.push(entry)
        gauge.enter(entry)
      }
      gauge.restore(saved)
      this.#add(key, window, gauge, times)
    }
    // They were opened in the order of their last use, which is another.
    this.#open.clear()
    for (const key of open) this.#opening(this.#groups.get(key) as Group)
  }
}
