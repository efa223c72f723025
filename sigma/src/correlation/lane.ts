import { type Alert, alertOf } from './alert.ts'
import { type Entry, entryOf, groupOf, occurrenceOf } from './entry.ts'
import { type Gauge, gaugeOf } from './gauge.ts'
import { Line } from './line.ts'
import type { Occurrence } from './occurrence.ts'
import type { CorrelateOptions, Counters, GroupStore } from './options.ts'
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
/** Without a group while it is spilled. */
type Ticket = {
  readonly key: string
  readonly openedMs: number
  group: Group | null
  before: Ticket | null
  after: Ticket | null
}
/** What stays in memory of a group whose state is elsewhere. */
type Spilled = { readonly lastMs: number; ticket: Ticket | null }

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
  /** Groups that are elsewhere, least recently used first. */
  readonly #spilled = new Map<string, Spilled>()
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
      const ticket = this.#open.first
      if (ticket === null || this.#dueMs > atMs) return alerts
      const group = ticket.group ?? this.#comeBack(ticket.key)
      if (group === null) continue
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
    this.#makeRoom(this.#options.groupsMax - 1)
    const back = this.#comeBack(key)
    if (back !== null) return back
    const group = this.#wake(key, entry)
    if (this.plan.isClosing) this.#opening(key, entry.timeMs, group)
    return group
  }

  /** Leaves so many groups awake. */
  #makeRoom(awakeMax: number): void {
    while (this.#awakeCount > Math.max(awakeMax, 0)) {
      const group = this.#used.first as Group
      if (this.#options.spill === null) {
        this.#sleep(group)
        this.#counters.groupsDropped++
      } else this.#spill(group, this.#options.spill)
    }
  }

  #spill(group: Group, store: GroupStore): void {
    const { key, ticket, last } = group
    store.set(this.#placeOf(key), JSON.stringify(this.#stateOf(group)))
    this.#spilled.set(key, { lastMs: (last as Entry).timeMs, ticket })
    if (ticket !== null) ticket.group = null
    group.ticket = null
    this.#sleep(group)
    if (this.#spilled.size <= this.#options.spilledMax) return
    const [oldest] = this.#spilled.keys()
    this.#dropSpilled(oldest as string)
    this.#counters.groupsDropped++
  }

  /** A spilled group as it was; null if it was not spilled, or whoever keeps it has lost it. */
  #comeBack(key: string): Group | null {
    const spilled = this.#spilled.get(key)
    if (spilled === undefined) return null
    const text = this.#options.spill?.get(this.#placeOf(key))
    if (text === undefined) {
      this.#dropSpilled(key)
      this.#counters.groupsDropped++
      return null
    }
    const { ticket } = spilled
    spilled.ticket = null
    this.#dropSpilled(key)
    const group = this.#refill(JSON.parse(text) as GroupState)
    group.ticket = ticket
    if (ticket !== null) ticket.group = group
    return group
  }

  #dropSpilled(key: string): void {
    const { ticket } = this.#spilled.get(key) as Spilled
    this.#spilled.delete(key)
    this.#options.spill?.delete(this.#placeOf(key))
    if (ticket !== null) this.#closed(ticket)
  }

  /** Its key where groups of all correlations are spilled. */
  #placeOf(key: string): string {
    return `${this.place} ${key}`
  }

  /** Wakes a group with what it had. */
  #refill({ key, openedMs, firedMs, gauge, window }: GroupState): Group {
    const group = this.#wake(key, { timeMs: openedMs })
    group.fired = firedMs === null ? null : { timeMs: firedMs }
    for (const occurrence of window) {
      const entry = entryOf(this.plan, this.place, occurrence)
      push(group, entry)
      group.gauge.enter(entry)
    }
    group.gauge.restore(gauge)
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

  #wake(key: string, opener: Timed): Group {
    const known = this.#groups.get(key)
    if (known) this.#asleep.remove(known)
    const group = known ?? this.#newGroup(key, opener)
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

  #opening(key: string, openedMs: number, group: Group | null): Ticket {
    const ticket: Ticket = { key, openedMs, group, before: null, after: null }
    if (group !== null) group.ticket = ticket
    this.#open.add(ticket)
    if (this.#open.first === ticket) this.#dueMs = openedMs + this.plan.spanMs
    return ticket
  }

  #closed(ticket: Ticket): void {
    if (ticket.group !== null) ticket.group.ticket = null
    this.#open.remove(ticket)
    const next = this.#open.first
    this.#dueMs = next ? next.openedMs + this.plan.spanMs : Number.POSITIVE_INFINITY
  }

  /** Forgets groups that no window reaches any more: they have nothing to remember. */
  #forget(fromMs: number): void {
    if (this.#spilled.size > 0) this.#forgetSpilled(fromMs)
    for (;;) {
      const { first } = this.#used
      if (first === null || (first.last as Entry).timeMs >= fromMs) return
      this.#sleep(first)
    }
  }

  #forgetSpilled(fromMs: number): void {
    for (const [key, { lastMs }] of this.#spilled) {
      if (lastMs >= fromMs) return
      this.#dropSpilled(key)
    }
  }

  save(): LaneState {
    const spilled = Array.from(this.#spilled.keys(), key => {
      const text = this.#options.spill?.get(this.#placeOf(key))
      // What is lost there is missed when it is asked for.
      return text === undefined ? [] : [JSON.parse(text) as GroupState]
    })
    const groups = [...spilled.flat(), ...Array.from(this.#used, group => this.#stateOf(group))]
    const saved = new Set(groups.map(({ key }) => key))
    const open = Array.from(this.#open, ({ key }) => key).filter(key => saved.has(key))
    return { groups, open }
  }

  #stateOf(group: Group): GroupState {
    const { key, opener, fired, gauge, last } = group
    return {
      key,
      openedMs: opener.timeMs,
      lastMs: (last as Entry).timeMs,
      firedMs: fired?.timeMs ?? null,
      gauge: [...gauge.save()],
      window: Array.from(entriesOf(group), entry => occurrenceOf(this.plan, entry)),
    }
  }

  /** Takes a state that was looked through. */
  restore({ groups, open }: LaneState): void {
    for (const key of [...this.#spilled.keys()]) this.#dropSpilled(key)
    this.#groups.clear()
    this.#used.clear()
    this.#asleep.clear()
    this.#awakeCount = 0
    this.#open.clear()
    this.#dueMs = Number.POSITIVE_INFINITY
    for (const group of groups) {
      this.#refill(group)
      this.#makeRoom(this.#options.groupsMax)
    }
    const opened = new Map(groups.map(({ key, openedMs }) => [key, openedMs]))
    for (const key of open) {
      const spilled = this.#spilled.get(key)
      const group = spilled ? null : (this.#groups.get(key) as Group)
      const ticket = this.#opening(key, opened.get(key) as number, group)
      if (spilled) spilled.ticket = ticket
    }
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
