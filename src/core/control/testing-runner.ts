import { strict as assert } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import type { Draft, Fact, Instant, Key, Pos } from '../fact.ts'
import { claimAccepted, parameterDecided, policyAdopted } from '../facts.ts'
import {
  type Adoption,
  type Change,
  type Context,
  everyRow,
  type Input,
  type Judge,
  type Owed,
  type Params,
  type Plain,
  type Step,
} from '../judge.ts'
import { checkLeafValue } from '../ledger/canonical.ts'
import type { Calendars } from '../time.ts'
import type { Control, Stepped } from './kind.ts'
import { compareText as compare, is } from './match.ts'

type Row = Readonly<{
  state: Plain
  wake: Instant | null
  rank: string | null
  share: Plain | undefined
  made: Readonly<Record<string, Pos>>
}>

type Seat = {
  judge: Judge
  defaults: Params
  rows: Map<Key, Row>
  changes: Map<Key, Change>
  touched: boolean
}

/**
 * A runner that is meant to be obviously right, not fast: maps, sorted arrays, one fact at a time.
 * It holds every judge to its contract: inputs and states are frozen, each step is run twice and
 * must answer the same (V42), states must be plain JSON (V44), and a derived fact must fit its
 * schema and rest on earlier positions (M8). The production runner is compared with it.
 */
export class Runner {
  readonly list: Fact[] = []
  readonly steps: string[] = []
  readonly packs = new Map<string, Readonly<Record<string, Params>>>()
  readonly seats: readonly Seat[]
  private readonly calendars: Calendars
  private readonly policies = new Policy(this.packs)
  private now: Instant = ''
  /** How many rows wait for an instant; 10^5 rows mostly wait for the same few. */
  private readonly waiting = new Map<Instant, number>()
  private readonly run: <T>(step: () => T) => T
  private readonly freeze: <T>(value: T) => T
  private readonly stored: <T>(state: T) => T

  /** @param judged controls and judges in any order; they are sorted into strata (V45) */
  constructor(judged: readonly (Control | Judge<any>)[], calendars: Calendars, isChecked: boolean) {
    this.calendars = calendars
    this.run = isChecked ? twice : step => step()
    this.freeze = isChecked ? deepFreeze : value => value
    this.stored = isChecked ? plain : state => state
    this.seats = inStrata(judged).map(({ judge, params }) => ({
      judge,
      defaults: params,
      rows: new Map(),
      changes: new Map(),
      touched: false,
    }))
  }

  /** What a row asks of people now. */
  owed(judge: string, key: Key): readonly Owed[] {
    const seat = this.seats.find(({ judge: { id } }) => id === judge)
    const row = seat?.rows.get(key)
    if (seat === undefined || row === undefined) return []
    return this.run(() => seat.judge.owes?.(row.state, this.context(seat, row, 0))) ?? []
  }

  private put(seat: Seat, key: Key, row: Row | null): void {
    const before = seat.rows.get(key)?.wake ?? null
    if (before !== null) this.waiting.set(before, this.waiting.get(before)! - 1)
    if (before !== null && this.waiting.get(before) === 0) this.waiting.delete(before)
    if (row === null) seat.rows.delete(key)
    else seat.rows.set(key, this.freeze(row))
    if (row !== null && row.wake !== null)
      this.waiting.set(row.wake, (this.waiting.get(row.wake) ?? 0) + 1)
  }

  /**
   * The whole runner: the wakes due before it, the fact, and what is derived from it (V2, V3). Several
   * stand on the list before any is judged, as after one transaction. Answers the first position.
   */
  append(...facts: readonly Omit<Fact, 'pos'>[]): Pos {
    const pos = this.list.length
    for (const fact of facts) this.push(fact)
    for (let next = pos; next < this.list.length; next += 1) this.stepFact(this.list[next]!)
    return pos
  }

  private push(fact: Omit<Fact, 'pos'>): Pos {
    const last = this.list.at(-1)
    assert(last === undefined || last.recorded <= fact.recorded, 'recorded goes back (L7)')
    // What the list could not hold would stop a judge in earnest.
    checkLeafValue(fact.body)
    this.list.push(deepFreeze({ pos: this.list.length, ...fact }))
    return this.list.length - 1
  }

  private stepFact(fact: Fact): void {
    this.wakeUntil(fact.recorded, fact.pos)
    this.now = fact.recorded
    if (is(fact, claimAccepted)) {
      this.route(deepFreeze({ ...this.list[fact.body.target]!, accepted: true }), fact.pos)
    }
    this.route(fact, fact.pos)
  }

  private route(fact: Stepped, cause: Pos): void {
    const isPolicy = this.policies.take(fact, this.now)
    for (const seat of this.seats) {
      const keys =
        isPolicy && seat.judge.policy
          ? ['', ...others(seat)]
          : seat.judge.from.some(type => type.name === fact.type)
            ? seat.judge.keys(fact)
            : []
      for (const key of keys) this.stepRow(seat, key, fact, cause)
      this.settle(seat, cause)
    }
  }

