import type { PoolClient } from 'pg'
import type { z } from 'zod'
import type { Permissions, RoleName } from './account/roles.ts'
import type { AccountOwner } from './account/store.ts'
import type { Control, Status } from './control/kind.ts'
import type {
  Duration,
  Fact,
  FactType,
  Instant,
  Key,
  Observation,
  Pos,
  PrivateValue,
  Ref,
} from './fact.ts'
import type { verdictChanged } from './facts.ts'
import type { KeptFile } from './file/store.ts'
import type { Locale } from './i18n/locale.ts'
import type { Messages } from './i18n/messages.ts'
import type { Judge, Owed, Plain } from './judge.ts'
import type { Log } from './log.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Finding } from './policy/lint/finding.ts'
import type { Frameworks, Pack } from './policy/pack.ts'
import type { Recorded } from './record/record.ts'
import type { Clock } from './time.ts'

/**
 * The life of a module: (1) its folder is found by its `module.ts`; (2) its declaration is checked
 * with all others and every complaint is told at once; (3) its fact types are registered; (4) its
 * judges and controls are sorted into strata; (5) its tables are built beside the old ones if their
 * version is new; (6) its collectors and acts run until the program stops. Importing a module has no
 * effect: everything happens because core reads the declaration.
 */
export type Module = Readonly<{
  /** The folder below `src`, with dots: `protect.phishing`. */
  id: string
  facts?: readonly FactType[]
  collectors?: readonly Collector[]
  judges?: readonly Judge<any>[]
  controls?: readonly Control[]
  tables?: readonly Table[]
  routes?: readonly Route<any, any, any, any>[]
  /** For each permission that its routes and screens ask for: the roles that have it. */
  permissions?: Permissions
  /** Finds a person of the register, for whom an account is opened; one module at the most. */
  directory?: (asked: string, reader: Reader) => ReturnType<Directory>
  /** Who holds which office on a day, by name: who may see that is for the caller to know; one module at the most. */
  officeHolders?: (today: string, reader: Reader) => Promise<ReadonlyMap<string, string>>
  acts?: readonly Act[]
  commands?: readonly (Command | AloneCommand)[]
  /** Tells whoever starts the program something, once it runs; not in a sample. */
  greet?(ports: GreetPorts): Promise<void>
  /** Whether it takes the finished log of Okite's own database away, by its settings. With it comes `own`. */
  archives?: (settings: Readonly<Record<string, any>>) => boolean
  /** The module's section of the configuration; unknown keys refuse the start. */
  settings?: z.ZodObject
}>

export const defineModule = (module: Module): Module => module

/**
 * Who stands in the register under a number, the staff number or the register's own, which `subject` is;
 * null: nobody, or not with all that an account needs.
 */
export type Directory = (
  asked: string,
) => Promise<Readonly<{ subject: Key; owner: AccountOwner }> | null>

/** Reads of the list and of the tables. */
export type Reader = Readonly<{
  /** Rows of an SQL query over show tables and core's own folds; parameters only as `$n`. */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  fact(pos: Pos): Promise<Fact | null>
  /** Facts of the list by their positions, in its order. */
  facts(positions: readonly Pos[]): Promise<readonly Fact[]>
  /** The newest facts of a type, newest first. */
  latest<B>(type: FactType<B>, count: number): Promise<Fact<B>[]>
  /** A private value, for who may see it; null when it is erased. */
  disclose(pos: Pos, slot: string): Promise<string | null>
  /** The same for many facts, by position and slot; what is erased is not among them. */
  discloseAll(
    positions: readonly Pos[],
    slots: readonly string[],
  ): Promise<ReadonlyMap<Pos, Readonly<Record<string, string>>>>
  /**
   * How judges and tables see these persons, by the identifier under which a fact named them. Whom the
   * list does not know, or no more, is not among them.
   */
  refs(persons: readonly string[]): Promise<ReadonlyMap<string, Ref>>
  size(): Promise<number>
  /** Where list, folds and tables stand: what is read here is another only where a part of it is. */
  stand(): Promise<ListStand>
  /** The same reads; which part of the stand each depends on is told (see `StandMemo`). */
  noting(note: (part: string) => void): Reader
  /** The leaf at a position as it was hashed, and its proof in C2SP tlog-proof form; null beyond the list. */
  prove(pos: Pos): Promise<Readonly<{ leaf: string; proof: string }> | null>
  /** The name and the verifier key (C2SP vkey) of the list. */
  ledger(): Promise<Readonly<{ origin: string; vkey: string }>>
  /**
   * Since when the conclusions are older than what has happened: a fact that judges or tables have
   * not taken, or a wake that was missed, for longer than `limits.behindMsMax`. null: they are up to
   * date (V31a).
   */
  behind(nowMs: number): Promise<Instant | null>
  /**
   * What the folds of these controls know now and no fact tells (V27). None of a control before its
   * first verdict, and once it judges no more.
   */
  live(controls: readonly string[]): Promise<ReadonlyMap<string, Live>>
  /** What these controls ask of people, the soonest first. What they ask of their lists is asked for apart. */
  owed(question: OwedQuestion): Promise<readonly OwedBy[]>
}>

