import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type AccountDesk, openAccounts } from '../account/account.ts'
import { Closing } from '../closing.ts'
import { type Config, readConfig, secluded } from '../config.ts'
import type { Control } from '../control/kind.ts'
import { statementRollup } from '../control/rollup.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { OkiteError } from '../error.ts'
import type { Fact, Pos } from '../fact.ts'
import { policyAdopted } from '../facts.ts'
import { FileStore } from '../file/store.ts'
import { httpLimits } from '../http/limits.ts'
import type { Messages } from '../i18n/messages.ts'
import type { Judge, Params } from '../judge.ts'
import type { TrustedLog } from '../ledger/checkpoint.ts'
import { readVkey } from '../ledger/note.ts'
import type { Entropy } from '../ledger/random.ts'
import { openSecrets, type Secrets } from '../ledger/secrets.ts'
import { openFileSigner } from '../ledger/signer.ts'
import { type Erased, type Erasure, type Ledger, openLedger } from '../ledger/store.ts'
import { nodeVerifier } from '../ledger/verify-node.ts'
import { limits } from '../limits.ts'
import type { Log } from '../log.ts'
import { type Mailer, openMailer } from '../mail/mailer.ts'
import {
  keysBeside,
  type Module,
  type OwnData,
  type Ports,
  type Reader,
  type Submit,
  type Table,
} from '../module.ts'
import { createPace } from '../pace.ts'
import { checkBindings } from '../policy/library.ts'
import type { Pack } from '../policy/pack.ts'
import { createSampleClock, type SampleClock } from '../sample/clock.ts'
import { isSample } from '../sample/folder.ts'
import { type Clock, createCalendars, dayIn } from '../time.ts'
import { ActRunner } from './acts.ts'
import { controlsAtWork } from './by-hand.ts'
import { adoptCalendars, adoptLaws } from './calendars.ts'
import { CollectorRunner } from './collectors.ts'
import { hasData, requireData } from './data-folder.ts'
import { discoverModules, type Modules } from './discover.ts'
import { erase } from './erase.ts'
import { JudgeRunner, type RunnerOptions } from './follow.ts'
import { checkIntegrity, type Integrity } from './integrity.ts'
import { KeepUp } from './keep-up.ts'
import { ListChecks, scheduleOf } from './list-checks.ts'
import { ownThreads } from './own-judges.ts'
import { OwnSettings } from './own-settings.ts'
import { AdoptedPolicies, packOnDisk } from './policies.ts'
import { Publisher } from './publisher.ts'
import { createReader } from './reader.ts'
import { isRestored, type Restored, tellRestored } from './restored.ts'
import { okiteVersion, readFoldSchema } from './schema.ts'
import { type RuleSource, ruleSources, withReads } from './sources.ts'
import { TableRunner } from './tables.ts'
import { messagesOf } from './words.ts'

/** The program, put together: the list, its judges and its tables, on one data folder. */
export type Okite = Readonly<{
  config: Config
  clock: Clock
  /** A made-up organisation: nothing leaves it. */
  isSample: boolean
  /** It was brought back from a backup, and goes on from there for the first time. */
  restored: Restored | null
  /** The folder of the program. */
  project: string
  modules: Modules
  controls: readonly Control[]
  database: Database
  ledger: Ledger
  judges: JudgeRunner
  tables: TableRunner
  policies: AdoptedPolicies
  messages: Messages
  /**
   * Adopts this very pack in the name of a person, whatever its folder says by now; judged when it
   * resolves.
   *
   * @param from when it comes into force, if that is later
   * @throws OkiteError `POLICY_BINDING`
   */
  adopt(pack: Pack, by: string, from?: string): Promise<void>
  reader: Reader
  files: FileStore
  accounts: AccountDesk
  /** The policy in force, with what the organisation says of itself. */
  policyNow(): Pack
  submit(module: string): Submit
  ports(module: Module, signal: AbortSignal): Ports
  /** Starts what looks at the world and what changes it. */
  begin(): Promise<void>
  /** Takes a person's values away, from the list, from judges and from tables (V48). */
  erase(person: string, erasure: Omit<Erasure, 'replace'>): Promise<Erased>
  /** Runs one collector now; resolves when what it saw is on the list. */
  collect(module: string, name: string): Promise<void>
  /**
   * Derives everything again and compares; what else goes on waits for none of it.
   *
   * @throws OkiteError `STOPPING` once the signal is aborted
   */
  integrity(
    progress?: (done: number, size: number) => void,
    signal?: AbortSignal,
  ): Promise<Integrity>
  checks: ListChecks
  /**
   * While this appends very much, judges and tables wait, for as long as what is not judged may still be
   * shown (V31a): then they go on beside it.
   */
  quietly<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when judges and tables have taken in the position. */
  settled(pos: number): Promise<void>
  close(): Promise<void>
}>

