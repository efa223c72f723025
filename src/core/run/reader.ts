import type { Pool } from 'pg'
import { compareText, plusMs } from '../control/match.ts'
import type { Whole } from '../control/whole.ts'
import { type Fact, type FactType, type Instant, implausibleMs, type Pos } from '../fact.ts'
import type { Owed } from '../judge.ts'
import type { Ledger } from '../ledger/store.ts'
import { limits } from '../limits.ts'
import type { OwedBy, OwedQuestion, Reader } from '../module.ts'
import { lastInstant, msOf } from '../time.ts'

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
  const fact = async (pos: Pos): Promise<Fact | null> =>
    Number.isSafeInteger(pos) && pos >= 0 && pos < (await ledger.size())
      ? ((await ledger.readPositions([pos]))[0] ?? null)
      : null
  return {
    query,
    fact,
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
      const since = [row?.wake, waiting?.recorded].filter(at => at != null).sort()[0]
      return since !== undefined && msOf(since) < nowMs - limits.behindMsMax ? since : null
    },
    async live(control) {
      const rows = await query<{ state: string; next: string | null }>(
        `select r.state, (select min(wake) from fold.judge_row where judge = $1) as next
         from fold.judge_row r join fold.judge j on j.judge = r.judge
         where r.judge = $1 and r.key = '' and j.stopped is null`,
        [control],
      )
      const row = rows[0]
      if (row === undefined) return null
      const { live } = JSON.parse(row.state) as Whole
      return live === null ? null : { next: row.next, population: live.population }
    },
    owed: question => readOwed(query, question),
  }
}

/** Rows that ask for something, by the first time of it; each may ask for several things. */
async function readOwed(query: Reader['query'], question: OwedQuestion): Promise<OwedBy[]> {
  const { controls, subject = null, dueBy = null, now, countMax } = question
  const rows = await query<{ judge: string; key: string; owes: string; due: Instant }>(
    `select judge, key, owes, due from fold.judge_row
     where owes is not null and judge = any($1) and ($2::text is null or key = $2)
       and ($3::text is null or due <= $3)
     order by due, judge, key limit $4`,
    [controls, subject, dueBy, countMax + 1],
  )
  const found = rows.flatMap(row =>
    (JSON.parse(row.owes) as Owed[]).map(owed => ({ control: row.judge, subject: row.key, owed })),
  )
  // What comes after the last row that was read may be asked for by a row that was not.
  const end = rows.length > countMax ? rows.at(-1)!.due : null
  const due = ({ owed }: OwedBy) => owed.due ?? lastInstant
  // What a fact has opened is asked for, also if its clock, or that of the list, is a little ahead (V4).
  const begun = plusMs(now, implausibleMs)
  return found
    .filter(one => one.owed.from <= begun && (dueBy === null || due(one) <= dueBy))
    .filter(one => end === null || due(one) <= end)
    .sort(
      (a, b) =>
        compareText(due(a), due(b)) ||
        compareText(a.control, b.control) ||
        compareText(a.subject, b.subject) ||
        compareText(a.owed.name, b.owed.name),
    )
    .slice(0, countMax)
}
