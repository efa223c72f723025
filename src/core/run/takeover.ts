import { strict as assert } from 'node:assert'
import type { Draft, Fact, Key, Pos } from '../fact.ts'
import { controlVersionChanged, findingClosed, findingOpened, verdictChanged } from '../facts.ts'
import type { Judge, Params } from '../judge.ts'
import { limits } from '../limits.ts'
import type { Calendars } from '../time.ts'
import { type PackParams, Policies } from './adoption.ts'
import { type Emit, Engine } from './engine.ts'
import type { List } from './list.ts'
import type { Overlay } from './overlay.ts'
import { compareText, type Row } from './rows.ts'

/** What a silent fold would have said last, per judge: its verdict and its open findings. */
export type Unsaid = Readonly<{ verdict: Draft | null; findings: ReadonlyMap<Key, Draft> }>

/**
 * Folds judges over the list from the beginning without saying anything (V46).
 *
 * @param until positions below this are folded
 */
export async function foldSilently(options: {
  judges: readonly Judge[]
  defaults: ReadonlyMap<string, Params>
  list: List
  until: Pos
  overlay: Overlay
  packParams: PackParams
  calendars: Calendars
  progress?: (done: Pos) => void
}): Promise<{ engine: Engine; unsaid: ReadonlyMap<string, Unsaid> }> {
  const { list, until, overlay } = options
  const said = new Map<string, { verdict: Draft | null; findings: Map<Key, Draft> }>()
  for (const judge of options.judges) said.set(judge.id, { verdict: null, findings: new Map() })
  const engine = new Engine({
    judges: options.judges,
    defaults: options.defaults,
    policies: new Policies(options.packParams),
    calendars: options.calendars,
  })
  const keep: Emit = (draft, by) => {
    const entry = said.get(by.judge)
    if (entry === undefined) return undefined
    if (draft.type === verdictChanged) entry.verdict = draft
    if (draft.type === findingOpened) entry.findings.set(by.key, draft)
    if (draft.type === findingClosed) entry.findings.delete(by.key)
    return undefined
  }
  for (let from = 0; from < until; ) {
    const page = await list.read(from, Math.min(limits.factsPerPage, until - from))
    assert(page.length > 0, 'the list has no gaps')
    for (const fact of page) {
      if (!overlay.silenced.has(fact.pos)) engine.step(fact, keep)
      const instead = overlay.instead.get(fact.pos)
      if (instead !== undefined) engine.step(instead, keep, fact.pos)
    }
    from += page.length
    options.progress?.(from)
  }
  return { engine, unsaid: said }
}

/**
 * A silently folded judge takes the place of the running one at the head. For the past nothing is
 * appended; what is different today is said once: the change of status, the verdict, and findings
 * that only one of the two knows.
 *
 * @param cause the fact that made this necessary: a new version, or an amendment
 */
export function takeOver(options: {
  running: Engine
  folded: Engine
  judge: Judge
  unsaid: Unsaid
  /** The verdict that stands on the list, if one does. */
  standing: Fact<any> | null
  cause: Fact
  emit: Emit
}): void {
  const { judge, unsaid, standing, cause, emit } = options
  const seat = options.running.seatOf(judge.id)
  const fresh = options.folded.seatOf(judge.id)
  const keys = [...new Set([...seat.rows.byKey.keys(), ...fresh.rows.byKey.keys()])].sort(
    compareText,
  )
  let ordinal = 20_000_000
  const say = (key: Key, draft: Draft): Pos | undefined =>
    emit(draft, {
      judge: judge.id,
      version: judge.version,
      cause: cause.pos,
      key,
      ordinal: ordinal++,
    })
  for (const key of keys) {
    const before = seat.rows.byKey.get(key)
    const row = fresh.rows.byKey.get(key)
    const made = { ...before?.made }
    if (judge.makes.includes(findingOpened))
      sayFinding(key, before, row, unsaid, made, cause, say, judge)
    options.running.restore(judge.id, key, row === undefined ? null : { ...row, made })
  }
  seat.stopped = fresh.stopped
  if (unsaid.verdict === null || !judge.makes.includes(verdictChanged)) return
  const body = unsaid.verdict.body as Verdict
  const stands = standing?.body as Verdict | undefined
  if (stands !== undefined && sameVerdict(stands, body)) return
  if (stands !== undefined && stands.version !== body.version) {
    say('', {
      type: controlVersionChanged,
      occurred: cause.recorded,
      because: [standing?.pos ?? cause.pos, cause.pos],
      body: {
        control: judge.id,
        from: stands.version,
        to: body.version,
        was: stands.status,
        now: body.status,
      },
    })
  }
  const pos = say('', {
    ...unsaid.verdict,
    occurred: cause.recorded,
    because: standing === null ? [cause.pos] : [standing.pos, cause.pos],
    body: { ...body, previous: standing?.pos ?? null },
  })
  const own = seat.rows.byKey.get('')
  if (own !== undefined && pos !== undefined) {
    options.running.restore(judge.id, '', { ...own, made: { ...own.made, verdict: pos } })
  }
}

type Verdict = Readonly<{
  version: number
  status: 'kept' | 'broken' | 'due' | 'unknown'
  reason: { code: string; args: Record<string, unknown> }
  policy: Pos
  params: Pos
}>

/** V27: status, reason code, control version, policy and parameters. */
const sameVerdict = (a: Verdict, b: Verdict): boolean =>
  a.status === b.status &&
  a.reason.code === b.reason.code &&
  a.version === b.version &&
  a.policy === b.policy &&
  a.params === b.params

function sayFinding(
  key: Key,
  before: Row | undefined,
  row: Row | undefined,
  unsaid: Unsaid,
  made: Record<string, Pos>,
  cause: Fact,
  say: (key: Key, draft: Draft) => Pos | undefined,
  judge: Judge,
): void {
  const wasOpen = before?.rank != null
  const isOpen = row?.rank != null
  const opened = unsaid.findings.get(key)
  if (!wasOpen && isOpen && opened !== undefined) {
    const pos = say(key, { ...opened, occurred: cause.recorded, because: [cause.pos] })
    if (opened.as !== undefined && pos !== undefined) made[opened.as] = pos
  } else if (wasOpen && !isOpen) {
    say(key, {
      type: findingClosed,
      occurred: cause.recorded,
      because: [cause.pos],
      body: { control: judge.id, subject: key, reason: { code: 'rejudged', args: {} } },
    })
  }
}