export type ComposeOptions = Readonly<{
  /** The folder `src`. */
  source: string
  project: string
  dataDir: string
  /** True for the first `start` alone: everything else works on what is there. */
  create: boolean
  flags: Readonly<Record<string, string>>
  environment: Readonly<Record<string, string | undefined>>
  clock: Clock
  /** Of a sample: goes on from where the list ends. */
  sampleClock?: SampleClock
  /** Nothing looks at the world or changes it, whatever the settings say: only what was there is shown. */
  isRehearsal?: boolean
  /** Of the list, where it is not the system's. */
  entropy?: Entropy
  log: Log
  /** Told of facts once they are in the tables. */
  onFacts?: (facts: readonly Fact[]) => void
}>

/**
 * Opens everything in the order in which it depends on each other, and closes what was opened when a
 * later step refuses.
 */
export async function compose(given: ComposeOptions): Promise<Okite> {
  if (!given.create) requireData(given.dataDir)
  const sampleClock = isSample(given.dataDir) ? createSampleClock() : null
  const options = sampleClock === null ? given : { ...given, clock: sampleClock, sampleClock }
  const opened = new Closing()
  try {
    const plan = await readPlan(options)
    const list = await openList(options, plan, opened)
    // What a rehearsal says is said to nobody.
    if (!options.isRehearsal) openPublisher(options, list, opened)
    const folds = await openFolds(options, plan, list, opened)
    return await openEdges(options, plan, list, folds, opened)
  } catch (error) {
    return opened.closeAfter(error)
  }
}

/**
 * Refuses what can be known to be wrong before anything is made: modules, settings, the pack of a
 * first start. Answers the settings, and the zone of the policy to come.
 */
export async function foresee(
  options: ComposeOptions,
): Promise<Readonly<{ config: Config; zone: string }>> {
  const { config } = await readPlan(options)
  if (hasData(options.dataDir)) return { config, zone: 'UTC' }
  const { zone } = packOnDisk(options, config.values.policy).organisation
  return { config, zone }
}

/** When the newest fact was recorded. */
async function sealedMs({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ sealed_ms: string }>('select sealed_ms from ledger.head')
  return Number(rows[0]?.sealed_ms)
}

/** What can be known without opening anything. */
export type Plan = Readonly<{
  modules: Modules
  config: Config
  messages: Messages
  tables: readonly Table[]
  /** The adopted packs, once there is a database to read them from. */
  policies: { current: AdoptedPolicies | null }
}>

export async function readPlan(options: ComposeOptions): Promise<Plan> {
  const policies: Plan['policies'] = { current: null }
  const statements = statementRollup(({ hash }) => policies.current?.statements(hash) ?? null)
  const modules = await discoverModules(options.source, [statements])
  const config = readConfig({ ...options, modules: modules.modules })
  return {
    modules,
    config: options.isRehearsal ? secluded(config) : config,
    messages: messagesOf(options.source),
    tables: modules.modules.flatMap(module => module.tables ?? []),
    policies,
  }
}

type OpenList = Readonly<{
  database: Database
  ledger: Ledger
  secrets: Secrets
  files: FileStore
  policies: AdoptedPolicies
  log: TrustedLog
  /** Where the newest checkpoint is remembered beside the data folder; null: nowhere. */
  memory: string | null
  /** It was brought back from a backup, and this is its first start. */
  restored: Restored | null
}>