  /** Instants in order; at one instant the policy first, then judges by stratum, rows by key (V3). */
  private wakeUntil(until: Instant, cause: Pos): void {
    for (let at = this.nextWake(); at !== null && at <= until; at = this.nextWake()) {
      this.now = at
      const wake = deepFreeze({ wake: true as const, at })
      if (this.policies.begin(at)) {
        for (const seat of this.seats) {
          if (!seat.judge.policy) continue
          // Who would wake now has woken with that.
          for (const [key, row] of seat.rows)
            if (row.wake === at) this.put(seat, key, { ...row, wake: null })
          for (const key of ['', ...others(seat)]) this.stepRow(seat, key, wake, cause)
          this.settle(seat, cause)
        }
      }
      for (const seat of this.seats) {
        for (const key of [...seat.rows.keys()].sort(compare)) {
          const row = seat.rows.get(key)
          if (row?.wake !== at) continue
          this.put(seat, key, { ...row, wake: null })
          this.stepRow(seat, key, wake, cause)
        }
        this.settle(seat, cause)
      }
    }
  }

  nextWake(): Instant | null {
    return earliest([...this.waiting.keys(), ...this.policies.coming])
  }

  private stepRow(seat: Seat, key: Key, input: Input, cause: Pos): void {
    this.steps.push(`${seat.judge.id}/${key}`)
    if (key === '') seat.touched = true
    const row = seat.rows.get(key) ?? fresh(seat.judge.init(key))
    const ctx = this.context(seat, row, cause)
    const result = this.run(() => seat.judge.step(row.state, input, ctx))
    this.apply(seat, key, row, result, cause)
    for (const other of result.also ?? []) {
      assert.notEqual(other, key)
      for (const one of other === everyRow ? others(seat) : [other]) {
        this.stepRow(seat, one, input, cause)
      }
    }
  }

  private settle(seat: Seat, cause: Pos): void {
    if (!seat.touched && seat.changes.size === 0) return
    const changes = [...seat.changes.values()].sort((a, b) => compare(a.key, b.key))
    const row = seat.rows.get('') ?? fresh(seat.judge.init(''))
    const ctx = this.context(seat, row, cause)
    if (seat.judge.settle !== undefined) {
      this.steps.push(`${seat.judge.id}/`)
      const result = this.run(() => seat.judge.settle!(row.state, this.freeze(changes), ctx))
      assert(result.also === undefined, 'settling steps no other row')
      this.apply(seat, '', row, result, cause)
    }
    seat.changes.clear()
    seat.touched = false
  }

  private apply(seat: Seat, key: Key, row: Row, result: Step<any>, cause: Pos): void {
    const made: Record<string, Pos> = { ...row.made }
    for (const draft of result.facts ?? []) {
      const pos = this.derive(seat.judge, draft, cause)
      if (draft.as !== undefined) made[draft.as] = pos
    }
    for (const name of result.forget ?? []) delete made[name]
    const wake = result.wakeAt === undefined ? row.wake : result.wakeAt
    assert(
      wake === null || wake > this.now,
      `${seat.judge.id}/${key}: wake ${wake} is not after ${this.now}`,
    )
    const kept = result.share === undefined ? row.share : (result.share ?? undefined)
    const share = result.state === null ? undefined : kept
    if (!isDeepStrictEqual(share, row.share)) {
      const was = seat.changes.has(key) ? seat.changes.get(key)!.was : row.share
      seat.changes.set(key, { key, was, now: share })
    }
    const rank = result.rank === undefined ? row.rank : result.rank
    this.put(
      seat,
      key,
      result.state === null ? null : { state: this.stored(result.state), wake, rank, share, made },
    )
  }

  private derive(judge: Judge, draft: Draft, cause: Pos): Pos {
    const { type, body, because } = draft
    assert(judge.makes.includes(type), `${judge.id} makes no ${type.name}`)
    const pos = this.list.length
    const positions = 'first' in because ? [because.first, because.last] : because
    assert(positions.length > 0 && positions.length <= 64, `${type.name} rests on nothing (M8)`)
    assert(new Set(positions).size === positions.length, `${type.name} names a fact twice`)
    for (const earlier of positions) assert(earlier >= 0 && earlier < pos, 'not earlier (M8)')
    const recorded = this.list[cause]!.recorded
    return this.push({
      type: type.name,
      tv: type.tv,
      module: type.module,
      source: judge.id,
      occurred: draft.occurred,
      observed: recorded,
      recorded,
      trust: 'instrument',
      because,
      body: type.schema.parse(body),
      refs: draft.refs ?? {},
    })
  }

