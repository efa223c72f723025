import { strict as assert } from 'node:assert'
import type { Draft, Fact, Instant, Key, Pos } from '../fact.ts'
import { findingOpened } from '../facts.ts'
import {
  type Change,
  type Context,
  everyRow,
  type Input,
  type Judge,
  type Lapse,
  type Owed,
  type Params,
  type Plain,
  type Step,
  type Wake,
} from '../judge.ts'
import { limits } from '../limits.ts'
import type { Calendars } from '../time.ts'
import type { InForce, Policies } from './adoption.ts'
import { checkDraft } from './draft.ts'
import { compareText, type Due, type Row, Rows, Wakes } from './rows.ts'

/** Who made a derived fact, for what. Without the version: a new version repeats nothing (V46). */
export type By = Readonly<{ judge: string; version: number; cause: Pos; key: Key; ordinal: number }>

/** Puts a derived fact on the list and answers its position; a silent fold answers `undefined`. */
export type Emit = (draft: Draft, by: By) => Pos | undefined

/** A judge that threw, looped or said too much; it is stepped no more and the others go on. */
export type Stopped = Readonly<{ judge: string; code: string; cause: Pos }>

type Seat = {
  readonly judge: Judge<any>
  readonly index: number
  readonly defaults: Params
  readonly rows: Rows
  readonly context: StepContext
  /** It opens findings, so its keys are the names of subjects. */
  readonly isControl: boolean
  stopped: string | null
  /** How often a row of it was stepped. */
  steps: number
  /** Shares that changed since the last settle, with what they were before. */
  changes: Map<Key, Change>
  /** The row '' was stepped since the last settle. */
  touched: boolean
}

/** A judge that wants a type of fact, and the rows of it that a fact of this type concerns. */
type Route = Readonly<{ seat: Seat; keys: (fact: Fact) => readonly Key[] }>

/**
 * The runner's heart: routes each fact once to the judges that want it and keeps their rows. It is
 * synchronous and has no effects but its own memory and `emit`; positions, storage and time are
 * given to it. Replaying the same facts leads to the same rows and the same drafts.
 */
export class Engine {
  readonly seats: readonly Seat[]
  readonly stopped: Stopped[] = []
  private readonly routes = new Map<string, Route[]>()
  private readonly policySeats: Seat[]
  private readonly wakes = new Wakes()
  private readonly policies: Policies
  private readonly policyWakes = new Set<Instant>()
  private readonly isUnchecked: boolean
  private readonly options: ConstructorParameters<typeof Engine>[0]
  /** Judge time never goes back, whatever a clock says (L7). */
  now: Instant = ''

  constructor(options: {
    /** In the order of their strata. */
    judges: readonly Judge[]
    defaults: ReadonlyMap<string, Params>
    policies: Policies
    calendars: Calendars
    /** Rows to begin with, which are only read. */
    lender?: (judge: string) => Rows
    /** Of controls nothing that they say will stand on a list as it is: whoever makes it looks at what will. */
    isUnchecked?: boolean
  }) {
    this.policies = options.policies
    this.isUnchecked = options.isUnchecked === true
    this.options = options
    const calendars = options.policies.calendars ?? options.calendars
    this.seats = options.judges.map((judge, index) => {
      const rows = new Rows(options.lender?.(judge.id))
      return {
        judge,
        index,
        defaults: options.defaults.get(judge.id) ?? {},
        rows,
        context: new StepContext(calendars, rows),
        isControl: judge.makes.includes(findingOpened),
        stopped: null,
        steps: 0,
        changes: new Map(),
        touched: false,
      }
    })
    for (const seat of this.seats) {
      for (const type of seat.judge.from) {
        const { judge } = seat
        const keys = judge.keysOfType?.(type.name) ?? ((fact: Fact) => judge.keys(fact))
        const route = this.routes.get(type.name)
        if (route) route.push({ seat, keys })
        else this.routes.set(type.name, [{ seat, keys }])
      }
    }
    this.policySeats = this.seats.filter(seat => seat.judge.policy)
  }

