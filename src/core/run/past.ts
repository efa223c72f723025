import type { PoolClient } from 'pg'
import { is } from '../control/match.ts'
import type { Fact, Key, Pos } from '../fact.ts'
import {
  findingClosed,
  findingOpened,
  judgeVersionChanged,
  occurrenceClosed,
  occurrenceRestated,
} from '../facts.ts'
import { everyRow, type Judge } from '../judge.ts'
import { limits } from '../limits.ts'
import type { Made } from './difference.ts'
import type { List } from './list.ts'

/** A judge whose present rule began to judge at `from`, as `announced` says. */
export type Begun = Readonly<{
  judge: Judge
  from: Pos
  announced: Fact
  /** No other rule had judged for it before. */
  isFirst: boolean
}>

/** Which judge's present rule judged when. */
export type Judgeship = Readonly<{
  begunAt(pos: Pos): readonly Begun[]
  /** A fact by judgement that the present rule of its judge concluded. */
  isPerformed(fact: Fact): boolean
  others: readonly string[]
}>

type Options = Readonly<{ list: Pick<List, 'readPositions'>; tx: PoolClient }>

/** What core concludes itself, without a judge that has versions. */
const ownJudges = new Set(['core.time', 'core.premise'])

/** Reads from the list when each judge's present rule began (V43, V46). */
export async function judgeships(
  options: Options &
    Readonly<{ judges: readonly Judge[]; sourceOf(judge: Judge): { hash: string } }>,
): Promise<Judgeship> {
  const announcements = new Map<string, Fact<any>[]>()
  for (const fact of await factsOf(options, [judgeVersionChanged.name], null)) {
    if (!is(fact, judgeVersionChanged)) continue
    const own = announcements.get(fact.body.judge) ?? []
    announcements.set(fact.body.judge, [...own, fact])
  }
  const begun = new Map<string, Begun>()
  const others = new Set(announcements.keys())
  for (const judge of options.judges) {
    const all = announcements.get(judge.id) ?? []
    const last = all.at(-1)
    if (last === undefined || last.body.source !== options.sourceOf(judge).hash) continue
    const isFirst = all.length === 1
    // What judges that give no verdicts call their facts cannot be read from the list.
    if (!isFirst && judge.verdicts === undefined) continue
    begun.set(judge.id, { judge, from: last.body.from, announced: last, isFirst })
    if (isFirst) others.delete(judge.id)
  }
  const inOrder = [...begun.values()].sort((a, b) => a.announced.pos - b.announced.pos)
  return {
    begunAt: pos => inOrder.filter(one => one.from === pos),
    isPerformed(fact) {
      const judge = fact.source.slice(0, fact.source.lastIndexOf('@'))
      if (ownJudges.has(judge)) return true
      const since = begun.get(judge)?.announced.pos
      return since !== undefined && fact.pos > since
    },
    others: [...others].sort(),
  }
}

/**
 * What the rows of a control had said before a position, and where: its open findings and its closed
 * occurrences, as far as a row could still remember them.
 */
export async function madeBefore(
  options: Options,
  judge: Judge,
  before: Pos,
): Promise<ReadonlyMap<Key, Made>> {
  const rows = new Map<Key, Made>()
  const types = [findingOpened, findingClosed, occurrenceClosed, occurrenceRestated]
  for (const fact of await factsOf(
    options,
    types.map(type => type.name),
    before,
  )) {
    const body = fact.body as { control: string; subject: Key; occurrence?: string }
    if (body.control !== judge.id) continue
    const key = body.subject === everyRow ? '' : body.subject
    const made = rows.get(key) ?? {}
    const name =
      body.occurrence === undefined
        ? key === ''
          ? 'unknowns'
          : 'finding'
        : `occurrence:${body.occurrence}`
    if (is(fact, findingClosed)) delete made[name]
    else made[name] = fact.pos
    rows.set(key, made)
  }
  return rows
}

async function factsOf(
  { list, tx }: Options,
  types: readonly string[],
  before: Pos | null,
): Promise<Fact[]> {
  const { rows } = await tx.query<{ pos: string }>(
    `select pos from ledger.fact_type where type = any($1) and pos < coalesce($2, 9e18::bigint)
     order by pos`,
    [types, before],
  )
  const facts: Fact[] = []
  for (let from = 0; from < rows.length; from += limits.factsPerPage) {
    const page = rows.slice(from, from + limits.factsPerPage)
    facts.push(...(await list.readPositions(page.map(row => Number(row.pos)))))
  }
  return facts
}
