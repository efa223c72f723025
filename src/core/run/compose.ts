import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import type { Control } from '../control/kind.ts'
import { statementRollup } from '../control/rollup.ts'
import { type Database, openDatabase } from '../db/database.ts'
import type { Fact } from '../fact.ts'
import { policyAdopted } from '../facts.ts'
import { loadMessages, type Messages } from '../i18n/messages.ts'
import type { Judge, Params } from '../judge.ts'
import { readVkey } from '../ledger/note.ts'
import { openSecrets } from '../ledger/secrets.ts'
import { openFileSigner } from '../ledger/signer.ts'
import { type Ledger, openLedger } from '../ledger/store.ts'
import { nodeVerifier } from '../ledger/verify-node.ts'
import type { Log } from '../log.ts'
import type { Module, Ports, Reader, Submit } from '../module.ts'
import type { Pack } from '../policy/pack.ts'
import { type Clock, createCalendars } from '../time.ts'
import { CollectorRunner } from './collectors.ts'
import { hasData, requireData } from './data-folder.ts'
import { discoverModules, type Modules, moduleFolders } from './discover.ts'
import { JudgeRunner, type RunnerOptions } from './follow.ts'
import { checkIntegrity, type Integrity } from './integrity.ts'
import { AdoptedPolicies } from './policies.ts'
import { createReader } from './reader.ts'
import { okiteVersion, readFoldSchema } from './schema.ts'
import { ruleSource } from './sources.ts'
import { TableRunner } from './tables.ts'

/** The program, put together: the list, its judges and its tables, on one data folder. */
export type Okite = Readonly<{
  config: Config
  modules: Modules
  controls: readonly Control[]
  database: Database
  ledger: Ledger
  judges: JudgeRunner
  tables: TableRunner
  policies: AdoptedPolicies
  messages: Messages
  /** Adopts the pack of this name from disk, in the name of a person; judged when it resolves. */
  adopt(name: string, by: string): Promise<Pack>
  reader: Reader
  submit(module: string): Submit
  ports(module: Module, signal: AbortSignal): Ports
  collectors: CollectorRunner
  /** Runs one collector now; resolves when what it saw is on the list. */
  collect(module: string, name: string): Promise<void>
  /** Derives everything again and compares. */
  integrity(progress?: (done: number, size: number) => void): Promise<Integrity>
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
  log: Log
  /** Told of facts once they are in the tables. */
  onFacts?: (facts: readonly Fact[]) => void
}>

/**
 * Opens everything in the order in which it depends on each other, and closes what was opened when a
 * later step refuses.
 */