export async function openList(
  options: ComposeOptions,
  plan: Plan,
  opened: Closing,
): Promise<OpenList> {
  const { dataDir, clock, log } = options
  const first = !hasData(dataDir)
  const url = plan.config.values.databaseUrl
  const archive = archiveOf(plan, options)
  const database = await openDatabase({
    ...{ dataDir, url, archive, create: options.create, log, clock },
  })
  opened.push(() => database.close())
  const memory = archive === null ? null : memoryOf(dataDir)
  const keys = join(dataDir, 'keys')
  if (first) mkdirSync(keys, { mode: 0o700 })
  const secrets = openSecrets(join(keys, 'secrets'))
  const ledger = await openLedger({
    pool: database.pool,
    signer: openFileSigner(join(keys, 'signer')),
    secrets,
    ...(options.entropy && { entropy: options.entropy }),
    types: plan.modules.types,
    clock,
    log,
    okiteVersion: okiteVersion(),
    // A restore has looked at what is remembered, and its mark says what is ahead.
    published: [publishedIn(dataDir), ...(memory === null || isRestored(dataDir) ? [] : [memory])],
  })
  opened.push(() => ledger.close())
  const restored = options.isRehearsal ? null : await tellRestored(dataDir, { ledger, clock, log })
  // Before anything is appended, which would be at a time that the list has not reached.
  options.sampleClock?.resume(await sealedMs(database))
  await database.pool.query(readFoldSchema())
  const policies = new AdoptedPolicies(database.pool, options)
  plan.policies.current = policies
  if (options.create && (await hasNoPolicy(database))) {
    const pack = policies.onDisk(plan.config.values.policy)
    await ledger.submit('core', await policies.adopt(pack, { now: now(clock) }, null))
  }
  if (options.create) {
    const at = (name: string) => join(options.project, 'policy', name)
    const lists = { ledger, pool: database.pool, clock }
    await adoptCalendars({ ...lists, folder: at('calendars') })
    await adoptLaws({ ...lists, folder: at('laws') })
  }
  const trusted = { origin: ledger.origin, keys: [await readVkey(ledger.vkey, nodeVerifier)] }
  const files = new FileStore(join(dataDir, 'evidence'), secrets)
  return { database, ledger, secrets, files, policies, log: trusted, memory, restored }
}

type OpenFolds = Readonly<{
  runner: RunnerOptions
  judges: JudgeRunner
  tables: TableRunner
  tablesKeepUp: KeepUp
  /** Who is told of facts once they are in the tables. */
  listeners: Array<(facts: readonly Fact[]) => void>
}>

function openPublisher(
  { dataDir, log }: ComposeOptions,
  { database, ledger, log: trusted, memory }: OpenList,
  opened: Closing,
): void {
  const folder = publishedIn(dataDir)
  const publisher = new Publisher({ pool: database.pool, folder, memory, trusted, log })
  opened.push(() => publisher.close())
  opened.push(ledger.onAppend(() => publisher.poke()))
  publisher.poke()
}

const archiveIn = (dataDir: string): string => join(dataDir, 'archive')

/** Where the log of the embedded database is kept until a module takes it away; null: none does. */
function archiveOf(
  {
    config,
    modules: { modules },
  }: { config: Plan['config']; modules: Readonly<{ modules: readonly Module[] }> },
  options: Pick<ComposeOptions, 'dataDir' | 'isRehearsal'>,
): string | null {
  const isAsked = modules.some(({ id, archives }) => archives?.(config.modules[id] ?? {}))
  return isAsked && isOwnDatabase(config, options) ? archiveIn(options.dataDir) : null
}

/** It is embedded in the program, and is what the organisation lives by. */
const isOwnDatabase = (
  { values }: Config,
  { isRehearsal }: Pick<ComposeOptions, 'isRehearsal'>,
): boolean => values.databaseUrl === undefined && !isRehearsal

