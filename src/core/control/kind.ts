import type { Duration, Fact, FactType, Instant, Key, Pos } from '../fact.ts'
import type { Context, Judge, Owed, Params, Plain, Wake } from '../judge.ts'

export type Status = 'kept' | 'broken' | 'due' | 'unknown'

/** A code with parameters, translated at the edge (`reason.<code>` in a catalogue). Worded nowhere in core. */
export type Reason = Readonly<{
  code: string
  args: Readonly<Record<string, string | number | boolean>>
}>

/** Millionths: 995_000 is 99.5 %. The list holds integers only. */
export type Ppm = number

/** The role that answers for a control, e.g. `ciso`, `infrastructure`. */
export type Role = string

/** A value of the definition, or how to read it from the parameters that the policy pack binds. */
export type Of<T> = T | ((params: Params) => T)

/** For `zone` of a definition: that of the organisation, which every adopted policy names (V8). */
export const organisationZone = (params: Params): string =>
  typeof params['zone'] === 'string' ? params['zone'] : 'UTC'

export const of = <T>(value: Of<T>, params: Params): T =>
  typeof value === 'function' ? (value as (params: Params) => T)(params) : value

/** Which facts count, for which subjects. Without `key` the fact speaks of the subject `org`. */
export type Match<B = any> = Readonly<{
  type: FactType<B>
  key?: (fact: Fact<B>) => Key | readonly Key[]
  if?: (fact: Fact<B>) => boolean
  amount?: (fact: Fact<B>) => number
  /**
   * What people record to bring such a fact about; none: they do, and are asked for it elsewhere. Absent,
   * whatever people can record of this type, or of those that a judge makes it from – but for a state or
   * an objective, where only machines do.
   */
  byHand?: readonly FactType[]
}>

/** The complete list of subjects, where it comes from, and who says that it is complete (V10). */
export type Population = Readonly<{
  id: string
  enter: Match
  /** It is a member no more: it is gone, or is no longer what the population is of. */
  leave?: Match | readonly Match[]
  complete: Match
  /** Who looks after the list; absent: who answers for the control. */
  owner?: Role
  fresh: Of<Duration>
  /** A second, independent source: a subject that it alone sees is `unknown / not.registered`. */
  compare?: Readonly<{
    /** What the second source says; its keys are the subjects it has seen. */
    with: Match
    fresh: Of<Duration>
    /**
     * Whether such a fact confirms the list: true, as when absent; false, it contradicts it, and what
     * was confirmed before is confirmed no more; null, it says nothing of the whole.
     */
    confirms?: (fact: Fact<any>) => boolean | null
    /** Each declaration of the list needs a confirmation of its own. */
    each?: true
  }>
}>

/** What every kind of control takes. Defaults stand in semantics.md. */
export type Base = Readonly<{
  id: string
  version: number
  owner: Role
  /** Parameters with their defaults; the policy pack may set them, an owner may decide them. */
  params?: Params
  population?: Population
  /** Sources that must be alive: their watermark passes a deadline before it is called missed (V6). */
  alive?: readonly Match[]
  aliveFresh?: Of<Duration>
  atLeast?: Of<Ppm>
  settle?: Of<Duration>
  /** False: no exception may cover it. */
  exceptions?: boolean
  /** An empty population is kept, for a reason that the owner gave (V11). */
  emptyMeans?: 'kept'
  remember?: Duration
}>

/** A closed period, window or leg. It stays for ever. */
export type Occurrence = Readonly<{
  name: string
  outcome: 'done' | 'late' | 'missed' | 'met' | 'kept' | 'broken' | 'unknown'
  from: Instant
  to: Instant
  because: readonly Pos[]
}>

/** What a kind is told about the subject it judges. Kept by the machine, the same for all kinds. */
export type Subject = Readonly<{
  key: Key
  /** When it entered the population, or null where there is none (a case, `org`). */
  joined: Instant | null
  /** How far each `alive` source has delivered, the least of them; null: at least one never spoke; undefined: none is asked for. */
  watermark: Instant | null | undefined
  /**
   * The last exception that covers it, also when it is over: an occurrence whose deadline lies in
   * [from, until) is not closed as missed (V13). null or absent: none.
   */
  excepted?: Readonly<{ from: Instant; until: Instant }> | null
}>

/**
 * A fact as a kind steps it. A claim that a second person accepts is stepped a second time, the same
 * fact with `accepted`; kinds replace what its position had said before (V4, V39).
 */
export type Stepped<B = unknown> = Fact<B> & Readonly<{ accepted?: true }>

/** `settle` where a control says nothing (V5). */
export const settleDefault = 'PT5M'

/** `remember` where a control says nothing (V38). */
export const rememberDefault = 'P13M'

/** `aliveFresh` where a control says nothing: an hour of silence is blindness, never good news. */
export const aliveFreshDefault = 'PT1H'