export async function compose(options: ComposeOptions): Promise<Okite> {
  const { source, project, dataDir, clock, log } = options
  if (!options.create) requireData(dataDir)
  const first = !hasData(dataDir)
  let adopted: AdoptedPolicies | null = null
  const statements = statementRollup(({ hash }) => adopted?.statements(hash) ?? null)
  const modules = await discoverModules(source, [statements])
  const config = readConfig({
    dataDir,
    environment: options.environment,
    flags: options.flags,
    modules: modules.modules,
  })
  const { controls } = modules
  const messages = loadMessages(source, moduleFolders(source))
  const database = await openDatabase({
    dataDir,
    url: config.values.databaseUrl,
    create: options.create,
    log,
    clock,
  })
  const opened: Array<() => Promise<void>> = [() => database.close()]
  const close = async () => {
    for (const step of opened.splice(0).reverse()) await step()
  }
  try {
    if (first) mkdirSync(join(dataDir, 'keys'), { mode: 0o700 })
    const secrets = openSecrets(join(dataDir, 'keys', 'secrets'))
    const ledger = await openLedger({
      pool: database.pool,
      signer: openFileSigner(join(dataDir, 'keys', 'signer')),
      secrets,
      types: modules.types,
      clock,
      log,
      okiteVersion: okiteVersion(),
    })
    opened.push(() => ledger.close())
    await database.pool.query(readFoldSchema())
    const policies = new AdoptedPolicies(database.pool, join(project, 'policy'))
    adopted = policies
    if (options.create && (await hasNoPolicy(database))) {
      const pack = policies.onDisk(config.values.policy)
      await ledger.submit('core', await policies.adopt(pack, now(clock), null))
    }
    const runner: RunnerOptions = {
      list: ledger,
      judges: modules.judges,
      defaults: new Map<string, Params>(controls.map(control => [control.id, control.params])),
      packParams: hash => policies.bound(hash),
      preparePolicy: fact => policies.prepare(fact),
      sourceOf: judge => sourceOf(source, modules, judge),
      calendars: createCalendars([]),
      clock,
      log,
    }
    const judges = new JudgeRunner(runner)
    opened.push(() => judges.close())
    await judges.start()
    // Collectors need tables to read from, and tables tell collectors: the second half is set below.
    let heard: (facts: readonly Fact[]) => void = () => {}
    const declared = modules.modules.flatMap(module => module.tables ?? [])
    const tables = new TableRunner({
      pool: database.pool,
      list: ledger,
      tables: declared,
      log,
      onFacts: facts => {
        heard(facts)
        options.onFacts?.(facts)
      },
    })
    await tables.start()
    const unsubscribe = ledger.onAppend(() => {
      judges.poke()
      tables
        .follow()
        .catch(error => log.error('tables.failed', { message: String(error).slice(0, 200) }))
    })
    opened.push(async () => unsubscribe())
    const reader = createReader(database.pool, ledger)
    const abort = new AbortController()
    const ports = (module: Module, signal: AbortSignal): Ports => ({
      clock,
      log: log.child({ module: module.id }),
      reader,
      policy: policies.inForce(now(clock)) ?? policies.onDisk(config.values.policy),
      messages,
      settings: config.modules[module.id] ?? {},
      signal,
    })
    const submit =
      (module: string): Submit =>
      observation =>
        ledger.submit(module, observation)
    const collectors = new CollectorRunner({
      modules: modules.modules,
      ports: module => ports(module, abort.signal),
      submit,
      clock,
      log,
    })
    heard = facts => collectors.heard(facts)
    opened.push(async () => {
      abort.abort()
      await collectors.close()
    })
    return {
      config,
      modules,
      controls,
      database,
      ledger,
      judges,
      tables,
      policies,
      reader,
      submit,
      ports,
      collectors,
      async collect(module, name) {
        await collectors.runNow(module, name)
        await judges.reached((await ledger.size()) - 1)
        await tables.follow()
      },
      messages,
      async adopt(name, by) {
        const pack = policies.onDisk(name)
        const observation = await policies.adopt(pack, now(clock), { name: by, person: by })
        const { pos } = await ledger.submit('core', observation)
        await judges.reached(pos)
        await tables.follow()
        return pack
      },
      async integrity(progress) {
        const keys = [await readVkey(ledger.vkey, nodeVerifier)]
        return checkIntegrity({
          pool: database.pool,
          runner,
          tables: declared,
          fsck: {
            pool: database.pool,
            types: modules.types,
            log: { origin: ledger.origin, keys },
            secrets,
            ...(progress && { progress }),
          },
        })
      },
      async settled(pos) {
        await judges.reached(pos)
        await tables.follow()
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** True until the first adoption, also after a first start that did not get that far. */
async function hasNoPolicy(database: Database): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    'select from ledger.fact_type where type = $1 limit 1',
    [policyAdopted.name],
  )
  return rowCount === 0
}

const now = (clock: Clock): string => new Date(clock.nowMs()).toISOString()

const sources = new Map<string, ReturnType<typeof ruleSource>>()

function sourceOf(source: string, modules: Modules, judge: Judge): ReturnType<typeof ruleSource> {
  const owner = modules.modules.find(module => judge.id.startsWith(`${module.id}.`))?.id ?? 'core'
  const key = `${source} ${owner}`
  const known = sources.get(key) ?? ruleSource(source, owner)
  sources.set(key, known)
  return known
}
