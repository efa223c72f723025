import type { Fact, FactType, Instant, Key, Pos, Ref, Trust } from '../fact.ts'
import {
  claimAccepted,
  parameterDecided,
  policyAdopted,
  timeReached,
  verdictChanged,
} from '../facts.ts'
import type { Judge, Owed, Params } from '../judge.ts'
import type { Calendars } from '../time.ts'
import type { Control, Reason, Status } from './kind.ts'
import { compareText } from './match.ts'
import { plainCalendars } from './testing-calendars.ts'
import { Runner } from './testing-runner.ts'

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
  /** Appends several before any of them is judged, as when judges are behind. */
  batch(facts: readonly (readonly [FactType<any>, unknown, Given])[]): void
  /** Adopts a policy. `params` are what its pack binds, by control. */
  adopt(given: {
    at: Instant
    version?: string
    from?: Instant
    params?: Readonly<Record<string, Params>>
  }): Pos
  decide(control: string, parameter: string, value: string | number | boolean, at: Instant): Pos
  /** A second person accepts a claim: it is stepped once more, with `accepted` (V4). */
  again(target: Pos, at: Instant): Pos
  /** Lets time pass: one `time.reached` for every instant that somebody waits for. */
  advance(to: Instant): void
  /** The last verdict of a control; `unknown / not.adopted` where there is none (V32). */
  verdict(control: string): Read
  /** All facts of a type, in the order of their positions. */
  facts<B>(type: FactType<B>): readonly Fact<B>[]
  list: readonly Fact[]
  /** The state of a row, to compare what two ways lead to. */
  state(judge: string, key: Key): any
  /** What a row asks of people. */
  owes(judge: string, key: Key): readonly Owed[]
  keys(judge: string): readonly Key[]
  /** Judge and key of every step so far, settling as `judge/`. */
  steps: readonly string[]
  nextWake(): Instant | null
}>

/**
 * An in-memory list and its runner, for tests: given facts, when this fact, want facts.
 *
 * @param judged controls and judges in any order
 */
export function createBench(
  judged: readonly (Control | Judge<any>)[],
  options: Readonly<{
    calendars?: Calendars
    /** False: steps are run once and states are taken as they are, for tests of many rows. */
    checked?: boolean
  }> = {},
): Bench {
  const calendars = options.calendars ?? plainCalendars
  const runner = new Runner(judged, calendars, options.checked !== false)
  const rowsOf = (judge: string) => runner.seats.find(s => s.judge.id === judge)?.rows
  const fact: Bench['fact'] = (type, body, given) => runner.append(fromWorld(type, body, given))

  return {
    fact,
    batch: facts => {
      runner.append(...facts.map(([type, body, given]) => fromWorld(type, body, given)))
    },
    adopt: ({ at, version = '1', from = at, params = {} }) => {
      const hash = runner.packs.size.toString(16).padStart(64, '0')
      runner.packs.set(hash, params)
      return fact(policyAdopted, { policy: 'test', version, from, hash, statements: 1 }, { at })
    },
    decide: (control, parameter, value, at) =>
      fact(parameterDecided, { control, parameter, value, from: at }, { at }),
    again: (target, at) => fact(claimAccepted, { target }, { at }),
    advance: to => {
      for (let at = runner.nextWake(); at !== null && at <= to; at = runner.nextWake()) {
        fact(timeReached, { at }, { at })
      }
    },
    verdict: control => lastVerdict(runner.list, control),
    facts: <B>(type: FactType<B>) => runner.list.filter(f => f.type === type.name) as Fact<B>[],
    list: runner.list,
    state: (judge, key) => rowsOf(judge)?.get(key)?.state,
    owes: (judge, key) => runner.owed(judge, key),
    keys: judge => [...(rowsOf(judge)?.keys() ?? [])].sort(compareText),
    steps: runner.steps,
    nextWake: () => runner.nextWake(),
  }
}

const fromWorld = (type: FactType, body: unknown, given: Given): Omit<Fact, 'pos'> => ({
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

function lastVerdict(list: readonly Fact[], control: string): Read {
  const fact = list.findLast(
    (f): f is Fact<any> => f.type === verdictChanged.name && (f.body as any).control === control,
  )
  if (fact !== undefined) return { ...fact.body, pos: fact.pos }
  const reason = { code: 'not.adopted', args: {} }
  return { status: 'unknown', reason, since: null, next: null, population: {}, pos: null }
}
