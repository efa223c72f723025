import { z } from 'zod'
import type { Instant, Pos, Trust } from '../../core/fact.ts'
import type { Reader } from '../../core/module.ts'

/** What is looked for; absent: whatever it is. */
export type Wanted = Readonly<{
  types?: readonly string[]
  /** A subject, by its key. */
  subject?: string
  /** Somebody who stands in a private slot, by the list's handle. */
  ref?: string
  from?: Instant
  to?: Instant
  trust?: Trust
  /** Words in the body. */
  text?: string
  /** Only claims for which nobody has stood yet. */
  isWaiting?: boolean
  before?: Pos
  limit: number
}>

export type Found = Readonly<{
  positions: readonly Pos[]
  /** Where to go on; null: everything was looked at. */
  next: Pos | null
}>

/**
 * Entries that one search looks into at the most when an index alone does not answer it. What is not
 * found among them is looked for from `next` on.
 */
const looksMax = 20_000

/**
 * Entries of one query, a few milliseconds: the database has others to answer, and between two of them
 * it does. Once a search has taken so long, what is left is looked for from `next` on.
 */
const looksTogether = 1_250
const searchMsMax = 10

/** The newest first, by whichever index says most; a position is the place to go on from. */
export async function search(wanted: Wanted, reader: Reader): Promise<Found> {
  const { trust, text, isWaiting = false, limit } = wanted
  const isPlain = trust === undefined && text === undefined && !isWaiting
  const size = await reader.size()
  const low = wanted.from === undefined ? 0 : await firstAt(wanted.from, size, reader)
  const high = wanted.to === undefined ? size : await firstAt(wanted.to, size, reader)
  if (isPlain) return look(wanted, [low, high, limit], reader)
  const begun = performance.now()
  const positions: Pos[] = []
  let next: Pos | null = null
  for (let looks = 0; looks < looksMax; looks += looksTogether) {
    const from = next === null ? {} : { before: next }
    const left = { ...wanted, ...from, limit: limit - positions.length }
    const found = await look(left, [low, high, looksTogether], reader)
    positions.push(...found.positions)
    next = found.next
    const isEnough = positions.length >= limit || performance.now() - begun > searchMsMax
    if (next === null || isEnough) break
  }
  return { positions, next }
}

/** One query over so many candidates at the most. */
async function look(
  wanted: Wanted,
  [low, high, looks]: readonly [number, number, number],
  reader: Reader,
): Promise<Found> {
  const until = Math.min(high, wanted.before ?? high)
  const { trust, text, isWaiting = false, limit } = wanted
  const { sql, values } = candidates(wanted, [low, until, looks])
  const pattern = text === undefined ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  // What has no capitals stands there byte by byte, which is found without reading the text.
  const isPlainText = text !== undefined && text.toLowerCase() === text.toUpperCase()
  const at = values.length
  const rows = await reader.query<{ pos: string | null; last: string | null; count: string }>(
    `with seen as materialized (${sql}),
     matched as (
       -- One by one through the primary key: a join by hash would read the whole list.
       select seen.pos from seen cross join lateral (
         select leaf from ledger.entry where idx = seen.pos offset 0
       ) e
       where ($${at + 1}::text is null or convert_from(e.leaf, 'UTF8')::json ->> 'trust' = $${at + 1})
         and ($${at + 5}::bytea is null or position($${at + 5} in e.leaf) > 0)
         -- The body stands in the leaf letter by letter: where the leaf has it not, nothing is taken apart.
         and ($${at + 2}::text is null or convert_from(e.leaf, 'UTF8') ilike $${at + 2}
           and (convert_from(e.leaf, 'UTF8')::json -> 'body')::text ilike $${at + 2})
         and (not $${at + 3}::boolean or not exists (
           select from evidence_about a where a.target = seen.pos::text
             and a.said @? '$[*] ? (@.what == "accepted" || @.what == "refused" || @.what == "retracted")'))
       order by seen.pos desc limit $${at + 4}
     )
     select m.pos, s.last, s.count
     from (select min(pos) as last, count(*) as count from seen) s left join matched m on true
     order by m.pos desc`,
    [
      ...[...values, trust ?? (isWaiting ? 'claim' : null), pattern, isWaiting, limit],
      isPlainText ? Buffer.from(text) : null,
    ],
  )
  const positions = rows.flatMap(({ pos }) => (pos === null ? [] : [Number(pos)]))
  const { last = null, count = '0' } = rows[0] ?? {}
  const isFull = positions.length >= limit
  const isMore = isFull || Number(count) >= looks
  const next = isFull ? positions.at(-1)! : Number(last ?? 0)
  return { positions, next: isMore && next > low ? next : null }
}

/** Positions that may be it, the newest first: of a subject, of a person, of types, or all. */
function candidates(
  { types, subject, ref }: Wanted,
  [low, until, looks]: readonly [number, number, number],
): Readonly<{ sql: string; values: readonly unknown[] }> {
  const values: unknown[] = [low, until, looks]
  const param = (value: unknown) => `$${values.push(value)}`
  const range = 'pos >= $1 and pos < $2'
  const newest = 'order by pos desc limit $3'
  const ofTypes = () =>
    types === undefined
      ? ''
      : `and exists (select from ledger.fact_type t where t.pos = p.pos and t.type = any(${param(types)}))`
  if (ref !== undefined) {
    const ofSubject =
      subject === undefined
        ? ''
        : `and exists (select from ledger.fact_key k where k.pos = p.pos and k.key = ${param(subject)})`
    const sql = `select distinct p.pos from (
        select idx as pos from ledger.private
        where subject = (select subject from ledger.person where ref = ${param(ref)})
      ) p where ${range} ${ofTypes()} ${ofSubject} ${newest}`
    return { sql, values }
  }
  if (subject !== undefined) {
    const sql = `select p.pos from (select distinct pos from ledger.fact_key where key = ${param(subject)}) p
      where ${range} ${ofTypes()} ${newest}`
    return { sql, values }
  }
  if (types !== undefined) {
    // Type by type, so that each is read from its newest end.
    const sql = `select one.pos from unnest(${param(types)}::text[]) as t(type) cross join lateral (
        select pos from ledger.fact_type where type = t.type and ${range} ${newest}
      ) one ${newest}`
    return { sql, values }
  }
  const sql = `select idx as pos from ledger.entry where idx >= $1 and idx < $2
    order by idx desc limit $3`
  return { sql, values }
}

/** The first position that was recorded at an instant or later. `recorded` never runs backwards (L7). */
async function firstAt(at: Instant, size: number, reader: Reader): Promise<Pos> {
  let [low, high] = [0, size]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const fact = await reader.fact(middle)
    if (fact !== null && fact.recorded < at) low = middle + 1
    else high = middle
  }
  return low
}

const typeRow = z.object({ type: z.string(), module: z.string() })

/** Every type that is on the list, and the module that owns it: a skip through the index, not a scan. */
export async function typesOnList(reader: Reader): Promise<readonly z.infer<typeof typeRow>[]> {
  const rows = await reader.query(
    `with recursive t as (
       (select type, pos from ledger.fact_type order by type, pos limit 1)
       union all
       select n.type, n.pos from t cross join lateral (
         select type, pos from ledger.fact_type f where f.type > t.type order by type, pos limit 1
       ) n
     )
     select t.type, convert_from(e.leaf, 'UTF8')::json ->> 'module' as module
     from t join ledger.entry e on e.idx = t.pos`,
  )
  return z.array(typeRow).parse(rows)
}
