import { type Alert, alertOf } from './alert.ts'
import { type Entry, entryOf, groupOf, occurrenceOf } from './entry.ts'
import { type Gauge, gaugeOf } from './gauge.ts'
import { Line } from './line.ts'
import type { Occurrence } from './occurrence.ts'
import type { CorrelateOptions, Counters } from './options.ts'
import type { Plan } from './plan.ts'
import { entriesOf, push, shift, type Window } from './window.ts'

type Timed = Readonly<{ timeMs: number }>

/**
 * One group with its window. Owned by its lane, in the order of last use. One that sleeps has nothing
 * to remember; it is kept for a while since most groups come again, and tables that are filled and
 * emptied all the time are the garbage collector's worst case.
 */
type Group = Window & {
  readonly key: string
  readonly gauge: Gauge
  /** What opened its window, and what it last alerted of. */
  opener: Timed
  fired: Timed | null
  isAwake: boolean
  /** Those used before and after it. */
  before: Group | null
  after: Group | null
  /** Where it stands in the order of opening, for a lane that closes windows. */
  ticket: Ticket | null
}
type Ticket = { readonly group: Group; before: Ticket | null; after: Ticket | null }

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
  readonly #asleep = new Line<Group>()
  #awakeCount = 0
  /** Windows of equal length close in the order in which they opened. */
  readonly #open = new Line<Ticket>()
  /** The one gauge of all groups, where it needs to know no more than the size of a window. */
  readonly #gauge: Gauge | null
  #dueMs = Number.POSITIVE_INFINITY

  constructor(
    plan: Plan,
    { place, options, counters }: { place: number; options: CorrelateOptions; counters: Counters },
  ) {
    this.plan = plan
    this.place = place
    this.#options = options
    this.#counters = counters
    this.#gauge = plan.type === 'event_count' ? gaugeOf(plan) : null
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
    const group = this.#touch(entry)
    const { gauge } = group
    push(group, entry)
    gauge.enter(entry)
    if (!isClosing) while ((group.first as Entry).timeMs < fromMs) gauge.leave(shift(group))
    // The newest stays whatever the bound.
    while (group.size > this.#options.groupEventsMax && group.size > 1) {
      gauge.leave(shift(group))
      this.#counters.eventsDropped++
    }
    if (isClosing || !gauge.holds(fromMs, group.size)) return null
    const isSilenced = group.fired !== null && group.fired.timeMs >= fromMs
    if (isSilenced && this.#options.refire === 'window') {
      this.#counters.suppressed++
      return null
    }
    group.fired = entry
    return this.#alert(group, { toMs: timeMs, value: gauge.value(fromMs, group.size) })
  }

  /** Closes the windows that end at this time; the alerts of those whose condition holds. */
  close(atMs: number): Alert[] {
    const alerts: Alert[] = []
    for (;;) {
      const group = this.#open.first?.group ?? null
      if (group === null || this.#dueMs > atMs) return alerts
      const { gauge, opener, size } = group
      if (gauge.holds(opener.timeMs, size)) {
        alerts.push(this.#alert(group, { toMs: atMs, value: gauge.value(opener.timeMs, size) }))
      }
      this.#sleep(group)
    }
  }

  #alert(group: Group, ended: { toMs: number; value: number }): Alert {
    const evidence = { group: groupOf(this.plan, group.key), events: idsOf(group) }
    return alertOf(this.plan, evidence, ended)
  }

  #touch(entry: Entry): Group {
    const { key } = entry
    const known = this.#groups.get(key)
    if (known?.isAwake) {
      this.#used.renew(known)
      return known
    }
    if (known) this.#asleep.remove(known)
    const { first } = this.#used
    if (first !== null && this.#awakeCount >= this.#options.groupsMax) {
      this.#sleep(first)
      this.#counters.groupsDropped++
    }
    const group = this.#wake(known ?? this.#newGroup(key, entry), entry)
    if (this.plan.isClosing) this.#opening(group)
    return group
  }

  #newGroup(key: string, opener: Timed): Group {
    const group: Group = {
      key,
      gauge: this.#gauge ?? gaugeOf(this.plan),
      opener,
      fired: null,
      isAwake: false,
      first: null,
      last: null,
      size: 0,
      before: null,
      after: null,
      ticket: null,
    }
    this.#groups.set(key, group)
    return group
  }

  #wake(group: Group, opener: Timed): Group {
    group.isAwake = true
    group.opener = opener
    this.#used.add(group)
    this.#awakeCount++
    return group
  }

  /** It forgets all it has. */
  #sleep(group: Group): void {
    this.#used.remove(group)
    this.#awakeCount--
    while (group.size > 0) group.gauge.leave(shift(group))
    group.gauge.restore([])
    group.fired = null
    group.isAwake = false
    this.#asleep.add(group)
    const { first } = this.#asleep
    const asleepMax = Math.min(asleepMin + 3 * this.#awakeCount, asleepMost)
    if (first !== null && this.#groups.size - this.#awakeCount > asleepMax) {
      this.#asleep.remove(first)
      this.#groups.delete(first.key)
    }
    if (group.ticket !== null) this.#closed(group.ticket)
  }

  #opening(group: Group): void {
    group.ticket = { group, before: null, after: null }
    this.#open.add(group.ticket)
    if (this.#open.first === group.ticket) this.#dueMs = group.opener.timeMs + this.plan.spanMs
  }

  #closed(ticket: Ticket): void {
    ticket.group.ticket = null
    this.#open.remove(ticket)
    const next = this.#open.first?.group
    this.#dueMs = next ? next.opener.timeMs + this.plan.spanMs : Number.POSITIVE_INFINITY
  }

  /** Forgets groups that no window reaches any more: they have nothing to remember. */
  #forget(fromMs: number): void {
    for (;;) {
      const { first } = this.#used
      if (first === null || (first.last as Entry).timeMs >= fromMs) return
      this.#sleep(first)
    }
  }

  save(): LaneState {
    const groups = Array.from(this.#used, group => {
      const { key, opener, fired, gauge, last } = group
      return {
        key,
        openedMs: opener.timeMs,
        lastMs: (last as Entry).timeMs,
        firedMs: fired?.timeMs ?? null,
        gauge: [...gauge.save()],
        window: Array.from(entriesOf(group), entry => occurrenceOf(this.plan, entry)),
      }
    })
    return { groups, open: Array.from(this.#open, ({ group }) => group.key) }
  }

  /** Takes a state that was looked through. */
  restore({ groups, open }: LaneState): void {
    this.#groups.clear()
    this.#used.clear()
    this.#asleep.clear()
    this.#awakeCount = 0
    this.#open.clear()
    this.#dueMs = Number.POSITIVE_INFINITY
    for (const { key, openedMs, firedMs, gauge, window } of groups) {
      const opener = { timeMs: openedMs }
      const group = this.#wake(this.#newGroup(key, opener), opener)
      group.fired = firedMs === null ? null : { timeMs: firedMs }
      for (const occurrence of window) {
        const entry = entryOf(this.plan, this.place, occurrence)
        push(group, entry)
        group.gauge.enter(entry)
      }
      group.gauge.restore(gauge)
    }
    for (const key of open) this.#opening(this.#groups.get(key) as Group)
  }
}

/** Groups that may sleep, beside three for each that is awake, and at most. */
const asleepMin = 1_000
const asleepMost = 20_000

/** The ids of all events in a window; one that came by several ways comes as often. */
function idsOf({ first }: Window): string[] {
  const ids: string[] = []
  for (let entry = first; entry !== null; entry = entry.next) {
    if (typeof entry.events === 'string') ids.push(entry.events)
    else for (const id of entry.events) ids.push(id)
  }
  return ids
}