/** Beside the data folder: it must outlive what is laid in the folder's place. */
function memoryOf(dataDir: string): string {
  const folder = keysBeside(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** What modules keep until it is on the list; a restored copy of it is only older. */
function workFolder(dataDir: string, module: string): string {
  const folder = join(dataDir, 'work', module)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

const publishedIn = (dataDir: string): string => join(dataDir, 'published')

/** What judges are run with. */
export function runnerOf(
  { clock, log, source }: ComposeOptions,
  plan: Plan,
  { ledger, policies }: Pick<OpenList, 'ledger' | 'policies'>,
): RunnerOptions {
  const { controls, judges: all } = plan.modules
  return {
    list: ledger,
    judges: all,
    defaults: new Map<string, Params>(controls.map(control => [control.id, control.params])),
    packParams: hash => policies.bound(hash),
    preparePolicy: fact => policies.prepare(fact),
    sourceOf: judge => sourceOf(source, plan.modules, judge),
    calendars: createCalendars([]),
    threads: ownThreads(source, all),
    clock,
    log,
  }
}

async function openFolds(
  options: ComposeOptions,
  plan: Plan,
  list: OpenList,
  opened: Closing,
): Promise<OpenFolds> {
  const { log } = options
  const { database, ledger } = list
  const runner = runnerOf(options, plan, list)
  const judges = new JudgeRunner(runner)
  opened.push(() => judges.close())
  await judges.start()
  const listeners: OpenFolds['listeners'] = []
  const tables = new TableRunner({
    pool: database.pool,
    list: ledger,
    tables: plan.tables,
    log,
    onFacts: facts => {
      for (const listener of listeners) listener(facts)
    },
  })
  await tables.start()
  const keepUp = new KeepUp({ event: 'tables.failed', work: () => tables.follow(), log })
  opened.push(() => keepUp.close())
  opened.push(
    ledger.onAppend(() => {
      judges.poke()
      keepUp.poke()
    }),
  )
  return { runner, judges, tables, tablesKeepUp: keepUp, listeners }
}

async function openEdges(
  options: ComposeOptions,
  plan: Plan,
  { database, ledger, secrets, files, policies, log: trusted, restored }: OpenList,
  { runner, judges, tables, tablesKeepUp, listeners }: OpenFolds,
  opened: Closing,
): Promise<Okite> {
  const { clock, log } = options
  const { modules, config, messages } = plan
  const isOfSample = isSample(options.dataDir)
  const reader = createReader(database.reading, ledger)
  const controls = controlsAtWork(modules)
  const mail = isOfSample ? null : mailerOf(config)
  const abort = new AbortController()
  const own = new OwnSettings()
  await own.load(reader)
  listeners.push(facts => own.take(facts))
  const policyNow = (): Pack =>
    own.over(policies.inForce(now(clock)) ?? policies.onDisk(config.values.policy))
  const register = modules.modules.find(module => module.directory)
  const directory = register?.directory
  const holders = modules.modules.find(module => module.officeHolders)?.officeHolders
  const officeHolders = async (): Promise<ReadonlyMap<string, string>> => {
    const today = dayIn(clock.nowMs(), policyNow().organisation.zone)
    return (await holders?.(today, reader)) ?? new Map()
  }
  const accounts = await openAccounts({
    ...{ pool: database.pool, ledger, secrets, clock, log, modules: modules.modules },
    limits: httpLimits,
    directory: directory ? subject => directory(subject, reader) : null,
    registerTypes: register?.facts?.map(type => type.name) ?? [],
    breachFolder: breachFolderOf(options, config),
    organisationWords: () => [
      ...Object.values(policyNow().organisation.name),
      ...(own.current === null ? [] : [own.current.name]),
    ],
    organisation: () => own.current,
  })
  opened.push(() => accounts.close())
  const ports = (module: Module, signal: AbortSignal): Ports => ({
    clock,
    log: log.child({ module: module.id }),
    reader,
    policy: policyNow(),
    controls,
    officeHolders,
    messages,
    isSample: isOfSample,
    settings: config.modules[module.id] ?? {},
    mail,
    folder: () => workFolder(options.dataDir, module.id),
    link: path => linkTo(config, path),
    own: module.archives === undefined || !isOwnDatabase(config, options) ? null : ownData,
    signal,
  })
  const { dataDir } = options
  const ownData: OwnData = {
    dataDir,
    archive: archiveIn(dataDir),
    keys: keysBeside(dataDir),
    async connected(work) {
      const client = await database.pool.connect()
      try {
        return await work(client)
      } finally {
        // What it has begun in its session ends with it.
        client.release(true)
      }
    },
  }
  const submit =
    (module: string): Submit =>
    observation =>
      ledger.submit(module, observation)
  const edges = {
    modules: modules.modules,
    ports: (module: Module) => ports(module, abort.signal),
    submit,
    log,
  }
  const collectors = new CollectorRunner({ ...edges, clock, isSample: isOfSample })
  opened.push(() => collectors.close())
  opened.push(() => abort.abort())
  listeners.push(facts => collectors.heard(facts))
  if (options.onFacts) listeners.push(options.onFacts)
  const acts = new ActRunner({
    ...edges,
    accounts,
    isDiverted: isOfSample,
    pool: database.pool,
    list: ledger,
  })
  opened.push(() => acts.close())
  const keepUp = new KeepUp({ event: 'acts.failed', work: () => acts.follow(), log })
  opened.push(() => keepUp.close())
  listeners.push(() => keepUp.poke())
  const settled = async (pos: Pos): Promise<void> => {
    const late = AbortSignal.timeout(settledMsMax)
    await Promise.race([judges.reached(pos), behind(late, pos)])
    await tables.follow()
  }
  const integrity: Okite['integrity'] = (progress, signal) =>
    checkIntegrity({
      pool: database.pool,
      runner,
      tables: plan.tables,
      files,
      pace: createPace(signal),
      fsck: {
        pool: database.pool,
        types: modules.types,
        log: trusted,
        secrets,
        ...(progress && { progress }),
      },
    })
  const checks = new ListChecks({
    checked: { ledger, clock, integrity },
    reader,
    schedule: () => scheduleOf(config, policyNow().organisation.zone),
    log,
  })
  opened.push(() => checks.close())
  return {
    config,
    clock,
    isSample: isOfSample,
    restored,
    project: options.project,
    modules,
    controls: modules.controls,
    database,
    ledger,
    judges,
    tables,
    policies,
    messages,
    reader,
    files,
    accounts,
    policyNow,
    submit,
    ports,
    settled,
    quietly: work => holding([judges, tablesKeepUp], work),
    /** Collectors and acts begin: from here on the program looks at the world and changes it. */
    async begin() {
      if (options.isRehearsal) return
      // A new act begins at the head: what collectors bring must come after it.
      await acts.start()
      collectors.start()
      // A sample is what its seed makes of it, and nothing that anybody lives by.
      if (!isOfSample) checks.begin()
    },
    async erase(person, erasure) {
      const erased = await erase({ ledger, judges, forget: accounts.forget, person, erasure })
      await settled(erased.pos)
      return erased
    },
    async collect(module, name) {
      if (isOfSample) throw new OkiteError('SAMPLE_OUTSIDE', { setting: name })
      if (options.isRehearsal) throw new OkiteError('REHEARSAL_OUTSIDE', { setting: name })
      await collectors.runNow(module, name)
      await settled((await ledger.size()) - 1)
    },
    async adopt(pack, by, from) {
      checkBindings(pack, modules.controls)
      const when = { now: now(clock), ...(from !== undefined && { from }) }
      const adoption = await policies.adopt(pack, when, { name: by, person: by })
      await settled((await ledger.submit('core', adoption)).pos)
    },
    integrity,
    checks,
    close: () => opened.close(),
  }
}

/** Relative to the data folder, as everything in its settings is. */
const breachFolderOf = ({ dataDir }: ComposeOptions, { values }: Config): string | null =>
  values.breachFile === undefined ? null : resolve(dataDir, values.breachFile)
function mailerOf({ values }: Config): Mailer | null {
  const { smtpUrl, mailFrom, smtpCaFile } = values
  if (smtpUrl === undefined) return null
  const ca = smtpCaFile === undefined ? {} : { ca: readFileSync(smtpCaFile, 'utf8') }
  return openMailer({ url: smtpUrl, from: mailFrom ?? '', ...ca })
}

const linkTo = ({ values }: Config, path: string): string =>
  new URL(path, values.publicUrl ?? `http://localhost:${values.port}/`).href

/** Holds what follows the list while something is done, and no longer than a minute. */
async function holding<T>(
  followers: readonly Readonly<{ hold(): void; release(): void }>[],
  work: () => Promise<T>,
): Promise<T> {
  for (const one of followers) one.hold()
  let isHeld = true
  const release = () => {
    if (isHeld) for (const one of followers) one.release()
    isHeld = false
  }
  const timer = setTimeout(release, limits.behindMsMax)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
    release()
  }
}

/** A command that waits longer than this tells its user to look again later. */
const settledMsMax = 45_000

const behind = (signal: AbortSignal, pos: Pos): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new OkiteError('JUDGES_BEHIND', { pos })))
  })

/** True until the first adoption, also after a first start that did not get that far. */
async function hasNoPolicy(database: Database): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    'select from ledger.fact_type where type = $1 limit 1',
    [policyAdopted.name],
  )
  return rowCount === 0
}

const now = (clock: Clock): string => new Date(clock.nowMs()).toISOString()

const sources = new Map<string, ReturnType<typeof ruleSources>>()

/** The rule of a judge, as this program has it. */
export function sourceOf(source: string, modules: Modules, judge: Judge): RuleSource {
  const owner = modules.modules.find(module => judge.id.startsWith(`${module.id}.`))?.id ?? 'core'
  const ofModules = sources.get(source) ?? ruleSources(source)
  sources.set(source, ofModules)
  return withReads(ofModules(owner), judge.reads)
}