  private context(seat: Seat, row: Row, cause: Pos): Context {
    return this.freeze({
      now: this.now,
      cause,
      ...(seat.judge.policy
        ? this.policies.inForce(seat.judge.id, seat.defaults, this.now)
        : { adopted: null, params: seat.defaults, assumed: [], paramsPos: 0 }),
      calendars: this.calendars,
      root: seat.rows.get('')?.state ?? null,
      soonest: () => earliest(others(seat).map(key => seat.rows.get(key)!.wake)),
      made: (name: string) => (Object.hasOwn(row.made, name) ? row.made[name] : undefined),
      ranked: (count: number) =>
        [...seat.rows]
          .flatMap(([key, { rank, made }]) => (rank === null ? [] : [{ key, rank, made }]))
          .sort((a, b) => compare(a.rank, b.rank) || compare(a.key, b.key))
          .slice(0, count),
    })
  }
}

/** Which policy and which parameters are in force, straight from the list (V32, V35). */
class Policy {
  private readonly facts: Fact<any>[] = []
  private readonly packs: ReadonlyMap<string, Readonly<Record<string, Params>>>
  /** Instants to come at which something adopted before begins. */
  coming: Instant[] = []

  constructor(packs: ReadonlyMap<string, Readonly<Record<string, Params>>>) {
    this.packs = packs
  }

  take(fact: Fact<any>, now: Instant): boolean {
    if (fact.type !== policyAdopted.name && fact.type !== parameterDecided.name) return false
    this.facts.push(fact)
    if (fact.body.from > now) this.coming.push(fact.body.from)
    return true
  }

  begin(at: Instant): boolean {
    const before = this.coming.length
    this.coming = this.coming.filter(instant => instant !== at)
    return this.coming.length < before
  }

  inForce(
    control: string,
    defaults: Params,
    now: Instant,
  ): Pick<Context, 'adopted' | 'params' | 'assumed' | 'paramsPos'> {
    const begun = this.facts.filter(f => f.body.from <= now)
    const adoption = begun.findLast(f => f.type === policyAdopted.name)
    const bound =
      adoption === undefined ? {} : (this.packs.get(adoption.body.hash)?.[control] ?? {})
    const decided = begun.filter(
      f =>
        f.type === parameterDecided.name &&
        f.body.control === control &&
        !Object.hasOwn(bound, f.body.parameter),
    )
    const values = Object.fromEntries(decided.map(f => [f.body.parameter, f.body.value]))
    const adopted: Adoption | null =
      adoption === undefined
        ? null
        : {
            pos: adoption.pos,
            version: adoption.body.version,
            hash: adoption.body.hash,
            from: adoption.body.from,
          }
    return {
      adopted,
      params: { ...defaults, ...bound, ...values },
      assumed: Object.keys(defaults)
        .filter(name => !Object.hasOwn(bound, name) && !Object.hasOwn(values, name))
        .sort(compare),
      paramsPos: Math.max(adopted?.pos ?? 0, ...decided.map(f => f.pos)),
    }
  }
}

/** Every judge after those whose facts it reads, then by id (V45). */
function inStrata(
  judged: readonly (Control | Judge<any>)[],
): readonly { judge: Judge; params: Params }[] {
  const all = judged.map(one =>
    'judge' in one ? { judge: one.judge, params: one.params } : { judge: one, params: {} },
  )
  const level = (judge: Judge, above: readonly string[]): number => {
    assert(!above.includes(judge.id), `a cycle: ${[...above, judge.id].join(' → ')} (V45)`)
    const below = all.filter(
      other =>
        other.judge.makes.some(type => judge.from.includes(type)) &&
        (judge.reads === undefined || judge.reads.includes(other.judge.id)),
    )
    return Math.max(0, ...below.map(other => level(other.judge, [...above, judge.id]) + 1))
  }
  return all
    .map(one => ({ ...one, level: level(one.judge, []) }))
    .sort((a, b) => a.level - b.level || compare(a.judge.id, b.judge.id))
}

const others = (seat: Seat): Key[] => [...seat.rows.keys()].filter(k => k !== '').sort(compare)

const earliest = (instants: readonly (Instant | null)[]): Instant | null =>
  instants.reduce((a, b) => (a === null ? b : b === null || a <= b ? a : b), null)

const fresh = (state: Plain): Row => ({
  state: deepFreeze(plain(state)),
  wake: null,
  rank: null,
  share: undefined,
  made: {},
})

/** What a snapshot would give back: a state that is not plain JSON shows itself here. */
const plain = <T>(state: T): T => JSON.parse(JSON.stringify(state))

/** A pure step answers the same twice (V42). */
function twice<T>(step: () => T): T {
  const first = step()
  assert.deepEqual(step(), first, 'a step is not pure (V42)')
  return first
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
