import { strict as assert } from 'node:assert'
import type { Draft, Fact, Key, Pos } from '../fact.ts'
import { controlVersionChanged } from '../facts.ts'
import type { Judge, Params } from '../judge.ts'
import { limits } from '../limits.ts'
import type { Pace } from '../pace.ts'
import type { Calendars } from '../time.ts'
import { type PackParams, Policies } from './adoption.ts'
import { type Made, sayFinding } from './difference.ts'
import { checkDraft } from './draft.ts'
import { type Emit, Engine } from './engine.ts'
import type { List } from './list.ts'
import type { Overlay } from './overlay.ts'
import { compareText } from './rows.ts'
import { listen, type Unsaid } from './unsaid.ts'

export type FoldOptions = Readonly<{
  judges: readonly Judge[]
  defaults: ReadonlyMap<string, Params>
  packParams: PackParams
  calendars: Calendars
  withOccurrences?: boolean
  /** Of what controls say on the way only the last is looked at, by `check`: a tenth of the time. */
  isUnchecked?: boolean
}>

/** Judges that are folded over the list from the beginning without saying anything (V46). */
export class SilentFold {
  readonly engine: Engine
  readonly emit: Emit
  readonly unsaid: ReadonlyMap<string, Unsaid>
  /** Positions below this are folded. */
  until: Pos = 0

  constructor(options: FoldOptions) {
    const { emit, unsaid } = listen(options.judges, options.withOccurrences)
    this.emit = emit
    this.unsaid = unsaid
    this.engine = new Engine({ ...options, policies: new Policies(options.packParams) })
  }

  /**
   * Folds up to one page more.
   *
   * @param overlay all amendments below `until`, the same for every page
   */
  async page(
    list: Pick<List, 'read'>,
    overlay: Overlay,
    until: Pos,
    countMax: number = limits.factsPerPage,
  ): Promise<void> {
    const page = await list.read(this.until, Math.min(countMax, until - this.until))
    assert(page.length > 0, 'the list has no gaps')
    this.fold(page, overlay)
  }

  /** Folds the facts that come next. */
  fold(facts: Iterable<Fact>, overlay: Pick<Overlay, 'silenced' | 'instead'>): void {
    const { engine, emit } = this
    for (const fact of facts) {
      if (overlay.silenced.has(fact.pos)) engine.wakeUntil(fact.recorded, fact.pos, emit)
      else engine.step(fact, emit)
      const instead = overlay.instead.get(fact.pos)
      if (instead !== undefined) engine.step(instead.fact, emit, fact.pos)
      this.until += 1
    }
  }

  /** Stops a judge whose last words may not stand on the list. */
  check(judge: Judge, cause: Pos): void {
    const seat = this.engine.seatOf(judge.id)
    const unsaid = this.unsaid.get(judge.id)
    assert(unsaid !== undefined)
    if (seat.stopped !== null) return
    try {
      for (const said of [unsaid.verdicts, unsaid.findings])
        for (const draft of said.values()) checkDraft(draft, judge)
    } catch (error) {
      this.engine.stop(seat, error, cause, this.emit)
    }
  }
}

/** Folds judges silently in one go: positions below `until`. */
export async function foldSilently(
  options: FoldOptions &
    Readonly<{ list: Pick<List, 'read'>; until: Pos; overlay: Overlay; pace?: Pace }>,
): Promise<SilentFold> {
  const { list, overlay, until, pace } = options
  const fold = new SilentFold(options)
  while (fold.until < until) {
    await pace?.()
    await fold.page(list, overlay, until, pace && limits.factsPerPacedPage)
  }
  return fold
}

/** Far above what a step may say for the same cause and key, and above rebuilt rows. */
const ordinalsFrom = 20_000_000

/**
 * A silently folded judge takes the place of the running one at the head. For the past nothing is
 * appended; what is different today is said once: the change of status, verdicts, and findings that
 * only one of the two knows.
 *
 * @param cause the fact that made this necessary: a new version, or an amendment
 */
export function takeOver(options: {
  running: Engine
  folded: Engine
  judge: Judge
  unsaid: Unsaid
  /** The verdicts that stand on the list, by the rows that gave them. */
  standing: ReadonlyMap<Key, Fact<any>>
  cause: Fact
  emit: Emit
  /** Why a finding closes that the folded judge does not know. */
  code: 'rejudged' | 'retracted'
  /** Where the rows' conclusions stand, where that is not what the running rows know. */
  made?: ReadonlyMap<Key, Made>
}): void {
  const { judge, unsaid, standing, cause, emit, code } = options
  const seat = options.running.seatOf(judge.id)
  const fresh = options.folded.seatOf(judge.id)
  const keys = [...new Set([...seat.rows.byKey.keys(), ...fresh.rows.byKey.keys()])]
  let ordinal = ordinalsFrom
  const say = (key: Key, draft: Draft): Pos | undefined =>
    emit(draft, {
      judge: judge.id,
      version: judge.version,
      cause: cause.pos,
      key,
      ordinal: ordinal++,
    })
  for (const key of keys.sort(compareText)) {
    const row = fresh.rows.byKey.get(key)
    const made = { ...(options.made?.get(key) ?? seat.rows.byKey.get(key)?.made) }
    sayFinding({ judge, key, made, unsaid, cause, say, code })
    options.running.restore(judge.id, key, row === undefined ? null : { ...row, made })
  }
  seat.stopped = fresh.stopped
  for (const [key, verdict] of [...unsaid.verdicts].sort(([a], [b]) => compareText(a, b))) {
    const stands = standing.get(key)
    const pos = sayVerdict({ judge, verdict, stands, cause, say: draft => say(key, draft) })
    const row = seat.rows.byKey.get(key)
    if (row === undefined || pos === undefined) continue
    options.running.restore(judge.id, key, { ...row, made: { ...row.made, verdict: pos } })
  }
}

/** Says what a row concludes if that is not what stands. Answers where its verdict is now. */
function sayVerdict(options: {
  judge: Judge
  verdict: Draft
  stands: Fact<any> | undefined
  cause: Fact
  say: (draft: Draft) => Pos | undefined
}): Pos | undefined {
  const { judge, stands, cause, say } = options
  const body = options.verdict.body as Verdict
  const was = stands?.body as Verdict | undefined
  if (stands !== undefined && was !== undefined && sameVerdict(was, body)) return stands.pos
  const because = stands === undefined ? [cause.pos] : [stands.pos, cause.pos]
  const about = { occurred: cause.recorded, because }
  if (was?.version !== undefined && body.version !== undefined && was.version !== body.version) {
    const { version: from, status } = was
    const change = { control: judge.id, from, to: body.version, was: status, now: body.status }
    say({ type: controlVersionChanged, ...about, body: change })
  }
  const previous = Object.hasOwn(body, 'previous') ? { previous: stands?.pos ?? null } : {}
  return say({ ...options.verdict, ...about, body: { ...body, ...previous } })
}

/** Of a control; that of a statement has neither version nor parameters. */
type Verdict = Readonly<{
  version?: number
  status: 'kept' | 'broken' | 'due' | 'unknown'
  reason: { code: string; args: Record<string, unknown> }
  policy: Pos
  params?: Pos
}>

/** V27: status, reason code, control version, policy and parameters. */
const sameVerdict = (a: Verdict, b: Verdict): boolean =>
  a.status === b.status &&
  a.reason.code === b.reason.code &&
  a.version === b.version &&
  a.policy === b.policy &&
  a.params === b.params