  /**
   * Steps a fact: every wake due by its recorded time first, then the fact (V2, V3).
   *
   * @param cause the position that made this happen, where it is not the fact's own: an amendment
   */
  step(fact: Fact, emit: Emit, cause: Pos = fact.pos): void {
    this.wakeUntil(fact.recorded, cause, emit)
    if (fact.recorded > this.now) this.now = fact.recorded
    const route = this.routes.get(fact.type)
    const policy = this.policies.take(fact)
    if (policy) {
      const { calendars } = this.policies
      if (calendars !== null) for (const seat of this.seats) seat.context.calendars = calendars
      for (const instant of this.policies.comingAfter(this.now)) this.policyWakes.add(instant)
      this.stepPolicy(fact, cause, emit)
    }
    if (route === undefined) return
    for (const { seat, keys: keysFor } of route) {
      // A policy seat has just had this fact in every row.
      if (policy && seat.judge.policy) continue
      if (seat.stopped !== null) continue
      let keys: readonly Key[]
      try {
        keys = keysFor(fact)
        if (seat.isControl && namesPerson(keys, fact)) throw new Error('JUDGE_NAMES_PERSON')
      } catch (error) {
        this.stop(seat, error, cause, emit)
        continue
      }
      if (keys.length === 0) continue
      for (const key of keys) this.stepRow(seat, key, fact, this.now, cause, emit)
      this.settle(seat, this.now, cause, emit)
    }
  }

  /** Steps every wake with `at` ≤ `until`, in the order (instant, judge, key). */
  wakeUntil(until: Instant, cause: Pos, emit: Emit): void {
    for (;;) {
      // No wake is earlier than the first entry, whether or not that still holds.
      const top = this.wakes.peek()
      if ((top === undefined || top.at > until) && this.policyWakes.size === 0) return
      const at = this.nextWake()
      if (at === null || at > until) return
      if (at > this.now) this.now = at
      if (this.policyWakes.delete(at)) {
        this.stepPolicy(Object.freeze({ wake: true, at }), cause, emit)
        continue
      }
      const first = this.wakes.peek()
      assert(first !== undefined)
      const seat = this.seats[first.judge]
      assert(seat !== undefined)
      const wake: Wake = Object.freeze({ wake: true, at })
      // All rows of one judge at one instant are stepped before it settles once.
      for (let due = first; due.at === at && due.judge === seat.index; ) {
        this.wakes.pop()
        const { row } = due
        if (row.queued === at && seat.stopped === null) {
          if (row.wake === at) {
            row.wake = null
            row.queued = null
            seat.rows.mark(due.key, row)
            this.stepRow(seat, due.key, wake, at, cause, emit, row)
          } else this.requeue(seat, due.key, row)
        }
        const next = this.wakes.peek()
        if (next === undefined) break
        due = next
      }
      this.settle(seat, at, cause, emit)
    }
  }

  /** The next instant at which time alone may change something. */
  nextWake(): Instant | null {
    for (;;) {
      const due = this.wakes.peek()
      const policy =
        this.policyWakes.size === 0 ? undefined : [...this.policyWakes].sort(compareText)[0]
      if (due === undefined) return policy ?? null
      const seat = this.seats[due.judge]
      const { row } = due
      if (seat === undefined || seat.stopped !== null || row.queued !== due.at) {
        this.wakes.pop()
        continue
      }
      if (row.wake !== due.at) {
        this.wakes.pop()
        this.requeue(seat, due.key, row)
        continue
      }
      return policy !== undefined && policy <= due.at ? policy : due.at
    }
  }

  /** Puts a row in place as it is, without judging; the counterpart of reading `rows`. */
  restore(judge: string, key: Key, row: Row | null): void {
    const seat = this.seatOf(judge)
    const before = seat.rows.byKey.get(key)
    seat.rows.set(key, row, before)
    unqueue(before)
    if (row === null) return
    unqueue(row)
    this.queue(seat, key, row)
  }

  /**
   * One that goes on from here by itself, on rows that are copied as they are touched. It is for a look
   * at what would follow from one fact: time alone moves nothing in it, and a policy must not change.
   */
  fork(): Engine {
    const lender = (judge: string) => this.seatOf(judge).rows
    const fork = new Engine({ ...this.options, lender })
    fork.now = this.now
    for (const [nth, seat] of fork.seats.entries()) seat.stopped = this.seats[nth]!.stopped
    return fork
  }

