import { strict as assert } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import type { Draft, Fact, FactType, Instant, Key, Pos, Ref, Trust } from '../fact.ts'
import { parameterDecided, policyAdopted, timeReached, verdictChanged } from '../facts.ts'
import {
  type Adoption,
  type Change,
  type Context,
  everyRow,
  type Input,
  type Judge,
  type Params,
  type Plain,
  type Step,
} from '../judge.ts'
import type { Calendars } from '../time.ts'
import type { Control, Reason, Status } from './kind.ts'
import { plainCalendars } from './testing-calendars.ts'

/** What a test says about a fact; the rest is filled in. */
export type Given = Readonly<{
  /** `recorded`, and what the other two times are when they are not said. */
  at: Instant
  occurred?: Instant
  trust?: Trust
  source?: string
  refs?: Readonly<Record<string, string>>
}>

/** The part of a verdict that tests look at. */
export type Read = Readonly<{
  status: Status
  reason: Reason
  since: Instant | null
  next: Instant | null
  population: Readonly<Record<string, number | null>>
  pos: Pos | null
}>

export type Bench = Readonly<{
  /** Appends a fact from the world and lets everything settle. Answers its position. */
  fact<B>(type: FactType<B>, body: B, given: Given): Pos
  /** Adopts a policy. `params` are what its pack binds, by control. */
  adopt(given: {
    at: Instant
    version?: string
    from?: Instant
    params?: Readonly<Record<string, Params>>
  }): Pos
  decide(control: string, parameter: string, value: string | number | boolean, at: Instant): Pos
  /** Lets time pass: one `time.reached` for every instant that somebody waits for. */
  advance(to: Instant): void
  /** The last verdict of a control; `unknown / not.adopted` where there is none (V32). */
  verdict(control: string): Read
  /** All facts of a type, in the order of their positions. */
  facts<B>(type: FactType<B>): readonly Fact<B>[]
  list: readonly Fact[]
  /** The state of a row, to compare what two ways lead to. */
  state(judge: string, key: Key): any
  keys(judge: string): readonly Key[]
  /** Judge and key of every step so far, settling as `judge/`. */
  steps: readonly string[]
  nextWake(): Instant | null
}>

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

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * A runner that is meant to be obviously right, not fast: maps, sorted arrays, one fact at a time.
 * It holds every judge to its contract: inputs and states are frozen, each step is run twice and
 * must answer the same (V42), states must be plain JSON (V44), and a derived fact must fit its
 * schema and rest on earlier positions (M8).
 *
 * @param judged controls and judges in any order; they are sorted into strata (V45)
 */
