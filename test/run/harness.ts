import { strict as assert } from 'node:assert'
import type pg from 'pg'
import type { Control } from '../../src/core/control/kind.ts'
import { readingOf } from '../../src/core/db/database.ts'
import type { Fact, FactType, Instant, Key, Pos, PrivateValue, Trust } from '../../src/core/fact.ts'
import * as coreFacts from '../../src/core/facts.ts'
import {
  claimAccepted,
  factCorrected,
  factRetracted,
  policyAdopted,
  verdictChanged,
} from '../../src/core/facts.ts'
import type { Judge, Params } from '../../src/core/judge.ts'
import {
  handClock,
  memoryLog,
  openTestLedger,
  type TestServer,
} from '../../src/core/ledger/testing.ts'
import type { Table } from '../../src/core/module.ts'
import type { Threads } from '../../src/core/run/apart.ts'
import { JudgeRunner, type RunnerOptions } from '../../src/core/run/follow.ts'
import { checkIntegrity } from '../../src/core/run/integrity.ts'
import type { List } from '../../src/core/run/list.ts'
import { Overlay, targetOf } from '../../src/core/run/overlay.ts'
import { readFoldSchema } from '../../src/core/run/schema.ts'
import { stratify } from '../../src/core/run/strata.ts'
import { TableRunner } from '../../src/core/run/tables.ts'
import { foldSilently } from '../../src/core/run/takeover.ts'
import { createCalendars } from '../../src/core/time.ts'
import { syntheticTypes } from '../synthetic.ts'

/** What one program is made of; another may follow it on the same list. */
export type Program = Readonly<{
  controls?: readonly Control[]
  judges?: readonly Judge<any>[]
  tables?: readonly Table[]
  /** SHA-256 of the rule's source, by judge; judges not named share one. */
  sources?: Readonly<Record<string, string>>
  /** Stands between the runner and the list, for faults. */
  list?: (list: List) => List
  /** Other cores, for lists that are long enough. */
  threads?: Threads
}>

export type Given = Readonly<{
  at?: Instant
  occurred?: Instant
  trust?: Trust
  private?: Readonly<Record<string, PrivateValue>>
  identity?: string
}>

export type Run = Awaited<ReturnType<typeof createRun>>

const coreTypes = Object.values(coreFacts).filter(
  (one): one is FactType => typeof one === 'object' && one !== null && 'schema' in one,
)

export const person = (name: string): PrivateValue => ({ value: name, person: name })

const runs: { close(): Promise<void> }[] = []

/** Also what a failed test has left open. */
export async function closeRuns(): Promise<void> {
  for (const run of runs.splice(0)) await run.close()
}

const sourceHash = (text: string): string => text.padEnd(64, '0')