/**
 * By part, something that is another once the part has moved: `list` grows, `judges` are rows of folds,
 * `erased` are private values, and each show table is a part under its name.
 */
export type ListStand = ReadonlyMap<string, string>

export type OwedQuestion = Readonly<{
  controls: readonly string[]
  /** Of one subject alone; `''`: of the list of subjects. */
  subject?: Key
  /** Only what should have been done by then. */
  dueBy?: Instant
  /** What is not asked for yet by then is left out. */
  now: Instant
  countMax: number
}>

/** A duty, and whose it is. */
export type OwedBy = Readonly<{ control: string; subject: Key; owed: Owed }>

/** When time alone may change a verdict, and its counts as they are now. */
export type Live = Readonly<{ next: Instant | null; population: Population }>

/** Counts of subjects, as in `control.verdict.changed`. */
export type Population = z.infer<typeof verdictChanged.schema>['population']

/** Okite's own data, for who backs them up or looks at where they lie. Whoever reads it has everything but the key of backups. */
export type OwnData = Readonly<{
  dataDir: string
  /** Finished segments of the database's log lie here until they are taken away, if somebody takes them. */
  archive: string
  /** Beside the data folder and no part of it: what opens backups must not lie in them. */
  keys: string
  /** A connection of its own, for as long as the work takes. */
  connected<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
}>

/** Where the keys of backups lie that belong to a data folder. */
export const keysBeside = (dataDir: string): string => `${dataDir}-recovery`

export type Ports = Readonly<{
  clock: Clock
  log: Log
  reader: Reader
  /** The pack that this installation keeps; whether it is adopted is on the list. */
  policy: Pack
  /** Every control there is, with what people can record for it. */
  controls: readonly ControlAtWork[]
  /** Who holds which office today, by name; of an office that is vacant there is none. */
  officeHolders(): Promise<ReadonlyMap<string, string>>
  /** What Okite says to people. */
  messages: Messages
  /** The organisation is made up. */
  isSample: boolean
  settings: Readonly<Record<string, any>>
  /** null: no mail server is set. */
  mail: Mailer | null
  /** Okite's own data; null: the module has no `archives`, or the database is another's. */
  own: OwnData | null
  /**
   * A folder of the module's own in the data folder, made when it is asked for: for what must outlive the
   * process before it is on the list. Whoever writes there is whoever writes the data folder.
   */
  folder(): string
  /** A page of this program, as people reach it. */
  link(path: string): string
  signal: AbortSignal
}>

/** What acts may ask of accounts. */
export type Accounts = Readonly<{
  /** Closes the accounts of somebody of the register who has left; done again, it does nothing. */
  closeLeaver(subject: Key): Promise<number>
}>

/**
 * `byHand` is empty where only machines can do what the control asks; `lists` has what people can record
 * of the list of its subjects.
 */
export type ControlAtWork = Readonly<
  Pick<Control, 'id' | 'kind' | 'owner' | 'lists'> & { byHand: readonly FactType[] }
>