export function createBench(
  judged: readonly (Control | Judge<any>)[],
  options: { calendars?: Calendars } = {},
): Bench {
  const calendars = options.calendars ?? plainCalendars
  const list: Fact[] = []
  const steps: string[] = []
  const packs = new Map<string, Readonly<Record<string, Params>>>()
  const policies = new Policy(packs)
  const seats: Seat[] = inStrata(judged).map(({ judge, params }) => ({
    judge,
    defaults: params,
    rows: new Map(),
    changes: new Map(),
    touched: false,
  }))
  let now: Instant = ''
  /** How many rows wait for an instant; 10^5 rows mostly wait for the same few. */
  const waiting = new Map<Instant, number>()

  const put = (seat: Seat, key: Key, row: Row | null): void => {
    const before = seat.rows.get(key)?.wake ?? null
    if (before !== null) waiting.set(before, waiting.get(before)! - 1)
    if (before !== null && waiting.get(before) === 0) waiting.delete(before)
    if (row === null) seat.rows.delete(key)
    else seat.rows.set(key, deepFreeze(row))
    if (row !== null && row.wake !== null) waiting.set(row.wake, (waiting.get(row.wake) ?? 0) + 1)
  }

  /** The whole runner: the wakes due before it, the fact, and what is derived from it (V2, V3). */
  const append = (fact: Omit<Fact, 'pos'>): Pos => {
    const pos = push(fact)
    for (let next = pos; next < list.length; next += 1) stepFact(list[next]!)
    return pos
  }

  const push = (fact: Omit<Fact, 'pos'>): Pos => {
    const last = list.at(-1)
    assert(last === undefined || last.recorded <= fact.recorded, 'recorded goes back (L7)')
    list.push(deepFreeze({ pos: list.length, ...fact }))
    return list.length - 1
  }

  const stepFact = (fact: Fact): void => {
    wakeUntil(fact.recorded, fact.pos)
    now = fact.recorded
    const isPolicy = policies.take(fact, now)
    for (const seat of seats) {
      const keys =
        isPolicy && seat.judge.policy
          ? ['', ...others(seat)]
          : seat.judge.from.some(type => type.name === fact.type)
            ? seat.judge.keys(fact)
            : []
      for (const key of keys) stepRow(seat, key, fact, fact.pos)
      settle(seat, fact.pos)
    }
  }

  /** Instants in order; at one instant the policy first, then judges by stratum, rows by key (V3). */
  const wakeUntil = (until: Instant, cause: Pos): void => {
    for (let at = nextWake(); at !== null && at <= until; at = nextWake()) {
      now = at
      const wake = deepFreeze({ wake: true as const, at })
      if (policies.begin(at)) {
        for (const seat of seats) {
          if (!seat.judge.policy) continue
          for (const key of ['', ...others(seat)]) stepRow(seat, key, wake, cause)
          settle(seat, cause)
        }
      }
      for (const seat of seats) {
        for (const key of [...seat.rows.keys()].sort(compare)) {
          const row = seat.rows.get(key)
          if (row?.wake !== at) continue
          put(seat, key, { ...row, wake: null })
          stepRow(seat, key, wake, cause)
        }
        settle(seat, cause)
      }
    }
  }

  const nextWake = (): Instant | null => earliest([...waiting.keys(), ...policies.coming])

  const stepRow = (seat: Seat, key: Key, input: Input, cause: Pos): void => {
    steps.push(`${seat.judge.id}/${key}`)
    if (key === '') seat.touched = true
    const row = seat.rows.get(key) ?? fresh(seat.judge.init(key))
    const ctx = context(seat, row, cause)
    const result = twice(() => seat.judge.step(row.state, input, ctx))
    apply(seat, key, row, result, cause)
    for (const other of result.also ?? []) {
      assert.notEqual(other, key)
      for (const one of other === everyRow ? others(seat) : [other]) {
        stepRow(seat, one, input, cause)
      }
    }
  }

  const settle = (seat: Seat, cause: Pos): void => {
    if (!seat.touched && seat.changes.size === 0) return
    const changes = [...seat.changes.values()].sort((a, b) => compare(a.key, b.key))
    const row = seat.rows.get('') ?? fresh(seat.judge.init(''))
    const ctx = context(seat, row, cause)
    if (seat.judge.settle !== undefined) {
      steps.push(`${seat.judge.id}/`)
      const result = twice(() => seat.judge.settle!(row.state, deepFreeze(changes), ctx))
      assert(result.also === undefined, 'settling steps no other row')
      apply(seat, '', row, result, cause)
    }
    seat.changes.clear()
    seat.touched = false
  }

  const apply = (seat: Seat, key: Key, row: Row, result: Step<any>, cause: Pos): void => {
    const made: Record<string, Pos> = { ...row.made }
    for (const draft of result.facts ?? []) {
      const pos = derive(seat.judge, draft, cause)
      if (draft.as !== undefined) made[draft.as] = pos
    }
    for (const name of result.forget ?? []) delete made[name]
    const wake = result.wakeAt === undefined ? row.wake : result.wakeAt
    assert(wake === null || wake > now, `${seat.judge.id}/${key}: wake ${wake} is not after ${now}`)
    const share = result.share === undefined ? row.share : (result.share ?? undefined)
    if (!isDeepStrictEqual(share, row.share)) {
      const was = seat.changes.has(key) ? seat.changes.get(key)!.was : row.share
      seat.changes.set(key, { key, was, now: share })
    }
    const rank = result.rank === undefined ? row.rank : result.rank
    put(
      seat,
      key,
      result.state === null ? null : { state: plain(result.state), wake, rank, share, made },
    )
  }

  const derive = (judge: Judge, draft: Draft, cause: Pos): Pos => {
    const { type, body, because } = draft
    assert(judge.makes.includes(type), `${judge.id} makes no ${type.name}`)
    const pos = list.length
    const positions = 'first' in because ? [because.first, because.last] : because
    assert(positions.length > 0 && positions.length <= 64, `${type.name} rests on nothing (M8)`)
    assert(new Set(positions).size === positions.length, `${type.name} names a fact twice`)
    for (const earlier of positions) assert(earlier >= 0 && earlier < pos, 'not earlier (M8)')
    const recorded = list[cause]!.recorded
    return push({
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

  const context = (seat: Seat, row: Row, cause: Pos): Context =>
    deepFreeze({
      now,
      cause,
      ...(seat.judge.policy
        ? policies.inForce(seat.judge.id, seat.defaults, now)
        : { adopted: null, params: seat.defaults, assumed: [], paramsPos: 0 }),
      calendars,
      root: seat.rows.get('')?.state ?? null,
      soonest: () => earliest(others(seat).map(key => seat.rows.get(key)!.wake)),
      made: (name: string) => (Object.hasOwn(row.made, name) ? row.made[name] : undefined),
      ranked: (count: number) =>
        [...seat.rows]
          .flatMap(([key, { rank, made }]) => (rank === null ? [] : [{ key, rank, made }]))
          .sort((a, b) => compare(a.rank, b.rank) || compare(a.key, b.key))
          .slice(0, count),
    })

  const fact: Bench['fact'] = (type, body, given) =>
    append({
      type: type.name,
      tv: type.tv,
      module: type.module,
      source: given.source ?? 'test',
      occurred: given.occurred ?? given.at,
      observed: given.occurred ?? given.at,
      recorded: given.at,
      trust: given.trust ?? 'instrument',
      because: [],
      body: type.schema.parse(body),
      refs: (given.refs ?? {}) as Readonly<Record<string, Ref>>,
    })

  return {
    fact,
    adopt: ({ at, version = '1', from = at, params = {} }) => {
      const hash = packs.size.toString(16).padStart(64, '0')
      packs.set(hash, params)
      return fact(policyAdopted, { policy: 'test', version, from, hash, statements: 1 }, { at })
    },
    decide: (control, parameter, value, at) =>
      fact(parameterDecided, { control, parameter, value, from: at }, { at }),
    advance: to => {
      for (let at = nextWake(); at !== null && at <= to; at = nextWake()) {
        fact(timeReached, { at }, { at })
      }
    },
    verdict: control => lastVerdict(list, control),
    facts: <B>(type: FactType<B>) => list.filter(f => f.type === type.name) as Fact<B>[],
    list,
    state: (judge, key) => seats.find(s => s.judge.id === judge)?.rows.get(key)?.state,
    keys: judge => [...(seats.find(s => s.judge.id === judge)?.rows.keys() ?? [])].sort(compare),
    steps,
    nextWake,
  }
}

function lastVerdict(list: readonly Fact[], control: string): Read {
  const fact = list.findLast(
    (f): f is Fact<any> => f.type === verdictChanged.name && (f.body as any).control === control,
  )
  if (fact !== undefined) return { ...fact.body, pos: fact.pos }
  const reason = { code: 'not.adopted', args: {} }
  return { status: 'unknown', reason, since: null, next: null, population: {}, pos: null }
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
      f => f.type === parameterDecided.name && f.body.control === control,
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
