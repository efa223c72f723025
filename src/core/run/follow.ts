import { strict as assert } from 'node:assert'
import type { PoolClient } from 'pg'
import { codeOf, OkiteError } from '../error.ts'
import type { Fact, Pos } from '../fact.ts'
import { policyAdopted, timeReached } from '../facts.ts'
import type { Judge, Params } from '../judge.ts'
import { lockCursor, moveCursor } from '../ledger/cursor.ts'
import { limits } from '../limits.ts'
import type { Log } from '../log.ts'
import { type Calendars, type Clock, toInstant } from '../time.ts'
import { type PackParams, Policies, policyTypes } from './adoption.ts'
import type { Threads } from './apart.ts'
import { type Emit, Engine } from './engine.ts'
import type { Batch, List } from './list.ts'
import { amendments, Overlay, targetOf } from './overlay.ts'
import { retire } from './retire.ts'
import { flushRows, restoreRows, storedJudges } from './snapshot.ts'
import type { RuleSource } from './sources.ts'
import { stepFact } from './step.ts'
import { changedJudges, FoldedAhead, upgrade } from './upgrade.ts'

/** The name under which the judges' progress is kept. */
const consumer = 'judges'

/** Only once a day at the longest does the loop look whether time has passed unnoticed. */
const sleepMsMax = 3_600_000

/**
 * Follows the list with all judges. Their rows, the facts they make and the cursor commit in one
 * transaction, so that an effect and its progress cannot part; recovery is the normal path: after
 * any failure the memory is thrown away and read again.
 */
export class JudgeRunner {
  private engine: Engine | null = null
  private overlay = new Overlay([])
  private next: Pos = 0
  /** Where the present transaction began to append. */
  private committed: Pos = 0
  private timer: NodeJS.Timeout | null = null
  private running: Promise<void> | null = null
  private again = false
  private closed = false
  /** Who holds it now. */
  private holds = 0
  private failures = 0
  private readonly waiting: Array<{
    pos: Pos
    resolve: () => void
    reject: (error: unknown) => void
  }> = []
  private readonly options: RunnerOptions

  constructor(options: RunnerOptions) {
    this.options = options
  }

  /** Positions below this have been judged. */
  get judged(): Pos {
    return this.next
  }

  /** Judges that were stopped because of a bug. */
  get stopped(): readonly { judge: string; code: string }[] {
    return (
      this.engine?.seats.flatMap(s =>
        s.stopped === null ? [] : [{ judge: s.judge.id, code: s.stopped }],
      ) ?? []
    )
  }

  /** Steps everything that is there now, and from then on whatever comes. */
  async start(): Promise<void> {
    this.running = this.catchUp()
      .catch((error: unknown) => {
        this.engine = null
        throw error
      })
      .finally(() => {
        this.running = null
      })
    await this.running
  }

  /** Rows were changed in the database under the head lock: the memory is read again (V48). */
  reload(): void {
    this.engine = null
  }

  /**
   * Steps nothing more until it is released: whoever appends very much has the machine for himself, and
   * what comes is judged after it.
   */
  hold(): void {
    this.holds += 1
  }

  release(): void {
    this.holds -= 1
    this.poke()
  }

  /** Something was appended, or time has passed. */
  poke(): void {
    if (this.closed || this.holds > 0) return
    if (this.running !== null) {
      this.again = true
      return
    }
    this.running = this.catchUp()
      .then(() => {
        this.failures = 0
      })
      .catch((error: unknown) => {
        this.failures += 1
        this.options.log.error('judges.failed', {
          code: codeOf(error),
          failures: this.failures,
        })
        // The engine's memory may be ahead of the database: read it again (…AndNotPersisted).
        this.engine = null
        this.sleep(Math.min(30_000, 250 * 2 ** Math.min(this.failures, 7)))
      })
      .finally(() => {
        this.running = null
        if (this.again) {
          this.again = false
          this.poke()
        }
      })
  }

  /** Looks at the rows as they are now. @throws OkiteError `JUDGES_BEHIND` while they are read anew */
  foresee<T>(look: (engine: Engine) => T): T {
    if (this.engine === null) throw new OkiteError('JUDGES_BEHIND', { pos: this.next })
    return look(this.engine)
  }

  /** Resolves when the judges have stepped past this position. */
  async reached(pos: Pos): Promise<void> {
    if (this.next > pos) return
    if (this.closed) throw new OkiteError('STOPPING')
    const done = new Promise<void>((resolve, reject) => this.waiting.push({ pos, resolve, reject }))
    this.poke()
    return done
  }

  async close(): Promise<void> {
    this.closed = true
    if (this.timer !== null) clearTimeout(this.timer)
    await this.running
    for (const wait of this.waiting.splice(0)) wait.reject(new OkiteError('STOPPING'))
  }

