import type { Runner } from 'graphile-worker'
import type { Pool } from 'pg'
import { OkiteError } from '../error.ts'
import type { Fact, Pos } from '../fact.ts'
import { actDiverted } from '../facts.ts'
import { lockCursor, moveCursor } from '../ledger/cursor.ts'
import { inTransaction } from '../ledger/transaction.ts'
import { limits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Accounts, Act, Module, Ports, Submit } from '../module.ts'
import { toInstant } from '../time.ts'
import type { List } from './list.ts'

type Job = Readonly<{ act: string; pos: Pos }>

/**
 * Facts → world. Each act follows the list with a cursor of its own; a job is queued in the
 * transaction that moves the cursor, under the name of the act and the position that caused it, so
 * that one cause makes one job (M11). What came of it is reported as a fact: done, or failed when
 * the last attempt failed. An act that is new begins at the head: nothing is done for the past (V46).
 */
export class ActRunner {
  private readonly acts: ReadonlyMap<string, { act: Act; module: Module }>
  private readonly options: ActOptions
  private worker: Runner | null = null
  private turn: Promise<void> = Promise.resolve()
  private closed = false
  /** Act and cause of what is being done now. */
  private readonly performing = new Set<string>()

  constructor(options: ActOptions) {
    this.options = options
    this.acts = new Map(
      options.modules.flatMap(module =>
        (module.acts ?? []).map(act => [act.name, { act, module }]),
      ),
    )
  }

  async start(): Promise<void> {
    // Without acts there is no queue, no connection and no memory for one.
    if (this.acts.size === 0) return
    const { Logger, run, runMigrations } = await import('graphile-worker')
    const { pool, list } = this.options
    const logger = new Logger(() => () => {})
    await runMigrations({ pgPool: pool, logger })
    for (const name of this.acts.keys()) {
      await inTransaction(pool, async tx => {
        const { rowCount } = await tx.query('select from ledger.cursor where consumer = $1', [
          consumer(name),
        ])
        if (rowCount !== 0) return
        await lockCursor(tx, consumer(name))
        await moveCursor(tx, consumer(name), await list.size())
      })
    }
    this.worker = await run({
      pgPool: pool,
      logger,
      noHandleSignals: true,
      concurrency: 4,
      taskList: { act: (payload, helpers) => this.perform(payload as Job, helpers.job) },
    })
    await this.follow()
  }

  /** Queues jobs for what was appended, once it is started. Calls queue up behind each other. */
  follow(): Promise<void> {
    if (this.worker === null) return Promise.resolve()
    const after = this.turn.then(async () => {
      for (const { act } of this.acts.values()) await this.queue(act)
    })
    this.turn = after.catch(() => undefined)
    return after
  }

  async close(): Promise<void> {
    this.closed = true
    await this.turn
    const { worker } = this
    this.worker = null
    await worker?.stop()
  }

  private async queue(act: Act): Promise<void> {
    const { pool, list } = this.options
    const types = new Set(act.on.map(type => type.name))
    for (let more = true; more && !this.closed; ) {
      more = await inTransaction(pool, async tx => {
        const next = await lockCursor(tx, consumer(act.name))
        const facts = await list.read(next, limits.factsPerPage)
        for (const fact of facts.filter(f => types.has(f.type))) {
          await tx.query(
            `select graphile_worker.add_job('act', payload => $1::json, job_key => $2, max_attempts => $3)`,
            [
              JSON.stringify({ act: act.name, pos: fact.pos }),
              `${act.name} ${fact.pos}`,
              act.attemptsMax,
            ],
          )
        }
        await moveCursor(tx, consumer(act.name), next + facts.length)
        return facts.length > 0
        // The commit is the point of no return: from then on the act will be tried.
      })
    }
  }

  private async perform(
    job: Job,
    tries: { attempts: number; max_attempts: number },
  ): Promise<void> {
    const found = this.acts.get(job.act)
    // The act was taken out of the program: there is nobody to perform it.
    if (found === undefined) return
    const [fact] = await this.options.list.readPositions([job.pos])
    if (fact === undefined) return
    const name = `${job.act} ${job.pos}`
    // Queued twice, it is performed once: by whoever began, and not again when it is done.
    if (this.performing.has(name)) return
    this.performing.add(name)
    try {
      if (!(await this.isDone(job))) await this.attempt(found, fact, job, tries)
    } finally {
      this.performing.delete(name)
    }
  }

  /** Ends what a sample would have sent in a fact that people can look at. */
  private async divert({ act, module }: { act: Act; module: Module }, fact: Fact): Promise<void> {
    const ports = this.options.ports(module)
    const outgoing = await act.describe?.(fact, ports)
    const now = toInstant(ports.clock.nowMs())
    const text = outgoing && { value: outgoing.text, person: outgoing.to.person }
    await this.options.submit(actDiverted.module)({
      type: actDiverted,
      ...{ source: act.name, occurred: now, observed: now, trust: 'instrument' },
      body: { act: act.name, cause: fact.pos, channel: outgoing?.channel ?? 'other' },
      ...(outgoing && text && { private: { to: outgoing.to, text } }),
      identity: `${act.name} ${fact.pos}`,
    })
  }

  private async attempt(
    found: { act: Act; module: Module },
    fact: Fact,
    job: Job,
    tries: { attempts: number; max_attempts: number },
  ): Promise<void> {
    const { accounts } = this.options
    const ports = { ...this.options.ports(found.module), accounts }
    const submit = this.options.submit(found.module.id)
    try {
      if (this.options.isDiverted) await this.divert(found, fact)
      else await submit(await found.act.run(fact, ports))
      await this.setDone(job)
    } catch (error) {
      const code = error instanceof OkiteError ? error.code : 'ACT_FAILED'
      this.options.log.warn('act.failed', {
        act: job.act,
        pos: job.pos,
        code,
        attempt: tries.attempts,
      })
      if (tries.attempts >= tries.max_attempts) {
        await submit(found.act.failed(fact, code, ports))
        await this.setDone(job)
      }
      throw error
    }
  }

  private async isDone({ act, pos }: Job): Promise<boolean> {
    const { rowCount } = await this.options.pool.query(
      'select from fold.act_done where act = $1 and pos = $2',
      [act, pos],
    )
    return rowCount !== 0
  }

  private async setDone({ act, pos }: Job): Promise<void> {
    await this.options.pool.query(
      'insert into fold.act_done (act, pos) values ($1, $2) on conflict do nothing',
      [act, pos],
    )
  }
}

export type ActOptions = Readonly<{
  pool: Pool
  list: List
  modules: readonly Module[]
  /** Of a sample: no act is performed, and each is said (`act.sending.diverted`). */
  isDiverted: boolean
  ports: (module: Module) => Ports
  submit: (module: string) => Submit
  accounts: Accounts
  log: Log
}>

const consumer = (act: string): string => `act:${act}`
