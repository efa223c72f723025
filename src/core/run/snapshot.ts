import type { PoolClient } from 'pg'
import type { Key } from '../fact.ts'
import type { Judge, Owed } from '../judge.ts'
import { lastInstant } from '../time.ts'
import type { Engine } from './engine.ts'
import type { Row } from './rows.ts'

type Stored = {
  judge: string
  key: string
  state: string
  share: string | null
  wake: string | null
  rank: string | null
  made: string
  upto: string
}

/** What the database remembers of one judge. */
export type StoredJudge = Readonly<{
  judge: string
  version: number
  source: string
  stopped: string | null
}>

export async function storedJudges(tx: PoolClient): Promise<Map<string, StoredJudge>> {
  const { rows } = await tx.query<StoredJudge>(
    'select judge, version, source, stopped from fold.judge',
  )
  return new Map(rows.map(row => [row.judge, row]))
}

/** Reads the rows of these judges into the engine. */
export async function restoreRows(
  tx: PoolClient,
  engine: Engine,
  judges: readonly string[],
): Promise<void> {
  const { rows } = await tx.query<Stored>(
    'select judge, key, state, share, wake, rank, made, upto from fold.judge_row where judge = any($1)',
    [judges],
  )
  for (const row of rows) {
    engine.restore(row.judge, row.key, {
      state: JSON.parse(row.state),
      share: row.share === null ? undefined : JSON.parse(row.share),
      wake: row.wake,
      rank: row.rank,
      made: JSON.parse(row.made) as Row['made'],
      upto: Number(row.upto),
    })
  }
  for (const seat of engine.seats) seat.rows.takeDirty()
}

/** Writes the rows that changed since the last call; their effect commits with the cursor. */
export async function flushRows(tx: PoolClient, engine: Engine): Promise<void> {
  const gone: [string[], string[]] = [[], []]
  let kept: Kept[] = []
  for (const seat of engine.seats) {
    const { judge, rows } = seat
    for (const key of rows.takeDirty()) {
      const row = rows.byKey.get(key)
      if (row !== undefined) kept.push({ judge, key, row, ...owedOf(engine.owed(seat, row)) })
      else {
        gone[0].push(judge.id)
        gone[1].push(key)
      }
      if (kept.length === keptMax) {
        await keepRows(tx, kept)
        kept = []
      }
    }
  }
  if (kept.length > 0) await keepRows(tx, kept)
  if (gone[0].length > 0) {
    await tx.query({
      name: 'judges-forget',
      text: `delete from fold.judge_row r using unnest($1::text[], $2::text[]) as g(judge, key)
       where r.judge = g.judge and r.key = g.key`,
      values: gone,
    })
  }
}

type Kept = Readonly<{ judge: Judge<any>; key: Key; row: Row }> & OwedText

/** So many rows are in one text of a query. */
const keptMax = 8_192

/** Between JSON texts, which never hold a raw control character (RFC 8259, 7). */
const between = '\u001f'

/**
 * JSON goes as one text a column: as an array the driver would escape each quote of it, which takes
 * longer than all the rest. A row that has none is an empty text.
 */
async function keepRows(tx: PoolClient, rows: readonly Kept[]): Promise<void> {
  const joined = (texts: readonly (string | null)[]) => texts.map(text => text ?? '').join(between)
  await tx.query({
    name: 'judges-keep',
    text: `insert into fold.judge_row (judge, key, wake, rank, upto, due, state, share, made, owes)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
       string_to_array($7, e'\x1f', ''), string_to_array($8, e'\x1f', ''),
       string_to_array($9, e'\x1f', ''), string_to_array($10, e'\x1f', ''))
     on conflict (judge, key) do update set state = excluded.state, share = excluded.share,
       wake = excluded.wake, rank = excluded.rank, made = excluded.made, upto = excluded.upto,
       owes = excluded.owes, due = excluded.due`,
    values: [
      rows.map(({ judge }) => judge.id),
      rows.map(({ key }) => key),
      rows.map(({ row }) => row.wake),
      rows.map(({ row }) => row.rank),
      rows.map(({ row }) => row.upto),
      rows.map(({ due }) => due),
      joined(rows.map(({ row }) => JSON.stringify(row.state))),
      joined(rows.map(({ row }) => (row.share === undefined ? null : JSON.stringify(row.share)))),
      joined(rows.map(({ row }) => JSON.stringify(row.made))),
      joined(rows.map(({ owes }) => owes)),
    ],
  })
}

/** What a row asks of people, as it is stored beside it: the text, and the first time of it. */
type OwedText = Readonly<{ owes: string | null; due: string | null }>

export function owedOf(owed: readonly Owed[]): OwedText {
  if (owed.length === 0) return { owes: null, due: null }
  // What nobody can say the time of comes last.
  const due = owed.map(one => one.due ?? lastInstant).reduce((a, b) => (a <= b ? a : b))
  return { owes: JSON.stringify(owed), due }
}