  /**
   * Steps everything up to this instant, held or not: for who appends in a time of his own, and nobody
   * else steps meanwhile.
   */
  async stepAll(): Promise<void> {
    await this.running
    await this.catchUp(true)
  }

  private async catchUp(isAsked = false): Promise<void> {
    for (;;) {
      if (this.closed || (this.holds > 0 && !isAsked)) return
      if (this.engine === null) {
        await this.load()
        continue
      }
      const more = await this.stepBatch()
      for (const wait of this.waiting.filter(w => w.pos < this.next)) wait.resolve()
      this.waiting.splice(0, this.waiting.length, ...this.waiting.filter(w => w.pos >= this.next))
      if (!more) break
    }
    if (isAsked) return
    const wake = this.engine?.nextWake() ?? null
    if (wake !== null) this.sleep(Date.parse(wake) - this.options.clock.nowMs())
  }

  private sleep(ms: number): void {
    if (this.closed) return
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => this.poke(), Math.min(Math.max(ms, 1), sleepMsMax))
    this.timer.unref()
  }

  /** One transaction: up to a limit of facts. Answers whether there is more to do at once. */
  private async stepBatch(): Promise<boolean> {
    const { list, clock } = this.options
    const engine = this.engine
    assert(engine !== null)
    // Read before the head is locked: what is committed does not change, and appenders need not wait.
    const page = await list.read(this.next, limits.factsPerBatchMax)
    const due = engine.nextWake()
    if (page.length === 0 && (due === null || due > toInstant(clock.nowMs()))) return false
    const reached = await list
      .write(async batch => {
        // Rows were changed: what is stored is newer than ours.
        if (this.engine !== engine) return null
        const emit = this.emitInto(batch)
        const end = await this.stepFacts(engine, batch, page, emit)
        if (engine.seats.reduce((sum, seat) => sum + seat.rows.byKey.size, 0) > limits.rowsMax) {
          throw new OkiteError('JUDGE_ROWS_FULL', { limit: limits.rowsMax })
        }
        await flushRows(batch.tx, engine)
        await this.flushStopped(batch.tx, engine)
        // Another process went on: all of this falls with the transaction.
        if (!(await moveCursorFrom(batch.tx, this.next, end))) throw overtaken
        return end
        // The commit that follows is the point of no return: only then do facts, rows and cursor exist.
      })
      .catch((error: unknown) => {
        if (error === overtaken) return null
        throw error
      })
    if (reached === null) {
      this.engine = null
      return true
    }
    this.next = reached
    return true
  }

  /**
   * Steps what the list holds and what that makes, at the head also the time that was reached, up to
   * a limit. Answers how far it has come.
   */
  private async stepFacts(
    engine: Engine,
    batch: Batch,
    read: readonly Fact[],
    emit: Emit,
  ): Promise<Pos> {
    const committed = batch.size
    this.committed = committed
    const limit = this.next + limits.factsPerBatchMax
    // What was appended between the reading and the lock.
    const readTo = this.next + read.length
    const more = Math.min(committed, limit) - readTo
    const facts = more > 0 ? [...read, ...(await this.options.list.read(readTo, more))] : read
    for (let pos = this.next; ; pos++) {
      if (pos === batch.size) await this.reachTime(engine, batch)
      if (pos === Math.min(batch.size, limit)) return pos
      const fact = pos < committed ? facts[pos - this.next] : batch.fact(pos)
      assert(fact?.pos === pos, 'the list has no gaps')
      await this.stepFact(engine, batch, fact, emit)
    }
  }

  /** At the head with a wake due: one `time.reached` moves everybody (V2). */
  private async reachTime(engine: Engine, batch: Batch): Promise<void> {
    const at = engine.nextWake()
    if (at === null || at > batch.recorded) return
    await batch.observe('core', {
      type: timeReached,
      source: 'clock',
      occurred: at,
      observed: batch.recorded,
      trust: 'instrument',
      body: { at },
      identity: `time.reached ${at} ${batch.size}`,
    })
  }

  private stepFact(engine: Engine, batch: Batch, fact: Fact, emit: Emit): Promise<void> {
    const list = within(this.options.list, batch, this.committed)
    const { overlay } = this
    return stepFact({ ...this.options, list, engine, tx: batch.tx, overlay, fact, emit })
  }

  private emitInto(batch: Batch): Emit {
    return (draft, by) => batch.derive(draft, by)
  }

  private async flushStopped(tx: PoolClient, engine: Engine): Promise<void> {
    for (const { judge, code, cause } of engine.stopped.splice(0)) {
      this.options.log.error('judge.stopped', { judge, code, cause })
      await tx.query('update fold.judge set stopped = $2 where judge = $1', [judge, code])
    }
  }

  /** Reads rows, policies and amendments; folds what is new or changed and lets it take over. */
  private async load(): Promise<void> {
    const { list } = this.options
    let ahead: FoldedAhead | null = null
    for (;;) {
      const loaded: Engine | FoldedAhead = await list.write(batch => this.loadUnder(batch, ahead))
      // The commit is the point of no return: only with it has a new version taken over.
      if (loaded instanceof Engine) {
        this.engine = loaded
        return
      }
      ahead = loaded
      await ahead.begin(list, () => this.closed)
      while (!ahead.isThere) {
        if (this.closed) return
        await ahead.page(list)
      }
    }
  }

  /** Answers the engine; or what must be folded ahead first, because it is too much under a lock. */
  private async loadUnder(batch: Batch, ahead: FoldedAhead | null): Promise<Engine | FoldedAhead> {
    const { list, judges } = this.options
    this.next = await lockCursor(batch.tx, consumer)
    const past = await factsBefore(list, batch.tx, this.next)
    const policies = new Policies(this.options.packParams)
    this.overlay = new Overlay(judges)
    for (const fact of past) {
      if (fact.type === policyAdopted.name) await this.options.preparePolicy(fact)
      policies.take(fact)
      const target = targetOf(fact)
      if (target === null) continue
      const [targetFact] = await list.readPositions([target])
      if (targetFact !== undefined) this.overlay.take(fact, targetFact)
    }
    const stored = await storedJudges(batch.tx)
    const changed = changedJudges(this.options, stored)
    const at = { ...this.options, batch, overlay: this.overlay, next: this.next, changed, past }
    const folded = changed.length === 0 ? null : await FoldedAhead.from(at, ahead)
    if (folded !== null && !folded.isNear) return folded
    const engine = new Engine({ ...this.options, policies })
    const last = this.next === 0 ? [] : await list.readPositions([this.next - 1])
    engine.resume(last[0]?.recorded ?? '')
    await restoreRows(
      batch.tx,
      engine,
      engine.seats.map(seat => seat.judge.id),
    )
    for (const seat of engine.seats) seat.stopped = stored.get(seat.judge.id)?.stopped ?? null
    await retire({ list, batch, judges, stored })
    if (folded === null) return engine
    while (!folded.isThere) await folded.page(list)
    await upgrade({ ...at, engine, folded: folded.fold, emit: this.emitInto(batch) })
    // The cursor stays where it is: what the takeover said is stepped like any other fact.
    await moveCursor(batch.tx, consumer, this.next)
    return engine
  }
}