/** A list on a database of its own, and programs that judge it one after the other. */
export async function createRun(
  server: TestServer,
  options: Readonly<{ types?: readonly FactType[]; pool?: pg.Pool; start?: Instant }> = {},
) {
  const types = new Map(
    [...coreTypes, ...syntheticTypes, ...(options.types ?? [])].map(type => [type.name, type]),
  )
  const clock = handClock(Date.parse(options.start ?? '2026-01-05T00:00:00.000Z'))
  const opened = await openTestLedger(server, {
    types,
    clock,
    ...(options.pool && { pool: options.pool }),
  })
  const { ledger, pool, secrets, trusted } = opened
  const reading = await server.database(readingOf({ database: pool.options.database }))
  await pool.query(readFoldSchema())
  const { log, lines } = memoryLog()
  const open: JudgeRunner[] = []
  let program: Program = {}
  let runner: JudgeRunner | null = null
  let tables: TableRunner | null = null
  let identity = 0

  const runnerOptions = (of: Program): RunnerOptions => {
    const controls = of.controls ?? []
    const complaints: string[] = []
    const judges = stratify(
      [...(of.judges ?? []), ...controls.map(control => control.judge)],
      complaints,
    )
    assert.deepEqual(complaints, [])
    return {
      list: of.list === undefined ? ledger : of.list(ledger),
      judges,
      defaults: new Map<string, Params>(controls.map(c => [c.id, c.params])),
      packParams: () => new Map(),
      preparePolicy: async () => {},
      sourceOf: judge => ({
        hash: sourceHash(Buffer.from(of.sources?.[judge.id] ?? 'one').toString('hex')),
        content: judge.id,
        files: new Map(),
      }),
      calendars: createCalendars([]),
      threads: of.threads ?? null,
      clock,
      log,
    }
  }

  const run = {
    ledger,
    pool,
    reading,
    clock,
    secrets,
    lines,
    get runner() {
      assert(runner !== null, 'no program is running')
      return runner
    },
    get tables() {
      assert(tables !== null, 'no program is running')
      return tables
    },
    /** Starts a program; the one before must have been stopped. */
    async start(next: Program): Promise<void> {
      program = next
      runner = new JudgeRunner(runnerOptions(program))
      open.push(runner)
      await runner.start()
      const facts = { onFacts: () => {}, log, pool, list: ledger }
      tables = new TableRunner({ ...facts, tables: program.tables ?? [] })
      await tables.start()
    },
    async stop(): Promise<void> {
      await runner?.close()
      runner = null
    },
    /** A second runner on the same list, as another process would have it. */
    second(of: Program = program): JudgeRunner {
      const other = new JudgeRunner(runnerOptions(of))
      open.push(other)
      return other
    },
    /** Appends without waiting for the judges. */
    async append<B>(type: FactType<B>, body: B, given: Given = {}): Promise<Pos> {
      if (given.at !== undefined) clock.set(given.at)
      else clock.add(1_000)
      const now = new Date(clock.nowMs()).toISOString()
      const { pos } = await ledger.submit(type.module, {
        type,
        source: 'test',
        occurred: given.occurred ?? now,
        observed: now,
        trust: given.trust ?? 'instrument',
        body,
        identity: given.identity ?? `${identity++}`,
        ...(given.private && { private: given.private }),
      })
      return pos
    },
    async fact<B>(type: FactType<B>, body: B, given: Given = {}): Promise<Pos> {
      const pos = await run.append(type, body, given)
      await run.settle()
      return pos
    },
    adopt: (given: Given & { from?: Instant; hash?: string } = {}): Promise<Pos> =>
      run.fact(
        policyAdopted,
        {
          policy: 'test',
          version: '1',
          from: given.from ?? given.at ?? new Date(clock.nowMs() + 1_000).toISOString(),
          hash: given.hash ?? 'a'.repeat(64),
          statements: 1,
        },
        given,
      ),
    retract: (target: Pos, given: Given = {}) =>
      run.fact(factRetracted, { target }, { private: two, ...given }),
    correct: (target: Pos, body: any, given: Given = {}) =>
      run.fact(factCorrected, { target, body }, { private: two, ...given }),
    accept: (target: Pos, by: string, given: Given = {}) =>
      run.fact(claimAccepted, { target }, { private: { by: person(by) }, ...given }),
    /** Lets everything that is there, or due, be judged. */
    async settle(of: JudgeRunner | null = runner): Promise<void> {
      if (of === null) return
      for (let attempt = 0; attempt < 400; attempt++) {
        of.poke()
        await (of as unknown as { running: Promise<void> | null }).running
        const isQuiet = (of as unknown as { running: Promise<void> | null }).running === null
        if (isQuiet && of.judged >= (await ledger.size())) break
        await new Promise(resolve => setTimeout(resolve, 2))
      }
      assert.equal(of.judged, await ledger.size(), `judges came to rest: ${lines.slice(-3)}`)
      await tables?.follow()
    },
    async advance(to: Instant): Promise<void> {
      clock.set(to)
      await run.settle()
    },
    async list(): Promise<readonly Fact<any>[]> {
      const all: Fact[] = []
      for (;;) {
        const page = await ledger.read(all.length, 5_000)
        if (page.length === 0) return all
        all.push(...page)
      }
    },
    async facts(type: FactType): Promise<readonly Fact<any>[]> {
      return (await run.list()).filter(fact => fact.type === type.name)
    },
    async verdict(control: string): Promise<Fact<any>> {
      const all = await run.facts(verdictChanged)
      const last = all.findLast(fact => fact.body.control === control)
      assert(last !== undefined, `${control} has a verdict`)
      return last
    },
    /** `kept / holds` */
    async says(control: string): Promise<string> {
      const { body } = await run.verdict(control)
      return `${body.status} / ${body.reason.code}`
    },
    async row(judge: string, key: Key): Promise<any> {
      const { rows } = await pool.query<{ state: string }>(
        'select state from fold.judge_row where judge = $1 and key = $2',
        [judge, key],
      )
      return rows[0] === undefined ? null : JSON.parse(rows[0].state)
    },
    /**
     * @param meanwhile happens once, when the check has begun to perform the judges again
     * @param of the program that checks
     */
    integrity(meanwhile: () => Promise<void> = async () => {}, of: Program = program) {
      let isDone = false
      const preparePolicy = async () => {
        if (!isDone) await meanwhile()
        isDone = true
      }
      return checkIntegrity({
        pool,
        runner: { ...runnerOptions(of), preparePolicy },
        tables: of.tables ?? [],
        files: { fault: async () => null },
        fsck: { pool, types, log: trusted, secrets },
      })
    },
    /** Everything derived again is equal (I2, I7, I8), and so are counts made from nothing (V40). */
    async finish(): Promise<void> {
      await run.settle()
      const found = await run.integrity()
      const context = JSON.stringify({ ...found, list: found.list.faults }, null, 1)
      assert.equal(found.judges.differs, null, context)
      assert.deepEqual(found.rows.differing, [], context)
      assert.equal(found.ok, true, context)
      await compareCounts()
      await run.close()
    },
    async close(): Promise<void> {
      if (pool.ended) return
      await Promise.all(open.map(one => one.close()))
      await ledger.close()
      await Promise.all([pool.end(), reading.end()])
    },
  }
  runs.push(run)
  return run

  async function compareCounts(): Promise<void> {
    const of = runnerOptions(program)
    const overlay = new Overlay(of.judges)
    const list = await run.list()
    for (const fact of list) {
      const target = targetOf(fact)
      if (target !== null) overlay.take(fact, list[target] as Fact)
    }
    const { engine } = await foldSilently({ ...of, list: ledger, overlay, until: list.length })
    for (const seat of engine.seats) {
      for (const key of seat.rows.keys()) {
        const fresh = seat.rows.byKey.get(key)?.state as any
        const stored = await run.row(seat.judge.id, key)
        const view = (row: any) =>
          row?.tally === undefined
            ? [row?.share?.status, row?.share?.code]
            : [row.live?.population, row.said?.status, row.said?.code]
        assert.deepEqual(view(stored), view(fresh), `${seat.judge.id} ${key} from scratch`)
      }
    }
  }
}

/** Two persons, as every retraction and correction needs them. */
export const two = { by: person('first@example.org'), second: person('second@example.org') }

/** Something happens once, while a program that starts folds the list from the beginning. */
export const duringFold = (work: (factsRead: number) => Promise<unknown>) => {
  let isDone = false
  return (of: List): List => ({
    ...of,
    async read(from, countMax) {
      const page = await of.read(from, countMax)
      if (!isDone && from === 0) {
        isDone = true
        await work(page.length)
      }
      return page
    },
  })
}
