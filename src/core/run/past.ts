import type { PoolClient } from 'pg'
import { is } from '../control/match.ts'
import type { Because, Fact, Key, Pos } from '../fact.ts'
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

/** Which judge's rule of this program judged when, and what it concluded. */
export type Judgeship = Readonly<{
  turnsAt(pos: Pos): readonly Turn[]
  /** Positions of the facts by judgement that rules of this program concluded, in order. */
  derived: readonly Pos[]
  /** Judges for which another version of their rule judged, in part or always. */
  others: readonly string[]
}>

type Options = Readonly<{ list: Pick<List, 'read' | 'readPositions' | 'size'>; tx: PoolClient }>

/** From the announcement of a rule to where another one, or nobody, goes on. Belongs to `judgeships`. */
type Span = Begun & {
  end: End | null
  /** Its last conclusion rests on this. */
  last: Pos
}
/** Positions below `at` were judged; from `told` on the list holds nothing more that it concluded. */
type End = Readonly<{ at: Pos; told: Pos }>

/** Who concluded a fact by judgement, whatever version of its rule. */
export const judgeOf = ({ source }: Fact): string => source.slice(0, source.lastIndexOf('@'))

export const isDerived = ({ because }: Fact): boolean =>
  !Array.isArray(because) || because.length > 0

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
    spans.set(judge.id, found)
    if (found.length === all.length) others.delete(judge.id)
  }
  const derived = await concluded(options, spans)
  const turns = turnsOf([...spans.values()].flat())
  return { turnsAt: pos => turns.get(pos) ?? [], derived, others: [...others].sort() }
}

function spansOf(judge: Judge, all: readonly Fact<any>[], hash: string): readonly Span[] {
  const spans = all.flatMap((announced, index): Span[] => {
    const isFirst = index === 0
    if (announced.body.source !== hash) return []
    const next = all[index + 1]
    const end = next === undefined ? null : { at: next.body.from, told: next.pos }
    return [{ judge, from: announced.body.from, announced, isFirst, end, last: -1 }]
  })
  return spans.slice(-spansMax)
}

/**
 * What was concluded in the spans. A program that had no such control ended it and announced nothing for
 * it (V46): there its span ends, behind the last thing that it judged and said something of.
 */
async function concluded(
  { list }: Options,
  spans: ReadonlyMap<string, readonly Span[]>,
): Promise<readonly Pos[]> {
  const positions: Pos[] = []
  const size = await list.size()
  for (let pos = 0; pos < size; ) {
    const page = await list.read(pos, limits.factsPerPage)
    if (page.length === 0) break
    for (const fact of page.filter(isDerived)) {
      const judge = judgeOf(fact)
      const span = spans
        .get(judge)
        ?.find(one => fact.pos > one.announced.pos && fact.pos < (one.end?.told ?? size))
      if (span !== undefined && isRetirement(fact)) {
        span.end = { at: Math.max(span.from, span.last + 1), told: fact.pos }
      } else if (span !== undefined || ownJudges.has(judge)) {
        positions.push(fact.pos)
        if (span !== undefined) span.last = Math.max(span.last, lastOf(fact.because))
      }
    }
    pos += page.length
  }
  return positions
}

const lastOf = (because: Because): Pos => ('last' in because ? because.last : Math.max(...because))

/** What is said of a control that the program no longer has; its own rule does not say it. */
export const isRetirement = ({ type, body }: Fact<any>): boolean =>
  (type === verdictChanged.name || type === findingClosed.name) && body.reason.code === 'retired'

/** By position. Of several at one position each judge has its own order, and they speak in that of the list. */
function turnsOf(spans: readonly Span[]): ReadonlyMap<Pos, readonly Turn[]> {
  const events = spans.flatMap(span => [
    { at: span.from, told: span.announced.pos, judge: span.judge, begun: span },
    ...(span.end === null ? [] : [{ ...span.end, judge: span.judge, begun: null }]),
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
  const named = new Map(begins.map(({ judge }) => [judge.id, Object.entries(judge.names ?? {})]))
  const types = [
    ...[findingOpened, findingClosed, occurrenceClosed, occurrenceRestated],
    ...[...named.values()].flatMap(names => names.map(([, type]) => type)),
  ]
  const until = Math.max(0, ...before.values())
  for await (const fact of factsOf(options, [...new Set(types.map(type => type.name))], until)) {
    const { control } = fact.body as { control?: string }
    const judge = (isOfControl(fact) ? control : undefined) ?? judgeOf(fact)
    const rows = made.get(judge)
    if (rows === undefined || fact.pos >= (before.get(judge) ?? 0)) continue
    if (isOfControl(fact)) noteConclusion(rows, fact)
    else {
      for (const [name, type] of named.get(judge) ?? []) {
        const [key] = is(fact, type) ? type.keys(fact) : []
        if (key !== undefined) rows.set(key, { ...rows.get(key), [name]: fact.pos })
      }
    }
  }
  return made
}

const isOfControl = (fact: Fact): boolean => fact.type.startsWith('control.')

function noteConclusion(rows: Map<Key, Made>, fact: Fact): void {
  const { subject, occurrence } = fact.body as { subject: Key; occurrence?: string }
  const key = subject === everyRow ? '' : subject
  const own = rows.get(key) ?? {}
  const finding = key === '' ? 'unknowns' : 'finding'
  const name = occurrence === undefined ? finding : `occurrence:${occurrence}`
  if (is(fact, findingClosed)) delete own[name]
  else own[name] = fact.pos
  rows.set(key, own)
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
