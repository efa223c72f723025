import type { Draft, Fact, FactType, Instant, Key, Pos } from './fact.ts'
import type { Calendars } from './time.ts'

/** The instant that a judge asked to be woken at. */
export type Wake = Readonly<{ wake: true; at: Instant }>

/**
 * How one row's share of the whole changed in this step. Not a fact: it carries differences, so that
 * one change of one subject costs O(1) whatever the number of subjects.
 */
export type Change = Readonly<{ key: Key; was: Plain | undefined; now: Plain | undefined }>

/** In `Step.also`: every present row of the judge but `''`. No subject has this key. */
export const everyRow = '*'

/** A plain JSON value: what state rows and messages are made of (V42). */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined }

/**
 * What somebody has to do for a row, and by when: a duty. It is read from the state and is no fact of
 * its own, so it is never there twice, and no replay, new rule or new parameter loses it.
 */
export type Owed = Readonly<{
  /** Its period, leg or exercise: with judge and key the name of the duty for ever. */
  name: string
  /** To do it, or, as a second person, to say whether a claim is to be believed (V4). */
  what: 'do' | 'accept'
  /** It is asked for from then on; it may be known before. */
  from: Instant
  /** null: nobody can say, because no calendar reaches that far. */
  due: Instant | null
  /** `missed`: its time is over and it is still not made up; `unknown`: its source was silent. */
  state: 'open' | 'missed' | 'unknown'
  /** Where the claim stands that waits. */
  claim?: Pos
  /** Names of the fact types that do it, where not all that people record for the control do. */
  types?: readonly string[]
  /** How much of it has been done, where it takes more than one doing; it only ever grows. */
  done?: number
  /** The list of subjects that it looks after: controls with the same list ask for the same. */
  list?: Readonly<{ id: string; owner: string }>
}>

export type Input = Fact | Wake

export const isWake = (input: Input): input is Wake => 'wake' in input
export const isFact = (input: Input): input is Fact => 'pos' in input

/** The policy in force, as the list says at this step. */
export type Adoption = Readonly<{
  /** Position of `policy.version.adopted`. */
  pos: Pos
  version: string
  /** Of the content that was adopted: two contents may call themselves the same version. */
  hash: string
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
  /**
   * The state of row `''` as it stands now, null while there is none; to be read only. What all
   * subjects need and what moves often (watermarks, an exception for all) stands there once.
   */
  root: Plain
  /** The earliest wake that the rows of this judge hold, without that of row `''` (V29). */
  soonest(): Instant | null
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
  /**
   * What this row contributes to the row `''` (its status, for a control). `undefined` leaves it, `null`
   * takes it away. The runner keeps it and hands the differences to `settle`, so that a row rebuilt
   * after a retraction (V41) needs no bookkeeping of its own.
   */
  share?: Plain
  /**
   * Rows of the same judge to step with this same input after this one, e.g. all that wait for a
   * watermark. `everyRow` stands for every present row but `''`, in the order of their keys.
   */
  also?: readonly Key[]
  /** Names of `ctx.made` that no later step will ask for; what is kept must have a limit. */
  forget?: readonly string[]
  /** Position of the row in `ctx.ranked`; `null` takes it out, `undefined` leaves it. */
  rank?: string | null
}>

/**
 * A keyed fold. `step` is pure: no I/O, clock, randomness, locale or module variable (V42). A step
 * writes only the row of its key, and reads that and row `''` (V44).
 */
export type Judge<S extends Plain = Plain> = Readonly<{
  id: string
  version: number
  from: readonly FactType[]
  makes: readonly FactType[]
  /** Of `makes`: what the world tells as well. Of all others nothing stands without premises. */
  told?: readonly FactType[]
  /**
   * The names that it gives its facts (`Draft.as`): each stands for the last fact of its type, whose first
   * key is that of the row, so that the list alone tells them (V43). What gives verdicts need not say.
   */
  names?: Readonly<Record<string, FactType>>
  /** The rows that a fact is stepped into. */
  keys(fact: Fact): readonly Key[]
  /**
   * `keys` for facts of one type. A judge may offer it, so that what depends on the type alone is
   * worked out once: forty judges may want one type, and a fact of it be for one of them.
   */
  keysOfType?(type: string): (fact: Fact) => readonly Key[]
  init(key: Key): S
  step(state: S, input: Input, ctx: Context): Step<S>
  /**
   * Called for the row `''` once per cause (a fact, or one instant of wakes) after every row of this
   * judge was stepped, if the row `''` was stepped or a share changed: a thousand subjects that turn
   * stale in one instant make one verdict. Changes come in the order of their keys.
   */
  settle?(state: S, changes: readonly Change[], ctx: Context): Step<S>
  /**
   * Types whose facts may concern the row `''`; absent: any of `from`. When one row is built again
   * after a retraction (V41), all facts of these are read, and of others those that name its key.
   */
  whole?: readonly FactType[]
  /** Ids of the judges whose derived facts it reads, where it does not read those of all (strata, V45). */
  reads?: readonly string[]
  /**
   * Adoption and decided parameters are stepped into every row when true, and so is the instant at
   * which a policy adopted for later comes into force (as a wake): the row `''` first, then the
   * others in the order of their keys. The row `''` exists from the start.
   */
  policy?: boolean
  /**
   * What a row still asks of somebody: read from its state whenever somebody wants to know, and when the
   * row is written. Time alone changes it only where the row has a wake. Absent: nothing.
   */
  owes?(state: S, ctx: Context): readonly Owed[]
  /** Absent: it gives none. What others rest on is never silently out of date (V46). */
  verdicts?: Verdicts<S>
}>

/**
 * How a judge gives verdicts: each row at most one, which stands on the list until another is given.
 * A verdict has `status`, `reason` and what else the type asks for.
 */
export type Verdicts<S extends Plain = Plain> = Readonly<{
  type: FactType
  /** What the list calls that which a row gives its verdict of. */
  of(row: Key): Key
  /** The body of what is said when a row can judge no more; null: the row gives no verdict. */
  lapsed(state: S, reason: Lapse, ctx: Context): object | null
}>

/** Why nothing is known any more. */
export type Lapse = Readonly<{ code: string; args: Readonly<Record<string, string>> }>

export type { Instant }
