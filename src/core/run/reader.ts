import type { Pool } from 'pg'
import { compareText, plusMs } from '../control/match.ts'
import { type Fact, type FactType, type Instant, implausibleMs, type Pos } from '../fact.ts'
import type { Owed } from '../judge.ts'
import type { Ledger } from '../ledger/store.ts'
import { limits } from '../limits.ts'
import type { Live, OwedBy, OwedQuestion, Reader } from '../module.ts'
import { SharedLook } from '../shared-look.ts'
import { StandMemo } from '../stand-memo.ts'
import { lastInstant, msOf } from '../time.ts'
import { FactReads } from './fact-reads.ts'

/** A read that takes longer would hold up everybody else: it is a table's job. */
const readMsMax = 30_000

/** Rows a single read may answer: more is a page's job. */
const rowsMax = 100_000

/** Reads for routes, screens, commands and collectors. Nothing here can write: each query runs read-only. */
export function createReader(pool: Pool, ledger: Ledger): Reader {
  const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const tx = await pool.connect()
    try {
      await tx.query(
        `begin transaction read only; set local search_path to show, pg_catalog;
         set local statement_timeout = ${readMsMax}`,
      )
      // One statement and no more: a second one could end the transaction, and write.
      const one = { text: sql, values: [...values], queryMode: 'extended' }
      const { rows } = await tx.query(one)
      await tx.query('commit')
      tx.release()
      return rows.slice(0, rowsMax) as Row[]
    } catch (error) {
      await tx.query('rollback').catch(() => undefined)
      tx.release(true)
      throw error
    }
  }
  const reads = new FactReads(ledger)
  const fact = (pos: Pos): Promise<Fact | null> => reads.fact(pos)
  const stands = new SharedLook(() => readStand(pool))
  const oldest = new StandMemo<Instant | null>(1)
  const reader: Reader = {
    query,
    fact,
    stand: () => stands.ask(),
    async facts(positions) {
      const found = await ledger.readPositions(positions.slice(0, rowsMax))
      return [...found].sort((a, b) => a.pos - b.pos)
    },
    async latest<B>(type: FactType<B>, count: number): Promise<Fact<B>[]> {
      const rows = await query<{ pos: string }>(
        'select pos from ledger.fact_type where type = $1 order by pos desc limit $2',
        [type.name, Math.min(count, rowsMax)],
      )
      const facts = await ledger.readPositions(rows.map(row => Number(row.pos)))
      return [...facts].sort((a, b) => b.pos - a.pos) as Fact<B>[]
    },
    async disclose(pos, slot) {
      return (await ledger.disclose(pos, slot))?.value ?? null
    },
    async discloseAll(positions, slots) {
      const found = await ledger.discloseAll(positions, slots)
      return new Map(
        [...found].map(([pos, values]) => [
          pos,
          Object.fromEntries(Object.entries(values).map(([slot, { value }]) => [slot, value])),
        ]),
      )
    },
    refs: persons => ledger.refsOf(persons),
    size: () => ledger.size(),
    async prove(pos) {
      if ((await fact(pos)) === null) return null
      const [leaf, proof] = await Promise.all([ledger.leaf(pos), ledger.prove(pos)])
      return { leaf: new TextDecoder().decode(leaf), proof }
    },
    async ledger() {
      return { origin: ledger.origin, vkey: ledger.vkey }
    },
    async behind(nowMs) {
      const since = await oldest.of(reader, '', () => readOldest(query, fact))
      return since !== null && msOf(since) < nowMs - limits.behindMsMax ? since : null
    },
    async live(controls) {
      // The database takes out of each row what is asked for: rows of large populations are long.
      const rows = await query<{ control: string } & Live>(
        `select r.judge as control, r.state::json -> 'live' -> 'population' as population, first.next
         from fold.judge_row r join fold.judge j on j.judge = r.judge
         cross join lateral (
           select min(wake) as next from fold.judge_row where judge_row.judge = r.judge
         ) as first
         where r.judge = any($1) and r.key = '' and j.stopped is null`,
        [controls],
      )
      const known = rows.filter(row => row.population !== null)
      return new Map(known.map(({ control, ...live }) => [control, live]))
    },
    owed: question => readOwed(query, question),
  }
  return reader
}