/** What a control asks for of one subject, and how it judges it: now, and after one more fact. */
export type Foreseen = Readonly<{
  before: Stand
  after: Stand
  /** A judge whose conclusions the control reads has taken it in, whether or not it concludes anything yet. */
  isTaken: boolean
}>
export type Stand = Readonly<{ owed: readonly Owed[]; judged: Plain }>

export type ActPorts = Ports & Readonly<{ accounts: Accounts }>

/** World → facts: the only input with effects. What it yields is appended in order. */
export type Collector = Readonly<{
  name: string
  /** A larger observation is refused with `OBSERVATION_TOO_LARGE` (M10). */
  sizeBytesMax: number
  perMinuteMax: number
  /** Runs at start and then so often. Without it the collector runs only on facts or by hand. */
  every?: Duration
  /** Runs soon after a fact of these types. */
  on?: readonly FactType[]
  /** It asks nothing but the list: only such a one runs in a sample, out of which nothing goes. */
  asksListAlone?: true
  /** What is yielded is on the list when the next is asked for; several at once are appended together. */
  run(ports: Ports): AsyncIterable<Observation | readonly Observation[]>
}>

/**
 * Facts → rows. A table is a fold: it can be dropped and rebuilt (M13). A new version is built
 * beside the old one and takes its name at the head in one transaction (V47).
 */
export type Table = Readonly<{
  /** Lower case with underscores; unique among all modules. */
  name: string
  version: number
  /** SQL of the columns and constraints, as between the parentheses of CREATE TABLE. */
  columns: string
  from: readonly FactType[]
  /** `table` is the quoted name to write to. Runs in the transaction that moves the cursor. */
  apply(fact: Fact, table: string, tx: PoolClient): Promise<void>
  /** The same for many in the order of the list, where a statement for each would take too long. */
  applyAll?(facts: readonly Fact[], table: string, tx: PoolClient): Promise<void>
}>

/**
 * Who asks. `person`: the identifier under which facts name him (private slots); null for the machine
 * itself, that is for whoever may enter the data folder.
 */
export type Principal = Readonly<{
  account: string | null
  person: string | null
  name: string
  roles: readonly RoleName[]
  permissions: ReadonlySet<string>
}>

/** The identifier under which facts name who asks, in private slots alone. */
export const personOf = ({ person, name }: Principal): string => person ?? name

/** Who asks, as the slot `by` of a fact. */
export const byOf = (principal: Principal): PrivateValue => ({
  value: personOf(principal),
  person: personOf(principal),
})

/** A file that was sent with a request and is in memory. */
export type Transfer = Readonly<{ name: string; bytes: Uint8Array }>

/** An answer that is a file: it is made while it is sent. */
export class Download {
  /** ASCII, without a path. */
  readonly name: string
  readonly mediaType: string
  readonly pieces: Iterable<string>

  constructor(name: string, mediaType: string, pieces: Iterable<string>) {
    this.name = name
    this.mediaType = mediaType
    this.pieces = pieces
  }
}

/** What a route may use. */
export type RoutePorts = HandPorts & RouteHands

/** The address stands in the type, so that a screen's call is checked against the route it means. */
export type Route<P, Q, B, R, Path extends string = string> = Readonly<{
  method: 'get' | 'post' | 'patch'
  /** Below `/api`, in OpenAPI form: `/statements/{id}`. */
  path: Path
  /** A route without one does not start (M15). `public` needs a reason in a comment. */
  permission: string
  summary: string
  /** A post that changes nothing, for questions too long for an address: whoever only reads may ask it. */
  reads?: true
  /** It shows evidence: the object that an auditor is then said to have read, e.g. `fact 17`. */
  evidence?(request: Readonly<{ params: P; query: Q }>): string
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  /**
   * The body comes as `multipart/form-data`: a part `fields` with its JSON, then files as parts `file`.
   * They are sealed on the disk before the route runs, and are gone after it unless it keeps them.
   */
  upload?: Readonly<{ filesMax: number; sizeBytesMax(settings: Ports['settings']): number }>
  /** What it answers is text of this type, and no JSON. */
  mediaType?: string
  /** It answers the hash of a kept file, and the file is what is sent. */
  sendsFile?: true
  response: z.ZodType<R>
  /** It changes what somebody has seen: `If-Match` must name the version that he saw (RFC 9110, 13.1.1). */
  ifMatch?: boolean
  /**
   * Its body is one file and nothing else, the field `file` of `multipart/form-data`. It is read where it
   * comes in and is kept nowhere: what is to be kept as evidence comes by `upload`.
   */
  transfer?: Readonly<{ sizeBytesMax: number }>
  /** It answers a `Download` of one of these media types. */
  download?: readonly string[]
  /** Where it rightly takes longer than any other. */
  msMax?: number
  run(request: RouteRequest<P, Q, B>, ports: RoutePorts): Promise<R>
}>