  /** After restoring: the instants at which adopted policies come into force. */
  resume(now: Instant): void {
    this.now = now
    for (const instant of this.policies.comingAfter(now)) this.policyWakes.add(instant)
  }

  seatOf(judge: string): Seat {
    const seat = this.seats.find(s => s.judge.id === judge)
    assert(seat !== undefined, `no judge ${judge}`)
    return seat
  }

  /** What a row asks of people now (V15b). */
  owed(seat: Seat, row: Row): readonly Owed[] {
    const { judge } = seat
    return judge.owes?.(row.state, this.enter(seat, row, this.now, row.upto)) ?? nothing
  }

  /** Replaces a row by one that was rebuilt, and lets the row '' learn the difference (V41). */
  replace(seat: Seat, key: Key, row: Row | null, cause: Pos, emit: Emit): void {
    const before = seat.rows.byKey.get(key)
    this.put(seat, key, row, before)
    this.settle(seat, this.now, cause, emit)
  }

  private stepPolicy(input: Input, cause: Pos, emit: Emit): void {
    for (const seat of this.policySeats) {
      if (seat.stopped !== null) continue
      const keys = seat.rows.keys()
      if (keys[0] !== '') keys.unshift('')
      // Who would wake at this instant has woken with that: nobody is stepped twice at one instant.
      for (const [key, row] of seat.rows.byKey) {
        if (row.wake === null || row.wake > this.now) continue
        row.wake = null
        seat.rows.mark(key, row)
      }
      for (const key of keys) this.stepRow(seat, key, input, this.now, cause, emit)
      this.settle(seat, this.now, cause, emit)
    }
  }

  private stepRow(
    seat: Seat,
    key: Key,
    input: Input,
    now: Instant,
    cause: Pos,
    emit: Emit,
    before = seat.rows.byKey.get(key),
  ): void {
    if (seat.stopped !== null) return
    seat.steps += 1
    if (key === '') seat.touched = true
    try {
      const row = before ?? freshRow(seat.judge.init(key))
      const context = this.enter(seat, row, now, cause)
      const result = seat.judge.step(row.state, input, context)
      this.apply(seat, key, row, before, result, now, cause, emit)
      for (const other of result.also ?? nothing) {
        assert(other !== key, 'a row may not step itself again')
        const others = other === everyRow ? seat.rows.keys().filter(k => k !== '') : [other]
        for (const one of others) this.stepRow(seat, one, input, now, cause, emit)
      }
    } catch (error) {
      this.stop(seat, error, cause, emit)
    }
  }

  private settle(seat: Seat, now: Instant, cause: Pos, emit: Emit): void {
    if (!seat.touched && seat.changes.size === 0) return
    const changes = [...seat.changes.values()]
    if (changes.length > 1) changes.sort((a, b) => compareText(a.key, b.key))
    if (changes.length > 0) seat.changes.clear()
    seat.touched = false
    if (seat.judge.settle === undefined || seat.stopped !== null) return
    const before = seat.rows.byKey.get('')
    try {
      const row = before ?? freshRow(seat.judge.init(''))
      const context = this.enter(seat, row, now, cause)
      const result = seat.judge.settle(row.state, changes, context)
      this.apply(seat, '', row, before, result, now, cause, emit)
    } catch (error) {
      this.stop(seat, error, cause, emit)
    }
    if (seat.changes.size > 0) seat.changes.clear()
    seat.touched = false
  }