/**
 * Whatever judges do, also when nothing but time has passed, moves their cursor (V2), and so it is with
 * tables: what they hold is another only where a cursor is. Of judges it counts who was stopped as well.
 */
async function readStand(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ stand: string }>({
    name: 'reader-stand',
    text: `select h.size || ' ' || coalesce((select string_agg(next::text, ' ' order by consumer)
        from ledger.cursor where consumer in ('judges', 'tables')), '') || ' ' ||
        (select count(*) from fold.judge where stopped is not null) as stand from ledger.head h`,
  })
  return rows[0]?.stand ?? ''
}

/** What has waited longest for judges or tables: a wake, or a fact. */
async function readOldest(query: Reader['query'], fact: Reader['fact']): Promise<Instant | null> {
  const [row] = await query<{ next: number | null; wake: Instant | null }>(
    `select (select min(next)::float8 from ledger.cursor where consumer in ('judges', 'tables')) as next,
       (select min(first.wake) from fold.judge
        cross join lateral (
          select min(wake) as wake from fold.judge_row where judge_row.judge = judge.judge
        ) as first
        where judge.stopped is null) as wake`,
  )
  // Taken after the cursors were read: what came meanwhile is too young to matter.
  const waiting = row?.next == null ? null : await fact(row.next)
  return [row?.wake, waiting?.recorded].filter(at => at != null).sort()[0] ?? null
}

type OwedRow = Readonly<{ judge: string; key: string; owes: string; due: Instant }>

/**
 * Rows that ask for something, by the first time of it, page by page until enough is asked for: a row
 * may ask for several things, and of some the time has not begun. Those are left out by the database,
 * and so take no place of what is open.
 */
async function readOwed(query: Reader['query'], question: OwedQuestion): Promise<OwedBy[]> {
  const { controls, subject = null, dueBy = null, now, countMax } = question
  // What a fact has opened is asked for, also if its clock, or that of the list, is a little ahead (V4).
  const begun = plusMs(now, implausibleMs)
  const due = ({ owed }: OwedBy) => owed.due ?? lastInstant
  // By row: one that moves between two pages is not asked for twice.
  const found = new Map<string, readonly OwedBy[]>()
  let last: OwedRow | undefined
  for (;;) {
    const rows = await query<OwedRow>(
      `select judge, key, owes, due from fold.judge_row
       where owes is not null and judge = any($1) and case when $2::text is null then key <> '' else key = $2 end
         and ($3::text is null or due <= $3)
         and exists (select from json_array_elements(owes::json) o where o ->> 'from' <= $5)
         and ($6::text is null or (due, judge, key) > ($6, $7, $8))
       order by due, judge, key limit $4`,
      [controls, subject, dueBy, countMax + 1, begun, last?.due, last?.judge, last?.key],
    )
    for (const row of rows) {
      const asked = (JSON.parse(row.owes) as Owed[]).filter(owed => owed.from <= begun)
      const named = asked.map(owed => ({ control: row.judge, subject: row.key, owed }))
      const kept = named.filter(one => dueBy === null || due(one) <= dueBy)
      found.set(`${row.judge} ${row.key}`, kept)
    }
    last = rows.at(-1)
    const all = [...found.values()].flat()
    // What comes after the last row that was read may be asked for by a row that was not.
    const end = rows.length > countMax ? last!.due : null
    const sure = end === null ? all : all.filter(one => due(one) <= end)
    if (end !== null && sure.length < countMax) continue
    return sure
      .sort(
        (a, b) =>
          compareText(due(a), due(b)) ||
          compareText(a.control, b.control) ||
          compareText(a.subject, b.subject) ||
          compareText(a.owed.name, b.owed.name),
      )
      .slice(0, countMax)
  }
}
