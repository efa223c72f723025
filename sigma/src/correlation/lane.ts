import { type Alert, alertOf } from './alert.ts'
import { type Entry, entryOf, groupOf, occurrenceOf } from './entry.ts'
import { type Gauge, gaugeOf } from './gauge.ts'
import { Names } from './names.ts'
import type { Occurrence } from './occurrence.ts'
import { Openings, type Ticket } from './openings.ts'
import type { CorrelateOptions, Counters } from './options.ts'
import type { Plan } from './plan.ts'
import { Spilled } from './spilled.ts'
import { Windows } from './windows.ts'

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

/** In place of a group. */
const none = -1

/**
 * One correlation at work, `place` among the others. Occurrences come in the order of event time.
 * Groups are numbers here; one is awake while it has a window, and has nothing to remember if not.
 */
export class Lane {
  readonly plan: Plan
  readonly place: number
  readonly #options: CorrelateOptions
  readonly #counters: Counters
  readonly #windows: Windows
  /** The keys of groups. */
  readonly #names: Names
  #awakeCount = 0
  readonly #gauge: Gauge
  /** What a group last alerted of, if it did. */
  readonly #fired = new Map<number, number>()
  /** By group, for a lane that closes windows. */
  readonly #tickets: (Ticket | null)[] = []
  readonly #openings: Openings
  readonly #spilled: Spilled | null
  /** Whether a group ever came with what it had, so that occurrences stand behind newer ones. */
  #isRefilled = false

  constructor(
    plan: Plan,
    { place, options, counters }: { place: number; options: CorrelateOptions; counters: Counters },
  ) {
    this.plan = plan
    this.place = place
    this.#options = options
    this.#counters = counters
    this.#windows = new Windows(plan)
    this.#names = new Names(group => this.#windows.has(group))
    this.#gauge = gaugeOf(plan, this.#windows)
    this.#openings = new Openings(plan.spanMs)
    this.#spilled = options.spill === null ? null : new Spilled(options.spill, place)
  }

  /** When the next window ends; Infinity if none is open. */
  get dueMs(): number {
    return this.#openings.dueMs
  }

  /** Counts one occurrence; the alert if the condition is reached thereby. */
  take(entry: Entry): Alert | null {
    const { isClosing, spanMs } = this.plan
    const { timeMs } = entry
    const fromMs = timeMs - spanMs
    if (!isClosing) this.#forget(fromMs)
    const group = this.#touch(entry)
    this.#enter(group, entry)
    if (!isClosing && this.#isRefilled) this.#slide(group, fromMs)
    // The newest stays whatever the bound.
    while (this.#windows.size(group) > Math.max(this.#options.groupEventsMax, 1)) {
      this.#shift(group)
      this.#counters.eventsDropped++
    }
    if (isClosing || !this.#gauge.holds(group, fromMs)) return null
    const firedMs = this.#fired.get(group)
    if (firedMs !== undefined && firedMs >= fromMs && this.#options.refire === 'window') {
      this.#counters.suppressed++
      return null
    }
    this.#fired.set(group, timeMs)
    return this.#alert(group, { fromMs, toMs: timeMs })
  }

  /** Closes the windows that end at this time; the alerts of those whose condition holds. */
  close(atMs: number): Alert[] {
    const alerts: Alert[] = []
    for (;;) {
      const key = this.#openings.next
      if (key === null || this.dueMs > atMs) return alerts
      const known = this.#names.find(key)
      const isAwake = known !== none && this.#windows.has(known)
      const group = isAwake ? known : this.#comeBack(key)
      if (group === none) continue
      const fromMs = this.#openedMs(group)
      if (this.#gauge.holds(group, fromMs)) {
        alerts.push(this.#alert(group, { fromMs, toMs: atMs }))
      }
      this.#sleep(group)
    }
  }

  #alert(group: number, { fromMs, toMs }: { fromMs: number; toMs: number }): Alert {
    const evidence = {
      group: groupOf(this.plan, this.#names.textOf(group)),
      events: this.#windows.eventsOf(group),
    }
    return alertOf(this.plan, evidence, { toMs, value: this.#gauge.value(group, fromMs) })
  }

  #openedMs(group: number): number {
    const windows = this.#windows
    return this.#tickets[group]?.openedMs ?? (windows.timeMs[windows.first(group)] as number)
  }

  #enter(group: number, entry: Entry): void {
    this.#gauge.enter(group, this.#windows.push(group, entry))
  }

  /** The oldest of a group leaves its window. */
  #shift(group: number): void {
    this.#gauge.leave(group, this.#windows.first(group))
    this.#windows.shift(group)
  }

  /**
   * Forgets what no window reaches any more, whatever its group, and with its last occurrence the
   * group. What came back from elsewhere stands behind newer ones, and waits until they go.
   */
  #forget(fromMs: number): void {
    this.#forgetSpilled(fromMs)
    const windows = this.#windows
    for (let at = windows.oldest; at >= 0; at = windows.oldest) {
      if ((windows.timeMs[at] as number) >= fromMs) return
      const group = windows.groupAt(at)
      if (!windows.isLast(at)) this.#shift(group)
      else {
        this.#gauge.leave(group, at)
        windows.shiftLast()
        this.#fallAsleep(group)
      }
    }
  }

  /** The same of one group, wherever its occurrences stand. */
  #slide(group: number, fromMs: number): void {
    const { timeMs } = this.#windows
    while ((timeMs[this.#windows.first(group)] as number) < fromMs) this.#shift(group)
  }

  /** The group of an occurrence, awake. */
  #touch({ key, timeMs }: Entry): number {
    const known = this.#names.find(key)
    if (known !== none && this.#windows.has(known)) return known
    this.#makeRoom(this.#options.groupsMax - 1)
    const back = this.#comeBack(key)
    if (back !== none) return back
    const group = this.#wake(key, known)
    if (this.plan.isClosing) this.#tickets[group] = this.#openings.open(key, timeMs)
    return group
  }

  /** Wakes the group of a key, which has that number or none yet. */
  #wake(key: string, known: number): number {
    const group = known === none ? this.#names.add(key, this.#awakeCount) : known
    const { end } = this.#names
    this.#windows.reserve(end)
    this.#gauge.reserve(end)
    this.#awakeCount++
    return group
  }

  /** It forgets all it has. */
  #sleep(group: number): void {
    while (this.#windows.has(group)) this.#shift(group)
    this.#fallAsleep(group)
  }

  /** Its window is empty. */
  #fallAsleep(group: number): void {
    this.#awakeCount--
    this.#gauge.restore(group, [])
    if (this.#fired.size > 0) this.#fired.delete(group)
    if (this.plan.isClosing) this.#endTicket(group)
  }

  #endTicket(group: number): void {
    const ticket = this.#tickets[group]
    this.#tickets[group] = null
    if (ticket) this.#openings.close(ticket)
  }

  /** Leaves so many groups awake. */
  #makeRoom(awakeMax: number): void {
    while (this.#awakeCount > Math.max(awakeMax, 0)) {
      const group = this.#windows.leastUsed()
      if (this.#spilled === null) {
        this.#counters.groupsDropped++
      } else this.#spill(group, this.#spilled)
      this.#sleep(group)
    }
  }

