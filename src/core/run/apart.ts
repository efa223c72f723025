import { strict as assert } from 'node:assert'
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { is } from '../control/match.ts'
import type { Draft, Key, Pos } from '../fact.ts'
import { policyAdopted } from '../facts.ts'
import type { Judge, Params } from '../judge.ts'
import { factsOf, type Leaves } from '../ledger/read.ts'
import { type PackParams, policyTypes } from './adoption.ts'
import type { List } from './list.ts'
import type { Overlay } from './overlay.ts'
import { compareText, type Row } from './rows.ts'
import { type FoldOptions, SilentFold } from './takeover.ts'
import type { Unsaid } from './unsaid.ts'

/** How judges can be made again in another thread: they are code, and code is not sent. */
export type Threads = Readonly<{
  /** URL of a module that exports `makeJudges`, a `MakeJudges`. */
  maker: string
  data: unknown
  /** The judges that it makes. */
  ids: ReadonlySet<string>
  /** So many threads may run beside this one. */
  count: number
  /** A shorter list is folded in one thread. */
  listMin: number
}>

export type MakeJudges<Data = never> = (
  data: Data,
) => Promise<Readonly<{ judges: readonly Judge[]; defaults: ReadonlyMap<string, Params> }>>

/** What a thread is made with. */
export type Assignment = Readonly<{
  maker: string
  data: unknown
  judges: readonly string[]
  silenced: Overlay['silenced']
  instead: Overlay['instead']
}>

/** What a thread is sent: entries to fold, with the packs that they adopt; null: come home. */
export type Page = Readonly<{ leaves: Leaves; packs: readonly PackOf[] }>
type PackOf = readonly [hash: string, bound: ReturnType<PackParams>]

/** What a thread answers: a page is folded, or how one of its judges stands in the end. */
export type Answer = Readonly<{ folded: Pos }> | Home

/** A judge as another thread has folded it. Types of drafts are named: schemas are code too. */
export type Home = Readonly<{
  judge: string
  stopped: string | null
  rows: ReadonlyArray<readonly [Key, Row]>
  unsaid: Readonly<Record<'verdicts' | 'findings', ReadonlyArray<readonly [Key, NamedDraft]>>>
}>
export type NamedDraft = Omit<Draft, 'type'> & Readonly<{ type: string }>

/** What every engine takes in, whatever its judges read. */
const always = policyTypes.map(type => type.name)

/** The types that these judges are to read whole. */
export const typesReadBy = (judges: readonly Judge[]): ReadonlySet<string> =>
  new Set([...always, ...judges.flatMap(judge => judge.from.map(type => type.name))])

type Options = FoldOptions &
  Readonly<{
    list: Pick<List, 'leaves'>
    until: Pos
    overlay: Overlay
    threads: Threads
    /** Asked between pages: nobody waits for the fold any more. */
    isStopped?: () => boolean
  }>

/**
 * Folds judges silently from the beginning, on several cores: no judge reads what another says here,
 * because what was said is on the list already. So each thread folds some of them over the whole
 * list, and which ones changes no answer.
 *
 * Answers null when the list is too short for that, or when it was stopped.
 *
 * @throws what a thread throws, when it is lost
 */
export async function foldApart(options: Options): Promise<SilentFold | null> {
  const { judges, list, until, overlay, threads } = options
  const away = judges.filter(judge => threads.ids.has(judge.id))
  if (until < threads.listMin || threads.count < 1 || away.length < 2) return null
  const counts = await countTypes(list, until)
  const parts = deal(judges, threads.ids, threads.count + 1, counts)
  const fold = new SilentFold(options)
  const elsewhere = new Set(parts.slice(1).flat())
  for (const seat of fold.engine.seats) if (elsewhere.has(seat.judge.id)) seat.stopped = isElsewhere
  const wanted = typesReadBy(judges.filter(judge => !elsewhere.has(judge.id)))
  const { silenced, instead } = overlay
  const { maker, data } = threads
  const helpers = parts
    .slice(1)
    .filter(part => part.length > 0)
    .map(part => new Helper({ maker, data, judges: part, silenced, instead }))
  try {
    const ask = (from: Pos): Promise<Leaves> => {
      const page = list.leaves(from, Math.max(0, Math.min(pageCount, until - from)))
      // Whoever is lost meanwhile says so where it is waited for.
      page.catch(() => undefined)
      return page
    }
    const asked = Array.from({ length: aheadMax }, (_, nth) => ask(nth * pageCount))
    while (fold.until < until) {
      if (options.isStopped?.()) return null
      const leaves = (await asked.shift())!
      assert(leaves.from === fold.until && leaves.count > 0, 'the list has no gaps')
      asked.push(ask(leaves.from + aheadMax * pageCount))
      // The database reads while we fold: a question goes out only when nobody computes.
      await turn()
      const page = { leaves, packs: packsOf(leaves, options.packParams) }
      for (const helper of helpers) helper.send(page)
      fold.fold(factsOf(leaves, wanted), overlay)
      await Promise.all(helpers.map(helper => helper.keptUp()))
    }
    await Promise.all(asked)
    for (const helper of helpers) for (const home of await helper.home()) takeHome(fold, home)
    return fold
  } finally {
    await Promise.all(helpers.map(helper => helper.end()))
  }
}