export type RunnerOptions = Readonly<{
  list: List
  judges: readonly Judge[]
  defaults: ReadonlyMap<string, Params>
  packParams: PackParams
  /** Makes the parameters of an adopted policy available, before it is stepped. */
  preparePolicy(adopted: Fact): Promise<void>
  sourceOf(judge: Judge): RuleSource
  calendars: Calendars
  /** Other cores for long folds; null: none. */
  threads: Threads | null
  clock: Clock
  log: Log
}>

/** The list as this transaction sees it: with what it has appended itself. */
const within = (
  list: List,
  batch: Batch,
  committed: Pos,
): Pick<List, 'read' | 'readPositions'> => ({
  read: (from, countMax) => list.read(from, countMax),
  async readPositions(positions) {
    const read = await list.readPositions(positions.filter(pos => pos < committed))
    const found = new Map(read.map(fact => [fact.pos, fact]))
    return positions.map(pos => found.get(pos) ?? batch.fact(pos))
  },
})

/** Says that what was stepped had been stepped already. */
const overtaken = new Error('the cursor stands elsewhere')

/**
 * Moves the cursor if it still stands where we began. Whoever moves it holds the head lock, so it
 * need not be locked before the work: one trip less for the effect of a fact.
 */
async function moveCursorFrom(tx: PoolClient, from: Pos, to: Pos): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'judges-cursor',
    text: 'update ledger.cursor set next = $3 where consumer = $1 and next = $2',
    values: [consumer, from, to],
  })
  return rowCount === 1
}

/** Policies and amendments below a position, in order. */
async function factsBefore(list: List, tx: PoolClient, next: Pos): Promise<readonly Fact[]> {
  const types = [...policyTypes, ...amendments].map(type => type.name)
  const { rows } = await tx.query<{ pos: string }>(
    'select pos from ledger.fact_type where type = any($1) and pos < $2 order by pos',
    [types, next],
  )
  return list.readPositions(rows.map(row => Number(row.pos)))
}