  #spill(group: number, spilled: Spilled): void {
    spilled.put(this.#stateOf(group), this.#tickets[group] ?? null)
    this.#tickets[group] = null
    if (spilled.size > this.#options.spilledMax)
      this.#loseSpilled((spilled.oldest as { key: string }).key)
  }

  /** A spilled group as it was; none if it was not spilled, or whoever keeps it has lost it. */
  #comeBack(key: string): number {
    const spilled = this.#spilled
    if (spilled === null || !spilled.has(key)) return none
    const state = spilled.stateOf(key)
    if (state === null) {
      this.#loseSpilled(key)
      return none
    }
    const ticket = spilled.delete(key)
    const group = this.#refill(state)
    this.#tickets[group] = ticket
    return group
  }

  #loseSpilled(key: string): void {
    this.#dropSpilled(key)
    this.#counters.groupsDropped++
  }

  #dropSpilled(key: string): void {
    const ticket = (this.#spilled as Spilled).delete(key)
    if (ticket !== null) this.#openings.close(ticket)
  }

  #forgetSpilled(fromMs: number): void {
    const spilled = this.#spilled
    if (spilled === null) return
    for (let { oldest } = spilled; oldest !== null && oldest.lastMs < fromMs; { oldest } = spilled)
      this.#dropSpilled(oldest.key)
  }

  /** Wakes a group with what it had. */
  #refill({ key, firedMs, gauge, window }: GroupState): number {
    const group = this.#wake(key, this.#names.find(key))
    if (firedMs !== null) this.#fired.set(group, firedMs)
    this.#isRefilled = true
    for (const occurrence of window) this.#enter(group, entryOf(this.plan, this.place, occurrence))
    this.#gauge.restore(group, gauge)
    return group
  }

  save(): LaneState {
    const elsewhere = this.#spilled?.keys().map(key => this.#spilled?.stateOf(key) ?? null) ?? []
    const groups = [
      // What is lost there is missed when it is asked for.
      ...elsewhere.filter(state => state !== null),
      ...Array.from(this.#windows.byUse(), group => this.#stateOf(group)),
    ]
    const saved = new Set(groups.map(({ key }) => key))
    return { groups, open: this.#openings.keys().filter(key => saved.has(key)) }
  }

  #stateOf(group: number): GroupState {
    const windows = this.#windows
    const key = this.#names.textOf(group)
    return {
      key,
      openedMs: this.#openedMs(group),
      lastMs: windows.timeMs[windows.last(group)] as number,
      firedMs: this.#fired.get(group) ?? null,
      gauge: [...this.#gauge.save(group)],
      window: windows.entriesOf(group).map(entry => occurrenceOf(this.plan, { ...entry, key })),
    }
  }

  /** Takes a state that was looked through. */
  restore({ groups, open }: LaneState): void {
    for (const key of this.#spilled?.keys() ?? []) this.#dropSpilled(key)
    for (const group of [...this.#windows.byUse()]) this.#sleep(group)
    const opened = new Map(groups.map(({ key, openedMs }) => [key, openedMs]))
    const tickets = new Map(
      open.map(key => [key, this.#openings.open(key, opened.get(key) as number)]),
    )
    for (const state of groups) {
      const group = this.#refill(state)
      this.#tickets[group] = tickets.get(state.key) ?? null
      this.#makeRoom(this.#options.groupsMax)
    }
  }
}