  private apply(
    seat: Seat,
    key: Key,
    row: Row,
    before: Row | undefined,
    result: Step<any>,
    now: Instant,
    cause: Pos,
    emit: Emit,
  ): void {
    // Most facts tell again what is known: such a row need not be written.
    if (before !== undefined && isAsBefore(result, before)) return
    const facts = result.facts ?? nothing
    if (facts.length > limits.factsPerStepMax) throw new Error('JUDGE_SAID_TOO_MUCH')
    const wake = result.wakeAt === undefined ? row.wake : result.wakeAt
    if (wake !== null && wake <= now) throw new Error('JUDGE_WAKE_NOT_AHEAD')
    // All are looked at before the first is said: half a step must not stand on the list.
    if (!this.isUnchecked || !seat.isControl)
      for (const draft of facts) checkDraft(draft, seat.judge)
    let made = row.made
    // One row may be stepped more than once for one cause: as itself, by others, and to settle.
    const base =
      facts.length === 0 || this.isUnchecked ? 0 : this.ordinalBase(seat, key, cause, facts.length)
    for (let ordinal = 0; ordinal < facts.length; ordinal++) {
      const draft = facts[ordinal]!
      const pos = emit(draft, {
        judge: seat.judge.id,
        version: seat.judge.version,
        cause,
        key,
        ordinal: base + ordinal,
      })
      if (draft.as !== undefined && pos !== undefined) made = { ...made, [draft.as]: pos }
    }
    for (const name of result.forget ?? nothing) {
      if (Object.hasOwn(made, name)) {
        made = { ...made }
        delete made[name]
      }
    }
    if (result.state === null) {
      this.put(seat, key, null, before)
      return
    }
    const share = result.share === undefined ? row.share : (result.share ?? undefined)
    const rankBefore = before?.rank ?? null
    const shareBefore = before?.share
    // The row belongs to this engine, and what it held before is needed no more.
    row.state = result.state
    row.wake = wake
    row.rank = result.rank === undefined ? row.rank : result.rank
    row.share = share
    row.made = made
    row.upto = cause
    seat.rows.update(key, row, rankBefore, before === undefined)
    this.queue(seat, key, row)
    if (share !== shareBefore) this.note(seat, key, shareBefore, share)
  }

  /** Sees that the row stands in both heaps no later than at its wake. */
  private queue(seat: Seat, key: Key, row: Row): void {
    const at = row.wake
    if (at === null) return
    const isQueued = row.queued != null && row.queued <= at
    const isListed = key === '' || (row.listed != null && row.listed <= at)
    if (isQueued && isListed) return
    const due = { at, judge: seat.index, key, row }
    if (!isQueued) {
      this.wakes.push(due)
      row.queued = at
    }
    if (!isListed) {
      seat.context.list(due)
      row.listed = at
    }
  }

  /** The entry of this row has surfaced, and its wake is later. */
  private requeue(seat: Seat, key: Key, row: Row): void {
    row.queued = null
    this.queue(seat, key, row)
  }

  private put(seat: Seat, key: Key, next: Row | null, before: Row | undefined): void {
    seat.rows.set(key, next, before)
    unqueue(before)
    if (next !== null) {
      unqueue(next)
      this.queue(seat, key, next)
    }
    if (next?.share !== before?.share) this.note(seat, key, before?.share, next?.share)
  }

  /** Notes for the next settling what a row contributed before the first of its changes. */
  private note(seat: Seat, key: Key, before: Row['share'], now: Row['share']): void {
    const noted = seat.changes.get(key)
    seat.changes.set(key, { key, was: noted === undefined ? before : noted.was, now })
  }

  /** Ordinals already used by this row for this cause; they make the identity of a derived fact unique. */
  private readonly ordinals = new Map<string, number>()
  private ordinalsCause: Pos = -1

  private ordinalBase(seat: Seat, key: Key, cause: Pos, count: number): number {
    if (cause !== this.ordinalsCause) {
      this.ordinals.clear()
      this.ordinalsCause = cause
    }
    const name = `${seat.index} ${key}`
    const base = this.ordinals.get(name) ?? 0
    this.ordinals.set(name, base + count)
    return base
  }

  private enter(seat: Seat, row: Row, now: Instant, cause: Pos): Context {
    const context = seat.context
    context.now = now
    context.cause = cause
    context.row = row
    if (seat.judge.policy) {
      const { inForce, generation } = context
      const holds =
        inForce !== null &&
        generation === this.policies.generation &&
        now >= inForce.since &&
        now < inForce.until
      if (!holds) {
        context.take(this.policies.inForce(seat.judge.id, seat.defaults, now))
        context.generation = this.policies.generation
      }
    } else {
      context.params = seat.defaults
    }
    return context
  }

  /** A bug in a judge: it is stopped and said; what no longer is judged is `unknown`. */
  stop(seat: Seat, error: unknown, cause: Pos, emit: Emit): void {
    const code =
      error instanceof Error && /^[A-Z_]+$/.test(error.message) ? error.message : 'JUDGE_THREW'
    seat.stopped = code
    seat.changes.clear()
    seat.touched = false
    this.stopped.push({ judge: seat.judge.id, code, cause })
    this.lapse(seat, { code: 'judge.stopped', args: { code } }, cause, emit)
  }

