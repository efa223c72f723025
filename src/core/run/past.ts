import type { PoolClient } from 'pg'
import { is } from '../control/match.ts'
import type { Fact, Key, Pos } from '../fact.ts'
import {
  findingClosed,
  findingOpened,
  judgeVersionChanged,
  occurrenceClosed,
  occurrenceRestated,
  verdictChanged,
} from '../facts.ts'
import { everyRow, type Judge } from '../judge.ts'
import { limits } from '../limits.ts'
import type { Made } from './difference.ts'
import type { List } from './list.ts'
import { standingVerdicts } from './standing.ts'

/** A judge whose rule of this program began to judge at `from`, as `announced` says. */
export type Begun = Readonly<{
  judge: Judge
  from: Pos
  announced: Fact
  /** No other rule had judged for it before. */
  isFirst: boolean
}>

/** Who hands over at one position: those end, then these begin. */
export type Turn = Readonly<{ ends: readonly Judge[]; begins: readonly Begun[] }>

/** Which judge's rule of this program judged when. */
export type Judgeship = Readonly<{
  turnsAt(pos: Pos): readonly Turn[]
  /** A fact by judgement that a rule of this program concluded. */
  isPerformed(fact: Fact): boolean
  /** Judges for which another version of their rule judged, in part or always. */
  others: readonly string[]
}>

type Options = Readonly<{ list: Pick<List, 'readPositions'>; tx: PoolClient }>

/** From the announcement of a rule to where another one, or nobody, goes on. */
type Span = Begun & Readonly<{ end: End | null }>
/** Positions below `at` were judged; from `told` on the list holds nothing more that it concluded. */
type End = Readonly<{ at: Pos; told: Pos }>

/** What core concludes itself, without a judge that has versions. */
const ownJudges = new Set(['core.time', 'core.premise'])

/** Each span costs a fold from the beginning, and a list may be made to cost much: the last ones count. */
const spansMax = 64

/** Reads from the list when each judge's rule of this program judged (V43, V46). */
export async function judgeships(
  options: Options &
    Readonly<{ judges: readonly Judge[]; sourceOf(judge: Judge): { hash: string } }>,
): Promise<Judgeship> {
  const announcements: readonly Fact<any>[] = await Array.fromAsync(
    factsOf(options, [judgeVersionChanged.name], null),
  )
  const byJudge = Map.groupBy(announcements, ({ body }): string => body.judge)
  const spans = new Map<string, readonly Span[]>()
  const others = new Set(byJudge.keys())
  for (const judge of options.judges) {
    const all = byJudge.get(judge.id) ?? []
    const found = spansOf(judge, all, options.sourceOf(judge).hash)
    spans.set(judge.id, await endedByRetiring(options, judge, found, announcements))
    if (found.length === all.length) others.delete(judge.id)
  }
  const turns = turnsOf([...spans.values()].flat())
  return {
    turnsAt: pos => turns.get(pos) ?? [],
    isPerformed(fact) {
      const judge = fact.source.slice(0, fact.source.lastIndexOf('@'))
      if (ownJudges.has(judge)) return true
      const holds = ({ announced, end }: Span) =>
        fact.pos > announced.pos && (end === null || fact.pos < end.told)
      return !isRetirement(fact) && (spans.get(judge)?.some(holds) ?? false)
    },
    others: [...others].sort(),
  }
}

function spansOf(judge: Judge, all: readonly Fact<any>[], hash: string): readonly Span[] {
  const spans = all.flatMap((announced, index): Span[] => {
    const isFirst = index === 0
    if (announced.body.source !== hash) return []
    // What judges that give no verdicts call their facts cannot be read from the list.
    if (!isFirst && judge.verdicts === undefined) return []
    const next = all[index + 1]
    const end = next === undefined ? null : { at: next.body.from, told: next.pos }
    return [{ judge, from: announced.body.from, announced, isFirst, end }]
  })
  return spans.slice(-spansMax)
}