/** `version`: what `If-Match` says, and `transfer`: the file; null where the route asks for none. */
export type RouteRequest<P, Q, B> = Readonly<{
  params: P
  query: Q
  body: B
  principal: Principal
  version: number | null
  files: readonly ReceivedFile[]
  transfer: Transfer | null
}>

/** A parameter of a control, as it is in force now. */
export type FigureInForce = Readonly<{
  control: string
  name: string
  value: string | number | boolean
  /** Nobody has decided it yet (V35). */
  isAssumed: boolean
  /** The policy leaves it to people to decide. */
  isOpen: boolean
}>

/** A doubt about some sentences, in words. */
export type PolicyFinding = Readonly<{
  severity: Finding['severity']
  statements: readonly number[]
  text: string
  reading: string
}>

/** What routes may ask of the policy itself. */
export type PolicyDesk = Readonly<{
  figures(controls: readonly string[]): Promise<readonly FigureInForce[]>
  /**
   * A named person decides a figure that the policy leaves open; judged when it resolves.
   *
   * @throws OkiteError `DECIDE_CONTROL`, `DECIDE_PARAMETER`, `DECIDE_STATED`, `DECIDE_VALUE`
   */
  decide(
    asked: Readonly<{ control: string; parameter: string; value: string; by: string }>,
  ): Promise<Readonly<{ status: Status }>>
  /** The labels of requirements outside the policy. */
  frameworks(): Frameworks
  /** What a policy says wrongly or unclearly, and how it is read until somebody decides. */
  findings(pack: Pack, locale: Locale): readonly PolicyFinding[]
  /** The pack that was adopted under this hash; null: the list knows none. */
  adopted(hash: string): Promise<Pack | null>
}>

/** What only routes may do. */
export type RouteHands = Readonly<{
  policyDesk: PolicyDesk
  /** The newest version of a type of any module. */
  typeOf(name: string): FactType | null
  /**
   * Takes a person's values away for good (V48). Whoever calls it has seen to it that two persons want
   * it and that nothing forbids it. The same `identity` erases once.
   *
   * @throws OkiteError `LEDGER_PERSON_UNKNOWN`
   */
  erase(
    person: string,
    erasure: Readonly<{
      identity: string
      ground: string
      completeAt: Instant
      because: readonly Pos[]
      private: Readonly<Record<string, PrivateValue>>
    }>,
  ): Promise<Readonly<{ pos: Pos; slots: number }>>
}>

/** A file as it came: sealed, looked at, and kept by nobody yet. */
export type ReceivedFile = Readonly<{
  file: KeptFile
  /** Keeps it, and says so on the list. */
  keep(by: string): Promise<KeptFile>
}>

export const defineRoute = <P, Q, B, R, const Path extends string>(
  route: Route<P, Q, B, R, Path>,
): Route<P, Q, B, R, Path> => route

/** Appends a fact from the world; resolves when it is committed. `known`: it had been delivered before. */
export type Submit = <B>(
  observation: Observation<B>,
) => Promise<Readonly<{ pos: Pos; known: boolean }>>

/**
 * The same for up to 2,048 facts in one transaction: all of them or none, in their order. They are
 * checked at once and appended when `after` is fulfilled; if it is rejected, none of them.
 */
export type SubmitAll = (
  observations: readonly Observation[],
  after?: Promise<unknown>,
) => Promise<readonly Readonly<{ pos: Pos; known: boolean }>[]>

