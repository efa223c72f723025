import type { Duration, Draft, Fact, FactType, Instant, Key, Pos } from './fact.ts'
import type { Calendars } from './time.ts'

/** The instant that a judge asked to be woken at. */
export type Wake = Readonly<{ wake: true; at: Instant }>

/**
 * A message from one row of a judge to another row of the same judge, stepped in the same
 * transaction. It is not a fact: it carries differences of counts, so that one change of one
 * subject costs O(1) whatever the number of subjects.
 */
export type Told = Readonly<{ told: true; from: Key; message: Plain }>

/** A plain JSON value: what state rows and messages are made of (V42). */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined }

export type Input = Fact | Wake | Told

export const isWake = (input: Input): input is Wake => 'wake' in input
export const isTold = (input: Input): input is Told => 'told' in input
export const isFact = (input: Input): input is Fact => 'pos' in input

/** The policy in force, as the list says at this step. */
export type Adoption = Readonly<{
  /** Position of `policy.version.adopted`. */
  pos: Pos
  version: string
  /** Judging begins here (V32). */
  from: Instant
}>

export type Params = Readonly<Record<string, string | number | boolean>>

/** What a step may know besides its state and its input. All of it is a function of the list. */
export type Context = Readonly<{
  /** Judge time (V2): `recorded` of the fact being stepped, or the instant of the wake. */
  now: Instant
  /** The fact being stepped, or the one that a due wake was stepped ahead of, or `time.reached` (V31). */
  cause: Pos
  /** In force at `now`, or null: nothing is judged before adoption (V32). */
  adopted: Adoption | null
  /** Parameters of this control under the policy in force. */
  params: Params
  /** Names of the parameters that nobody has decided yet (V35). */
  assumed: readonly string[]
  /** Position of the fact that last decided a parameter of this control, or of the adoption. */
  paramsPos: Pos
  calendars: Calendars
  /** Position of the fact that this row last made under the name `as`, e.g. its present verdict. */
  made(name: string): Pos | undefined
  /** Up to `count` ranked rows of this judge, lowest rank first: the oldest open findings (V30). */
  ranked(
    count: number,
  ): readonly Readonly<{ key: Key; rank: string; made: Readonly<Record<string, Pos>> }>[]
}>

export type Step<S> = Readonly<{
  /** `null`: the key is forgotten. */
  state: S | null
  facts?: readonly Draft[]
  /** When time alone may change this row. `undefined` leaves the present wake, `null` clears it. */
  wakeAt?: Instant | null
  tell?: readonly Readonly<{ key: Key; message: Plain }>[]
  /** Position of the row in `ctx.ranked`; `null` takes it out, `undefined` leaves it. */
  rank?: string | null
}>

/**
 * A keyed fold. `step` is pure: no I/O, clock, randomness, locale or module variable (V42). A step
 * reads and writes only the row of its key (V44).
 */
export type Judge<S extends Plain = Plain> = Readonly<{
  id: string
  version: number
  from: readonly FactType[]
  makes: readonly FactType[]
  /** The rows that a fact is stepped into. */
  keys(fact: Fact): readonly Key[]
  init(key: Key): S
  step(state: S, input: Input, ctx: Context): Step<S>
  /**
   * Adoption and decided parameters are stepped into every row when true: the row `''` first, then
   * the others in the order of their keys.
   */
  policy?: boolean
}>

export type { Duration, Instant }