/** Smaller than the pages of a fold in one thread: what is under way is in memory several times. */
const pageCount = 4_096

/** So many pages are asked for before they are needed: the database is another process. */
const aheadMax = 2

/** Pages that a thread may be behind: it begins by loading its judges. */
const behindMax = 16

/** Why a seat is not stepped here. */
const isElsewhere = 'JUDGE_ELSEWHERE'

const adoption = new Set([policyAdopted.name])

function packsOf(leaves: Leaves, packParams: PackParams): readonly PackOf[] {
  // Nearly no page adopts anything, and every page passes here.
  if (!leaves.text.includes(policyAdopted.name)) return []
  return [...factsOf(leaves, adoption)].flatMap(fact =>
    is(fact, policyAdopted) ? [[fact.body.hash, packParams(fact.body.hash)] as const] : [],
  )
}

/** How often each type is told in some places of the list, evenly over all of it. */
async function countTypes(
  list: Pick<List, 'leaves'>,
  until: Pos,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (let nth = 0; nth < samplesMax; nth++) {
    const from = Math.floor((until / samplesMax) * nth)
    const leaves = await list.leaves(from, Math.min(sampleCount, until - from))
    // None is wanted whole.
    for (const { type } of factsOf(leaves, new Set())) counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}

/** Places looked at, and facts of each: they take some ten milliseconds. */
const samplesMax = 32
const sampleCount = 256

/**
 * Deals judges out, the one with the most to read first, each to the thread that has the least so far.
 * The first part stays in this thread, which also reads the list.
 *
 * @param counts of the types, in some places of the list
 */
function deal(
  judges: readonly Judge[],
  mayLeave: ReadonlySet<string>,
  count: number,
  counts: ReadonlyMap<string, number>,
): readonly (readonly string[])[] {
  const parts = Array.from({ length: count }, (_, nth) => ({
    judges: [] as string[],
    load: 0,
    pace: nth === 0 ? 1 : helperPace,
  }))
  const [here] = parts
  assert(here !== undefined)
  const loadOf = (judge: Judge) =>
    [...typesReadBy([judge])].reduce((sum, type) => sum + (counts.get(type) ?? 0), 1)
  const inOrder = judges
    .map(judge => ({ id: judge.id, load: loadOf(judge) }))
    .sort((a, b) => b.load - a.load || compareText(a.id, b.id))
  for (const { id, load } of inOrder) {
    const part = mayLeave.has(id) ? parts.reduce((a, b) => (b.load < a.load ? b : a)) : here
    part.judges.push(id)
    part.load += load / part.pace
  }
  return parts.map(part => part.judges)
}

/** So much goes to a thread for one that stays: here the list is read as well. */
const helperPace = 1.2

/** One thread, which folds its judges over every page that it is sent. Belongs to one fold. */
class Helper {
  private readonly worker: Worker
  private readonly count: number
  private readonly homes: Home[] = []
  private behind = 0
  private failed: Error | null = null
  private tell: () => void = () => undefined

  constructor(assignment: Assignment) {
    this.count = assignment.judges.length
    this.worker = new Worker(new URL('./apart-thread.ts', import.meta.url), {
      workerData: assignment,
    })
    this.worker.on('message', (answer: Answer) => {
      if ('folded' in answer) this.behind -= 1
      else this.homes.push(answer)
      this.tell()
    })
    const lost = (why: unknown) => {
      this.failed ??= why instanceof Error ? why : new Error(`a thread of the fold ended: ${why}`)
      this.tell()
    }
    this.worker.on('error', lost)
    this.worker.on('exit', lost)
  }

  send(page: Page): void {
    this.behind += 1
    this.worker.postMessage(page)
  }

  /** Resolves when it is not far behind. @throws what it threw */
  keptUp(): Promise<void> {
    return this.until(() => this.behind <= behindMax)
  }

  /** How its judges stand after all that was sent. */
  async home(): Promise<readonly Home[]> {
    this.worker.postMessage(null)
    await this.until(() => this.homes.length === this.count)
    return this.homes
  }

  async end(): Promise<void> {
    await this.worker.terminate()
  }

  private async until(holds: () => boolean): Promise<void> {
    for (;;) {
      if (this.failed !== null) throw this.failed
      if (holds()) return
      await new Promise<void>(resolve => (this.tell = resolve))
    }
  }
}

function takeHome(fold: SilentFold, home: Home): void {
  const { engine, unsaid } = fold
  const seat = engine.seatOf(home.judge)
  for (const [key, row] of home.rows) engine.restore(home.judge, key, row)
  seat.stopped = home.stopped
  const types = new Map(seat.judge.makes.map(type => [type.name, type]))
  const own = unsaid.get(home.judge) as Unsaid
  for (const what of ['verdicts', 'findings'] as const)
    for (const [key, draft] of home.unsaid[what]) {
      const type = types.get(draft.type)
      assert(type !== undefined, 'it was checked when it was said')
      own[what].set(key, { ...draft, type })
    }
}
