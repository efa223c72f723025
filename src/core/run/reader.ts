import assert from 'node:assert/strict'
import type { Pool } from 'pg'
import { compareText, plusMs } from '../control/match.ts'
import { type Fact, type FactType, type Instant, implausibleMs, type Pos } from '../fact.ts'
import { privacyErased } from '../facts.ts'
import type { Owed } from '../judge.ts'
import type { Ledger } from '../ledger/store.ts'
import { limits } from '../limits.ts'
import type { ListStand, Live, OwedBy, OwedQuestion, Reader } from '../module.ts'
import { SharedLook } from '../shared-look.ts'
import { StandMemo } from '../stand-memo.ts'
import { lastInstant, msOf } from '../time.ts'
import { FactReads } from './fact-reads.ts'

/** Rows a single read may answer: more is a page's job. */
const rowsMax = 100_000

/** What asks, and nothing before it. The server refuses a second statement, and whatever writes. */
const question = /^\s*(?:select|with|values)\b/i

/** What changes the session would hold for whoever has it next: also that it only reads. */
const settings = /\bset_config\b/i

/**
 * Reads for routes, screens, commands and collectors. Nothing here can write.
 *
 * @param reading connections that read only (`readingOf`)
 */
export function createReader(reading: Pool, ledger: Ledger): Reader {
  const stands = new SharedLook(standsOf(reading))
  const oldest = new StandMemo<Instant | null>(1)
  const reads = new FactReads(ledger)
  const create = (note: (part: string) => void): Reader => {
    const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
      assert(question.test(sql) && !settings.test(sql), 'a read asks one question')
      for (const part of partsOf(sql)) note(part)
      // By the extended protocol, which takes one statement and no more.
      const one = { text: sql, values: [...values], queryMode: 'extended' }
      const { rows } = await reading.query(one)
      return rows.length > rowsMax ? rows.slice(0, rowsMax) : rows
    }
    const fact = async (pos: Pos): Promise<Fact | null> => {
      const found = await reads.fact(pos)
      // A fact stays as it is, but for the names of those who were erased.
      note(found === null ? 'list' : 'erased')
      return found
    }
    const reader: Reader = {
      query,
      fact,
      stand: () => stands.ask(),
      noting: create,
      async facts(positions) {
        note('erased')
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
        const found = await ledger.disclose(pos, slot)
        note(found === null ? 'list' : 'erased')
        return found?.value ?? null
      },
      async discloseAll(positions, slots) {
        note('erased')
        const found = await ledger.discloseAll(positions, slots)
        return new Map(
          [...found].map(([pos, values]) => [
            pos,
            Object.fromEntries(Object.entries(values).map(([slot, { value }]) => [slot, value])),
          ]),
        )
      },
      refs(persons) {
        note('list')
        return ledger.refsOf(persons)
      },
      size() {
        note('list')
        return ledger.size()
      },
      async prove(pos) {
        note('list')
        if ((await fact(pos)) === null) return null
        const [leaf, proof] = await Promise.all([ledger.leaf(pos), ledger.prove(pos)])
        return { leaf: new TextDecoder().decode(leaf), proof }
      },
      async ledger() {
        return { origin: ledger.origin, vkey: ledger.vkey }
      },
      async behind(nowMs) {
        for (const part of ['list', 'judges']) note(part)
        const since = await oldest.of(home, '', readOldest)
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
  const home = create(() => {})
  return home
}

/** Texts of queries whose parts are known; those that are put together for one question are few at a time. */
const partsMax = 1_000
const partsByText = new Map<string, ReadonlySet<string>>()

/** The parts that an SQL text may read: a table in `show` by its name, all else by its schema. */
function partsOf(sql: string): ReadonlySet<string> {
  const known = partsByText.get(sql)
  if (known !== undefined) return known
  const words = new Set(sql.match(/[a-z_][a-z0-9_]*/g))
  const parts = words.union(
    new Set([
      ...(words.has('ledger') ? ['list', 'erased'] : []),
      ...(words.has('fold') ? ['judges'] : []),
    ]),
  )
  if (partsByText.size >= partsMax) partsByText.clear()
  partsByText.set(sql, parts)
  return parts
}

/**
 * Where all stands. Whatever has moved meanwhile is seen by whoever asks next: the counts commit with what
 * they count.
 */
function standsOf(reading: Pool): () => Promise<ListStand> {
  let text = ''
  let stand: ListStand = new Map()
  return async () => {
    const { rows } = await reading.query<{ stand: string }>({
      name: 'reader-stand',
      text: `select json_build_object(
          'list', h.size || ' ' || coalesce((select string_agg(next::text, ' ' order by consumer)
            from ledger.cursor where consumer in ('judges', 'tables')), ''),
          'erased', (select max(pos)::text from ledger.fact_type where type = '${privacyErased.name}')
        )::text || coalesce((select json_object_agg(part, times::text order by part)::text
          from fold.moved), '{}') as stand
        from ledger.head h`,
    })
    const now = rows[0]?.stand ?? '{}{}'
    // The same text is the same stand, so that whoever compares sees it at once.
    if (now !== text) {
      const [own, moved] = now.split(/(?<=\})(?=\{)/).map(each => JSON.parse(each))
      stand = new Map(Object.entries<string>({ ...moved, ...own }))
      text = now
    }
    return stand
  }
}

/** What has waited longest for judges or tables: a wake, or a fact. */
async function readOldest({ query, fact }: Reader): Promise<Instant | null> {
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