/**
 * A program that had no such control ended it and announced nothing for it (V46): there the span ends.
 * What had been judged until then is told by whatever else took over in the same transaction.
 */
async function endedByRetiring(
  { list, tx }: Options,
  judge: Judge,
  spans: readonly Span[],
  announcements: readonly Fact<any>[],
): Promise<readonly Span[]> {
  if (judge.verdicts?.type !== verdictChanged) return spans
  const ended: Span[] = []
  for (const span of spans) {
    const before = span.end?.told
    const [last] = await standingVerdicts(tx, list, verdictChanged, [judge.id], before)
    if (!last || last.pos < span.announced.pos || !isRetirement(last)) ended.push(span)
    else {
      const { pos, recorded } = last
      const beside = announcements.find(one => one.pos > pos && one.recorded === recorded)
      ended.push({ ...span, end: { at: beside?.body.from ?? pos, told: pos } })
    }
  }
  return ended
}

/** What is said of a control that the program no longer has; its own rule does not say it. */
export const isRetirement = ({ type, body }: Fact<any>): boolean =>
  (type === verdictChanged.name || type === findingClosed.name) && body.reason.code === 'retired'

/** By position. Of several at one position each judge has its own order, and they speak in that of the list. */
function turnsOf(spans: readonly Span[]): ReadonlyMap<Pos, readonly Turn[]> {
  const events = spans.flatMap(({ end, ...begun }) => [
    { at: begun.from, told: begun.announced.pos, judge: begun.judge, begun },
    ...(end === null ? [] : [{ ...end, judge: begun.judge, begun: null }]),
  ])
  const turns = new Map<Pos, { ends: Judge[]; begins: Begun[] }[]>()
  for (const { at, judge, begun } of events.sort((a, b) => a.told - b.told)) {
    const here = turns.get(at) ?? []
    turns.set(at, here)
    let last = here.at(-1)
    // Who has just begun here begins or ends once more.
    if (last === undefined || last.begins.some(one => one.judge === judge)) {
      last = { ends: [], begins: [] }
      here.push(last)
    }
    if (begun === null) last.ends.push(judge)
    else last.begins.push(begun)
  }
  return turns
}

/**
 * What the rows of controls had said before each began, and where: their open findings and their closed
 * occurrences, as far as a row could still remember them. The list is read once for all.
 */
export async function madeBefore(
  options: Options,
  begins: readonly Begun[],
): Promise<ReadonlyMap<string, ReadonlyMap<Key, Made>>> {
  const before = new Map(begins.map(({ judge, announced }) => [judge.id, announced.pos]))
  const made = new Map(begins.map(({ judge }) => [judge.id, new Map<Key, Made>()]))
  const types = [findingOpened, findingClosed, occurrenceClosed, occurrenceRestated]
  const names = types.map(type => type.name)
  const until = Math.max(0, ...before.values())
  for await (const fact of factsOf(options, names, until)) {
    const body = fact.body as { control: string; subject: Key; occurrence?: string }
    const rows = made.get(body.control)
    if (rows === undefined || fact.pos >= (before.get(body.control) ?? 0)) continue
    const key = body.subject === everyRow ? '' : body.subject
    const own = rows.get(key) ?? {}
    const name =
      body.occurrence === undefined
        ? key === ''
          ? 'unknowns'
          : 'finding'
        : `occurrence:${body.occurrence}`
    if (is(fact, findingClosed)) delete own[name]
    else own[name] = fact.pos
    rows.set(key, own)
  }
  return made
}

async function* factsOf(
  { list, tx }: Options,
  types: readonly string[],
  before: Pos | null,
): AsyncGenerator<Fact> {
  const { rows } = await tx.query<{ pos: string }>(
    `select pos from ledger.fact_type where type = any($1) and pos < coalesce($2, 9e18::bigint)
     order by pos`,
    [types, before],
  )
  for (let from = 0; from < rows.length; from += limits.factsPerPage) {
    const page = rows.slice(from, from + limits.factsPerPage)
    yield* await list.readPositions(page.map(row => Number(row.pos)))
  }
}