/** Facts → world: idempotent by the position that caused it (M11); `run` answers what to report. */
export type Act = Readonly<{
  name: string
  on: readonly FactType[]
  attemptsMax: number
  /** What would leave, told without sending it; by it a sample shows what it does not do. */
  describe?(fact: Fact, ports: Ports): Promise<Outgoing>
  /** `attempt` counts from 1. Resolves to the observation that reports it done. */
  run(fact: Fact, ports: ActPorts): Promise<Observation>
  /** The observation that reports that all attempts failed. */
  failed(fact: Fact, code: string, ports: Ports): Observation
}>

/** What an act sends to somebody. */
export type Outgoing = Readonly<{
  channel: 'mail' | 'webhook' | 'telephone' | 'other'
  /** An address, and whose it is. */
  to: PrivateValue
  text: string
}>

/** Evidence that is no fact: files, kept encrypted under the SHA-256 of what is in them. */
export type Files = Readonly<{
  /**
   * Keeps a file of this machine, and says so on the list. A dry run looks at it and keeps nothing.
   *
   * @throws OkiteError `FILE_…`
   */
  keep(
    path: string,
    options: Readonly<{ by: string; sizeBytesMax: number; dry: boolean }>,
  ): Promise<KeptFile>
  /** Writes what is kept under the hash to a new file. @throws OkiteError `FILE_…` */
  writeTo(sha256: string, path: string): Promise<void>
}>

/** What a module may use to tell whoever starts the program something. */
export type GreetPorts = HandPorts &
  Readonly<{
    locale: 'en' | 'ja' | 'zh-TW'
    /** A person reads it on a terminal. Else it may stand in a file or a log for ever. */
    isSeen: boolean
    out(text: string): void
  }>

/** Where a command's text is read. */
export type Terminal = Readonly<{ columns: number; color: boolean }>

/** What a person's words need to become facts, whether they come by a command or by a route. */
export type Hands = Readonly<{
  submit: Submit
  submitAll: SubmitAll
  /** Records facts of any module as `./okite record` does, a JSON object a line; all or nothing. */
  record(
    lines: string,
    options: Readonly<{ by: string; dry: boolean; anew?: boolean }>,
  ): Promise<Recorded>
  /** How a control would stand to a subject (`''`: to its list) if this were recorded now. */
  foresee(
    line: string,
    asked: Readonly<{ by: string; control: string; key: Key }>,
  ): Promise<Foreseen>
  /** Resolves when the judges have stepped past this position, and the tables show it. */
  judged(pos: Pos): Promise<void>
  /** While this appends very much, judges and tables wait, for a minute at the most. */
  quietly<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when the tables show everything that is on the list now, judged or not. */
  shown(): Promise<void>
}>

/** What commands and routes alike may use. */
export type HandPorts = Ports & Hands

/** A word of the command line: `./okite <name> …`. */
export type Command = Readonly<{
  name: string
  /** One line for `./okite help`, in English, Japanese and Traditional Chinese by locale. */
  summary: Readonly<Record<'en' | 'ja' | 'zh-TW', string>>
  /** Resolves to the exit code. Writes through `out`. */
  run(args: readonly string[], ports: CommandPorts): Promise<number>
}>

/** The same without a data folder, on a machine that has nothing yet. */
export type AloneCommand = Readonly<
  Pick<Command, 'name' | 'summary'> & {
    alone(args: readonly string[], call: AloneCall): Promise<number>
  }
>

/** What a command may use that runs on no data. */
export type AloneCall = Readonly<{
  /** The data folder that was named; nothing need be there. */
  dataDir: string
  cwd: string
  locale: 'en' | 'ja' | 'zh-TW'
  messages: Messages
  clock: Clock
  log: Log
  out(text: string): void
}>

/** What a command may use. */
export type CommandPorts = HandPorts &
  Readonly<{
    locale: 'en' | 'ja' | 'zh-TW'
    out(text: string): void
    /** The folder it was called in: relative paths among its arguments start there. */
    cwd: string
    terminal: Terminal
    /** Runs a collector of this module now; resolves when it is done. */
    collect(name: string): Promise<void>
    files: Files
  }>
