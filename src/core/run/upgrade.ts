import type { PoolClient } from 'pg'
import { codeOf } from '../error.ts'
import type { Fact, Pos } from '../fact.ts'
import { judgeVersionChanged, privacyErased } from '../facts.ts'
import type { Judge, Params } from '../judge.ts'
import { limits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Calendars } from '../time.ts'
import type { PackParams } from './adoption.ts'
import { foldApart, type Threads } from './apart.ts'
import type { Emit, Engine } from './engine.ts'
import type { Batch, List } from './list.ts'
import { type Overlay, targetOf } from './overlay.ts'
import { flushRows, type StoredJudge } from './snapshot.ts'
import type { RuleSource } from './sources.ts'
import { standingOfAll } from './standing.ts'
import { type FoldOptions, SilentFold, takeOver } from './takeover.ts'

type SourceOf = (judge: Judge) => RuleSource

/** Judges whose version or source is not the one that judged here last. */
export function changedJudges(
  { judges, sourceOf }: Readonly<{ judges: readonly Judge[]; sourceOf: SourceOf }>,
  stored: ReadonlyMap<string, StoredJudge>,
): readonly Judge[] {
  return judges.filter(judge => {
    const before = stored.get(judge.id)
    return before?.version !== judge.version || before.source !== sourceOf(judge).hash
  })
}

/** Where the judges stand, read under the head lock. */
type Standing = Readonly<{
  batch: Batch
  next: Pos
  changed: readonly Judge[]
  /** Amendments among them, below `next`. */
  past: readonly Fact[]
  overlay: Overlay
  defaults: ReadonlyMap<string, Params>
  packParams: PackParams
  calendars: Calendars
  threads: Threads | null
  log: Log
}>

/**
 * The silent fold of changed judges, made before the head is locked: on a long list it takes longer
 * than anybody may wait for the lock. Under it only what came meanwhile is folded.
 */
export class FoldedAhead {
  private folded: SilentFold | null = null
  private readonly options: FoldOptions & Readonly<{ threads: Threads | null; log: Log }>
  /** Size of the list before the first fact was read. */
  private readonly size: Pos
  private overlay: Overlay
  private goal: Pos

  private constructor({ batch, next, changed, overlay, ...options }: Standing) {
    this.options = { ...options, judges: changed, isUnchecked: true }
    this.size = batch.size
    this.overlay = overlay
    this.goal = next
  }

  /** Goes on with what was folded, or begins anew when it is not what would be folded today. */
  static async from(at: Standing, before: FoldedAhead | null): Promise<FoldedAhead> {
    if (before === null || !(await before.holds(at))) return new FoldedAhead(at)
    before.overlay = at.overlay
    before.goal = at.next
    return before
  }

  get fold(): SilentFold {
    this.folded ??= new SilentFold(this.options)
    return this.folded
  }

  private get until(): Pos {
    return this.folded?.until ?? 0
  }

  /** So little is missing that it may be folded under the lock. */
  get isNear(): boolean {
    return this.goal - this.until <= limits.factsPerBatchMax
  }

  get isThere(): boolean {
    return this.until >= this.goal
  }

  page(list: Pick<List, 'read'>): Promise<void> {
    return this.fold.page(list, this.overlay, this.goal)
  }

  /**
   * Begins on all cores, where the list is long enough for that. Threads that are lost cost their time and
   * nothing else: the pages are folded here.
   */
  async begin(list: Pick<List, 'leaves'>, isStopped: () => boolean): Promise<void> {
    const { options, overlay, goal } = this
    const { threads, log } = options
    if (this.folded !== null || threads === null) return
    const apart = { ...options, list, overlay, until: goal, threads, isStopped }
    this.folded = await foldApart(apart).catch((error: unknown) => {
      log.error('fold.threads.lost', { code: codeOf(error) })
      return null
    })
  }

  private async holds({ batch, changed, past }: Standing): Promise<boolean> {
    const { until, engine } = this.fold
    if (changed.some(judge => !engine.seats.some(seat => seat.judge.id === judge.id))) return false
    // An amendment changes what was folded before it.
    if (past.some(fact => fact.pos >= until && targetOf(fact) !== null)) return false
    // An erasure has replaced refs that were read.
    const { rowCount } = await batch.tx.query(
      'select from ledger.fact_type where type = $1 and pos >= $2 limit 1',
      [privacyErased.name, this.size],
    )
    return rowCount === 0
  }
}

/** New and changed judges take over at the head, and the list says since when they judge (V46). */
export async function upgrade(
  options: Readonly<{
    engine: Engine
    folded: SilentFold
    batch: Batch
    list: List
    changed: readonly Judge[]
    /** Positions below this were judged before. */
    next: Pos
    sourceOf: SourceOf
    emit: Emit
  }>,
): Promise<void> {
  const { engine, folded, batch, list, changed, next, emit } = options
  const sources = new Map(changed.map(judge => [judge, options.sourceOf(judge)]))
  const began = await Promise.all(
    [...sources].map(([judge, source]) =>
      batch.observe('core', {
        type: judgeVersionChanged,
        source: 'program',
        occurred: batch.recorded,
        observed: batch.recorded,
        trust: 'instrument',
        body: { judge: judge.id, version: judge.version, source: source.hash, from: next },
        identity: `judge.version.changed ${judge.id} ${judge.version} ${source.hash} ${batch.size}`,
      }),
    ),
  )
  for (const [nth, judge] of changed.entries()) folded.check(judge, began[nth]!.pos)
  const standing = await standingOfAll(
    batch.tx,
    list,
    changed.map(judge => [judge, folded.unsaid.get(judge.id)!.verdicts.keys()]),
  )
  for (const [nth, judge] of changed.entries()) {
    takeOver({
      running: engine,
      folded: folded.engine,
      judge,
      unsaid: folded.unsaid.get(judge.id)!,
      standing: standing[nth]!,
      cause: batch.fact(began[nth]!.pos),
      emit,
      code: 'rejudged',
    })
  }
  await keepSources(batch.tx, [...sources.values()])
  await batch.tx.query(
    `insert into fold.judge (judge, version, source, stopped)
     select * from unnest($1::text[], $2::integer[], $3::text[], $4::text[])
     on conflict (judge) do update set version = excluded.version, source = excluded.source,
       stopped = excluded.stopped`,
    [
      changed.map(judge => judge.id),
      changed.map(judge => judge.version),
      changed.map(judge => sources.get(judge)!.hash),
      changed.map(judge => engine.seatOf(judge.id).stopped),
    ],
  )
  await flushRows(batch.tx, engine)
}

/** Judges of a module have one source, and most of its files are of all; what is known is not sent again. */
async function keepSources(tx: PoolClient, sources: readonly RuleSource[]): Promise<void> {
  const byHash = new Map<string, string>()
  for (const { hash, content, files } of sources) {
    byHash.set(hash, content)
    for (const [file, text] of files) byHash.set(file, text)
  }
  const { rows } = await tx.query<{ source: string }>(
    'select source from fold.rule_source where source = any($1)',
    [[...byHash.keys()]],
  )
  for (const { source } of rows) byHash.delete(source)
  await tx.query(
    `insert into fold.rule_source (source, content)
     select * from unnest($1::text[], $2::text[]) on conflict do nothing`,
    [[...byHash.keys()], [...byHash.values()]],
  )
}
