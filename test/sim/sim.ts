import { strict as assert } from 'node:assert'
import { join } from 'node:path'
import type pg from 'pg'
import { codeOf, OkiteError } from '../../src/core/error.ts'
import type { FactType, Observation, Pos } from '../../src/core/fact.ts'
import * as coreFacts from '../../src/core/facts.ts'
import { policyAdopted } from '../../src/core/facts.ts'
import type { Judge, Params } from '../../src/core/judge.ts'
import { publish } from '../../src/core/ledger/publish.ts'
import { openSecrets, type Secrets } from '../../src/core/ledger/secrets.ts'
import { openFileSigner, type Signer } from '../../src/core/ledger/signer.ts'
import {
  handClock,
  memoryFolder,
  memoryLog,
  openTestLedger,
  startTestServer,
  type TestServer,
} from '../../src/core/ledger/testing.ts'
import { readPublished } from '../../src/core/ledger/testing-published.ts'
import type { Table } from '../../src/core/module.ts'
import { JudgeRunner, type RunnerOptions } from '../../src/core/run/follow.ts'
import { checkIntegrity } from '../../src/core/run/integrity.ts'
import { readFoldSchema } from '../../src/core/run/schema.ts'
import { stratify } from '../../src/core/run/strata.ts'
import { TableRunner } from '../../src/core/run/tables.ts'
import { createCalendars } from '../../src/core/time.ts'
import { assetScanned, syntheticControls, syntheticTypes } from '../synthetic.ts'
import { Faults, type Point } from './faults.ts'
import { failed, Killed, Machine } from './machine.ts'
import { controlCount, Outbox } from './world.ts'

/**
 * The real list, judges and tables through simulated days: the clock, the disk, the network and the
 * connections to the database are ours, and each can fail at every step. Everything that happens, and
 * everything that goes wrong, is drawn from the seed.
 */

export type Simulated = Readonly<{
  seed: number
  days: number
  facts: number
  conclusions: number
  starts: number
  struck: ReadonlyMap<Point, number>
}>

const coreTypes = Object.values(coreFacts).filter(
  (one): one is FactType => typeof one === 'object' && one !== null && 'schema' in one,
)
const types = new Map([...coreTypes, ...syntheticTypes].map(type => [type.name, type]))
const controls = syntheticControls(controlCount)
const defaults = new Map<string, Params>(controls.map(control => [control.id, control.params]))

/** How often each asset was scanned. */
const scans: Table = {
  name: 'asset_scans',
  version: 1,
  columns: 'subject text primary key, count integer not null',
  from: [assetScanned],
  async apply(fact, table, tx) {
    await tx.query(
      `insert into ${table} as t values ($1, 1)
       on conflict (subject) do update set count = t.count + 1`,
      [(fact.body as { subject: string }).subject],
    )
  },
}

const hourMs = 3_600_000
const startMs = Date.parse('2026-01-05T00:00:00.000Z')
/** So often a day something is looked at; in between only time passes. */
const looks = 3
/** Tries of one thing while faults go on: more in a row would be a fault that never ends. */
const triesMax = 200

/** A bug shows within so many facts of its kind, if there is one. */
const throwsWithin = 60

/** One process of the program. */
type Process = Readonly<{
  machine: Machine
  pool: pg.Pool
  ledger: Awaited<ReturnType<typeof openTestLedger>>['ledger']
  trusted: Awaited<ReturnType<typeof openTestLedger>>['trusted']
  judges: JudgeRunner
  tables: TableRunner
}>

/** A database whose flushes cost nothing: what a power cut would take is not simulated. */
export const startSimServer = (): Promise<TestServer> =>
  // Of hundreds of databases one would be looked after every moment.
  startTestServer(['autovacuum=off'], memoryFolder())

/** @throws AssertionError where a promise does not hold */
export async function simulate(server: TestServer, seed: number, days: number): Promise<Simulated> {
  const sim = new Simulation(server, seed)
  try {
    await sim.open()
    for (let day = 0; day < days; day += 1) await sim.day(day)
    return await sim.finish(days)
  } finally {
    await sim.close()
  }
}

/** What many of them came to. */
export type Sum = Readonly<{
  facts: number
  conclusions: number
  starts: number
  struck: ReadonlyMap<Point, number>
}>

/** Seeds in a row, and how long each is simulated. */
export type Seeds = Readonly<{ first: number; count: number; days: number }>

/** Several organisations at once: each waits for the database most of its time. */
const lanes = 4