export type Judged = Readonly<{
  status: Status
  reason: Reason
  /** When the present status began in judge time; a deadline where time alone decided it (V7, V29). */
  since: Instant
  /** The earliest instant at which time alone may change it; never later than the true one. */
  next: Instant | null
  /**
   * How far the watermark must come before more can be decided; null: nothing waits for it. When
   * absent, the machine steps the subject again at every move of the watermark after a wake that
   * found it behind.
   */
  awaits?: Instant | null
  /** The facts that this status rests on. */
  because: readonly Pos[]
  /**
   * The subject is not under the duty now, whatever `status` says. `excepted`: counted apart (away for
   * the whole period, V12). `outside`: counted nowhere and no finding (joined for the next period; a
   * case that is cancelled, has no start, or whose window is over).
   */
  aside?: 'excepted' | 'outside'
}>

/** Counts of subjects by status, kept by difference. */
export type Counts = Readonly<Record<Status | 'excepted', number>>

/**
 * One kind of control, as the machine sees it: a pure fold over the facts of one subject, a reading
 * of its state, and a way to combine the subjects. It knows nothing of populations, exceptions,
 * findings, verdicts or emission: those are the machine's.
 */
export type Kind<S extends Plain = any> = Readonly<{
  name: 'cadence' | 'clock' | 'state' | 'objective' | 'capability' | 'rollup'
  /** Fact types that `step` wants, without those of population, aliveness and policy. */
  from: readonly FactType[]
  /** The subjects that a fact of `from` touches. */
  subjects(fact: Fact): readonly Key[]
  /** What `subjects` is made of, where it is made of nothing else: the machine looks at it first. */
  matches?: readonly Match[]
  /** A subject exists because a fact touched it (cases); otherwise only as a member of the population or as `org`. */
  opensSubjects: boolean
  init(key: Key): S
  /**
   * Folds a fact, a wake, or (input null) a change of policy, parameters, membership, exception or
   * watermark (a period waits for its sources: without this step it would not close). Facts come
   * in position order, with their effective time in `when(fact)`; late ones come like any other.
   * Called before adoption too, with `ctx.adopted` null: evidence may be kept, nothing closes (V33).
   */
  step(
    state: S,
    input: Stepped | Wake | null,
    subject: Subject,
    ctx: Context,
  ): Readonly<{
    /** null: forget the subject (a case whose window and remembrance are over). */
    state: S | null
    closed?: readonly Occurrence[]
    restated?: readonly Readonly<{
      name: string
      was: string
      now: string
      because: readonly Pos[]
    }>[]
    refused?: readonly Readonly<{ name: string; why: 'too.old'; because: readonly Pos[] }>[]
  }>
  /** What people do so that this is kept; absent: nobody is asked for anything. */
  closes?: readonly Match[]
  /** Which period such a fact says it is for; null or absent: that of its time (V16). */
  names?: (fact: Fact) => string | null
  /** What is still to be done for the subject. Only called while a policy is in force. */
  owes?(state: S, subject: Pick<Subject, 'joined'>, ctx: Context): readonly Owed[]
  /** Only called while a policy is in force. */
  judge(state: S, subject: Subject, ctx: Context): Judged
  /**
   * The verdict of the control from its subjects (V25), after the machine has answered for adoption,
   * completeness, exceptions and emptiness. `size` counts members without the excepted. When the
   * answer's code is none that its subjects of that status have, and they have some, the machine takes
   * the first of theirs. `watermark` is that of the `alive` sources, as in Subject: a clock whose start
   * source is blind says so (V25).
   * `next`: when time alone changes this answer though no subject changes.
   */
  combine(
    counts: Counts,
    size: number,
    ctx: Context,
    watermark: Instant | null | undefined,
  ): Readonly<{ status: Status; reason: Reason; next?: Instant | null }>
  /** `combine` reads the counts, the size and the parameters, and nothing else. */
  combinesCounts?: true
}>

/** A control: an executable rule, compiled to a judge. It never names a statement (M16). */
export type Control = Readonly<{
  id: string
  version: number
  kind: Kind['name']
  owner: Role
  params: Params
  judge: Judge
  /** Ids of the controls whose verdicts it reads (roll-ups). */
  reads: readonly string[]
  /** What it rests on, for people; no judge looks at it. */
  rests: Readonly<{
    population: Readonly<{ id: string; from: readonly FactType[]; second: FactType | null }> | null
    evidence: readonly FactType[]
    alive: readonly FactType[]
  }>
  /** The facts that do what its duties ask for. */
  closes: readonly Match[]
  /** Who looks after the list of its subjects, what declares it complete and what compares it; null: no list. */
  lists: Readonly<{ owner: Role; types: readonly FactType[] }> | null
  /** Which period such a fact says it is for; null: that of its time (V16). */
  names(fact: Fact): string | null
  /** A roll-up over a predicate learns its controls once all are known; call before building strata. */
  resolve?(all: readonly ControlInfo[]): Control
}>

/** What a roll-up may choose its controls by. */
export type ControlInfo = Readonly<Pick<Control, 'id' | 'version' | 'kind' | 'owner'>>

export type { Context, Duration, Instant, Key, Params, Pos }