  /** What the rows of a judge have said must not stand when it can judge no more. */
  private lapse(seat: Seat, reason: Lapse, cause: Pos, emit: Emit): void {
    const { judge, rows } = seat
    if (judge.verdicts === undefined) return
    for (const key of new Set(['', ...rows.keys()])) {
      const before = rows.byKey.get(key)
      const row = before ?? freshRow(judge.init(key))
      const body = judge.verdicts.lapsed(row.state, reason, this.enter(seat, row, this.now, cause))
      if (body === null) continue
      const previous = row.made['verdict']
      const because = previous === undefined ? [cause] : [...new Set([previous, cause])]
      const draft = { type: judge.verdicts.type, occurred: this.now, because, body }
      const ordinal = limits.factsPerStepMax * 1_000
      const by = { judge: judge.id, version: judge.version, cause, key, ordinal }
      const pos = emit(draft, by)
      if (before === undefined || pos === undefined) continue
      rows.set(key, { ...before, made: { ...before.made, verdict: pos } }, before)
    }
  }
}

/**
 * What a control calls its subjects stands in its findings for ever. A ref there would be a handle that
 * stays the same for a person, in leaves that no erasure reaches (L5, V48).
 */
const namesPerson = (keys: readonly Key[], fact: Fact): boolean => {
  for (const slot in fact.refs) if (keys.includes(fact.refs[slot] as string)) return true
  return false
}

/** What the heaps hold of a row counts no more. */
function unqueue(row: Row | undefined): void {
  if (row === undefined) return
  row.queued = null
  row.listed = null
}

const nothing: readonly never[] = Object.freeze([])

/** A step that changed nothing of its row and said nothing. */
const isAsBefore = (result: Step<any>, { state }: Row): boolean =>
  result.state === state &&
  result.state !== null &&
  result.facts === undefined &&
  result.forget === undefined &&
  result.wakeAt === undefined &&
  result.rank === undefined &&
  result.share === undefined

const freshRow = (state: any): Row => ({
  state,
  wake: null,
  rank: null,
  share: undefined,
  made: {},
  upto: -1,
  queued: null,
  listed: null,
})

/** One per judge, filled anew before each step; a judge may not keep it. */
class StepContext implements Context {
  now: Instant = ''
  cause: Pos = 0
  adopted: Context['adopted'] = null
  params: Params = {}
  assumed: readonly string[] = []
  paramsPos: Pos = 0
  calendars: Calendars
  row: Row | null = null
  /** What `adopted` and the parameters were taken from. */
  inForce: InForce | null = null
  generation = -1
  readonly rows: Rows
  /** Wakes of this judge alone, without that of row ''; entries that no longer hold are dropped when they surface. */
  readonly wakes = new Wakes()

  constructor(calendars: Calendars, rows: Rows) {
    this.calendars = calendars
    this.rows = rows
  }

  take(inForce: InForce): void {
    this.inForce = inForce
    this.adopted = inForce.adopted
    this.params = inForce.params
    this.assumed = inForce.assumed
    this.paramsPos = inForce.paramsPos
  }

  list(due: Due): void {
    // Whoever never asks for the soonest wake would let the entries of forgotten rows pile up.
    if (this.wakes.size > 2 * this.rows.byKey.size + 64) {
      this.wakes.keep(one => one.row.listed === one.at)
    }
    this.wakes.push(due)
  }

  get root(): Plain {
    return this.rows.root?.state ?? null
  }

  soonest(): Instant | null {
    for (;;) {
      const due = this.wakes.peek()
      if (due === undefined) return null
      const { row } = due
      if (row.listed === due.at && row.wake === due.at) return due.at
      this.wakes.pop()
      if (row.listed !== due.at) continue
      row.listed = row.wake
      if (row.wake !== null) this.wakes.push({ ...due, at: row.wake })
    }
  }

  made(name: string): Pos | undefined {
    const made = this.row?.made
    return made !== undefined && Object.hasOwn(made, name) ? made[name] : undefined
  }

  ranked(count: number): ReturnType<Context['ranked']> {
    return this.rows.ranked(count)
  }
}