/** A seed under which a promise does not hold is told, and the others go on. */
export async function simulateAll(
  server: TestServer,
  o: Seeds,
  failed: (seed: number, error: unknown) => void,
): Promise<Sum> {
  const struck = new Map<Point, number>()
  let [facts, conclusions, starts, next] = [0, 0, 0, o.first]
  const lane = async () => {
    for (let seed = next++; seed < o.first + o.count; seed = next++) {
      try {
        const found = await simulate(server, seed, o.days)
        facts += found.facts
        conclusions += found.conclusions
        starts += found.starts
        for (const [point, times] of found.struck)
          struck.set(point, (struck.get(point) ?? 0) + times)
      } catch (error) {
        failed(seed, error)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { facts, conclusions, starts, struck: new Map([...struck].toSorted()) }
}

class Simulation {
  private readonly server: TestServer
  private readonly seed: number
  private readonly faults: Faults
  private readonly clock = handClock(startMs)
  private readonly files = new Map<string, Buffer>()
  private readonly sources = ['one', 'two', 'three'].map(name => new Outbox(name))
  private readonly acknowledged = new Map<string, Readonly<{ pos: Pos; told: Observation }>>()
  private readonly signer: Signer
  private readonly secrets: Secrets
  private readonly pools: pg.Pool[] = []
  private database = ''
  private process: Process | null = null
  private starts = 0
  /** A judge that throws is stopped, and stays so: its own rows are no more to be compared. */
  private readonly throwing: Judge<any>

  constructor(server: TestServer, seed: number) {
    this.server = server
    this.seed = seed
    this.faults = new Faults(seed)
    this.signer = openFileSigner(join(server.folder, `sim${seed}.key`), { host: 'okite.example' })
    this.secrets = openSecrets(join(server.folder, `sim${seed}.secrets`))
    this.throwing = throwing(this.faults.random(2) === 0 ? this.faults.random(throwsWithin) : -1)
  }

  async open(): Promise<void> {
    const pool = await this.server.database()
    this.pools.push(pool)
    this.database = pool.options.database as string
    await this.run(async ({ ledger }) => {
      const from = new Date(this.clock.nowMs()).toISOString()
      const body = { policy: 'test', version: '1', from, hash: 'a'.repeat(64), statements: 1 }
      await ledger.submit('core', {
        ...{ type: policyAdopted, source: 'core', occurred: from, observed: from },
        ...{ trust: 'record', body, identity: 'policy' },
      })
    })
  }

  async day(day: number): Promise<void> {
    const { faults, clock, sources } = this
    for (let look = 0; look < looks; look += 1) {
      const atMs = startMs + (day * 24 + (look * 24) / looks) * hourMs + faults.random(7 * hourMs)
      // A clock that stands still, or is corrected: time itself goes on.
      if (!faults.strikes('clock.still') && atMs > clock.nowMs()) clock.add(atMs - clock.nowMs())
      if (faults.strikes('clock.back')) clock.add(-faults.random(50_000))
      for (const source of sources) {
        for (let count = faults.random(4); count > 0; count -= 1) {
          source.see(clock.nowMs(), faults.random)
        }
      }
      if (faults.strikes('process.killed')) this.process?.machine.kill()
      await this.run(process => this.work(process, look))
    }
  }

  private async work(process: Process, look: number): Promise<void> {
    await this.deliver(process)
    // Judges may be behind, and catch up with several days at once.
    if (this.faults.random(4) > 0) await this.judge(process)
    if (look === 0) {
      const folder = '/published'
      const { machine, pool, trusted } = process
      await this.tried(() => publish(pool, folder, trusted, machine.disk(this.files)))
    }
  }

  /** Every source tells what it has, in any order. */
  private async deliver({ ledger, machine }: Process): Promise<void> {
    const { faults } = this
    const all = this.sources
      .flatMap(source => [...source.pending.values()].map(one => ({ source, one })))
      .toSorted(() => faults.random(3) - 1)
    const told = all.flatMap(each =>
      faults.strikes('delivery.lost')
        ? []
        : faults.strikes('delivery.twice')
          ? [each, each]
          : [each],
    )
    const answers = await Promise.allSettled(
      told.map(({ one }) => ledger.submit(one.type.module, one)),
    )
    for (const [nth, answer] of answers.entries()) {
      const { source, one } = told[nth]!
      if (answer.status === 'rejected') {
        expected(answer.reason)
        continue
      }
      const { pos } = answer.value
      const before = this.acknowledged.get(one.identity)?.pos ?? pos
      assert.equal(before, pos, `${one.identity} has two positions (I4)`)
      this.acknowledged.set(one.identity, { pos, told: one })
      if (!faults.strikes('acknowledgement.lost')) source.pending.delete(one.identity)
    }
    if (machine.isKilled) throw new Killed()
  }

  private async judge({ judges, tables }: Process): Promise<void> {
    await this.tried(async () => {
      try {
        await judges.stepAll()
      } catch (error) {
        judges.reload()
        throw error
      }
      await tables.follow()
    })
  }

  /** Does it again until it is done; a fault that is none of ours ends the run. */
  private async tried<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work()
      } catch (error) {
        if (this.process?.machine.isKilled) throw new Killed()
        expected(error)
        assert.ok(tries < triesMax, `it never came to an end: ${String(error)}`)
      }
    }
  }

  /** With a process that lives; one that was killed is started again, and goes on. */
  private async run(work: (process: Process) => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const process = this.process?.machine.isKilled === false ? this.process : await this.start()
        await work(process)
        return
      } catch (error) {
        // Of a process that was killed in the middle anything may be heard.
        if (this.process?.machine.isKilled !== true) expected(error)
        assert.ok(tries < triesMax, `it never came up: ${String(error)}`)
      }
    }
  }

  /** A start that fails is none: what it opened is closed, and there is no process. */
  private async start(): Promise<Process> {
    await this.leave(this.process)
    this.process = null
    this.starts += 1
    const { clock, signer, secrets } = this
    const machine = new Machine(this.faults)
    const pool = await this.server.database({ database: this.database })
    this.pools.push(pool)
    machine.connect(pool)
    if (this.faults.strikes('connection.refused')) throw failed('ECONNREFUSED')
    const disk = machine.disk(this.files)
    const { ledger, trusted } = await openTestLedger(this.server, {
      ...{ types, clock, signer, secrets, pool, published: '/published', disk },
    })
    await pool.query(readFoldSchema())
    const { log } = memoryLog()
    const judges = new JudgeRunner({ ...this.runnerOptions(), list: ledger, log })
    const tables = new TableRunner({ pool, list: ledger, tables: [scans], log, onFacts: () => {} })
    const process: Process = { machine, pool, ledger, trusted, judges, tables }
    try {
      await judges.start()
      await tables.start()
    } catch (error) {
      await this.leave(process)
      throw error
    }
    this.process = process
    return process
  }

  private runnerOptions(): Omit<RunnerOptions, 'list' | 'log'> {
    const all = [...controls.map(control => control.judge), this.throwing]
    return {
      judges: stratify(all, []),
      defaults,
      packParams: () => new Map(),
      preparePolicy: async () => {},
      sourceOf: judge => ({ hash: '1'.repeat(64), content: judge.id, files: new Map() }),
      calendars: createCalendars([]),
      threads: null,
      clock: this.clock,
    }
  }

  /** Nothing goes wrong any more: all that was seen is on the list, and all of it holds. */
  async finish(days: number): Promise<Simulated> {
    const { faults, secrets, clock } = this
    faults.end()
    clock.add(hourMs)
    await this.run(async process => {
      await this.deliver(process)
      await this.judge(process)
    })
    const { ledger, pool, trusted, judges, machine } = this.process!
    assert.equal(
      this.sources.reduce((sum, { pending }) => sum + pending.size, 0),
      0,
    )
    for (const [identity, { pos, told }] of this.acknowledged) {
      assert.equal(await ledger.positionOf(told.type.module, told), pos, `${identity} (I3)`)
    }
    const size = await ledger.size()
    assert.equal(judges.judged, size, 'everything was judged')
    const now = new Date(clock.nowMs()).toISOString()
    assert.ok((judges.foresee(engine => engine.nextWake()) ?? '9') > now, 'what was due rang (I12)')
    const stopped = judges.stopped.map(one => one.judge)
    assert.deepEqual(
      stopped.filter(judge => judge !== this.throwing.id),
      [],
    )
    const { log } = memoryLog()
    const found = await checkIntegrity({
      pool,
      runner: { ...this.runnerOptions(), log },
      tables: [scans],
      files: { fault: async () => null },
      fsck: { pool, types, log: trusted, secrets },
    })
    assert.deepEqual(found.list.faults, [], 'I1 I2 I6')
    assert.equal(found.judges.why, null, 'I8')
    assert.deepEqual(found.rows.differing, [], 'I7')
    assert.deepEqual(found.tables.differing, [], 'I7')
    const disk = machine.disk(this.files)
    await publish(pool, '/published', trusted, disk)
    assert.equal(await readPublished('/published', { trusted }, disk), size, 'I5')
    return {
      ...{ seed: this.seed, days, facts: size, conclusions: found.judges.derived },
      ...{ starts: this.starts, struck: faults.struck },
    }
  }

  /** What a killed process leaves behind. */
  private async leave(process: Process | null): Promise<void> {
    if (process === null) return
    process.machine.kill()
    await process.judges.close().catch(() => {})
    await process.ledger.close().catch(() => {})
    await process.pool.end().catch(() => {})
  }

  async close(): Promise<void> {
    await this.leave(this.process)
    for (const pool of this.pools) if (!pool.ended) await pool.end()
  }
}

/** What the program says when something goes wrong around it; anything else is a bug. */
function expected(error: unknown): void {
  if (error instanceof Killed) return
  const code = codeOf(error)
  const isOurs = error instanceof OkiteError && /^(LEDGER|DATABASE)_/.test(code)
  const isConnection = /Connection terminated|not queryable|ECONN|EIO|ENOSPC/.test(
    `${(error as Error).message} ${(error as { code?: string }).code}`,
  )
  if (!isOurs && !isConnection) throw error
}

/** A rule with a bug that shows at its nth fact, whichever process steps it. */
const throwing = (nth: number): Judge<any> => ({
  id: 'synthetic.throwing',
  version: 1,
  from: [assetScanned],
  makes: [],
  keys: () => [''],
  init: () => ({ seen: 0 }),
  step: (row: { seen: number }) => {
    if (row.seen === nth) throw new TypeError('a bug')
    return { state: { seen: row.seen + 1 } }
  },
})
