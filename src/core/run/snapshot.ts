import type { PoolClient } from 'pg'
import type { Judge, Plain } from '../judge.ts'
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
  const columns: [
    string[],
    string[],
    string[],
    Array<string | null>,
    Array<string | null>,
    Array<string | null>,
    string[],
    number[],
    Array<string | null>,
    Array<string | null>,
  ] = [[], [], [], [], [], [], [], [], [], []]
  const gone: [string[], string[]] = [[], []]
  for (const seat of engine.seats) {
    for (const key of seat.rows.takeDirty()) {
      const row = seat.rows.byKey.get(key)
      if (row === undefined) {
        gone[0].push(seat.judge.id)
        gone[1].push(key)
        continue
      }
      columns[0].push(seat.judge.id)
      columns[1].push(key)
      columns[2].push(JSON.stringify(row.state))
      columns[3].push(row.share === undefined ? null : JSON.stringify(row.share))
      columns[4].push(row.wake)
      columns[5].push(row.rank)
      columns[6].push(JSON.stringify(row.made))
      columns[7].push(row.upto)
      const owed = owedOf(seat.judge, row.state)
      columns[8].push(owed.owes)
      columns[9].push(owed.due)
    }
  }
  if (gone[0].length > 0) {
    await tx.query({
      name: 'judges-forget',
      text: `delete from fold.judge_row r using unnest($1::text[], $2::text[]) as g(judge, key)
       where r.judge = g.judge and r.key = g.key`,
      values: gone,
    })
  }
  if (columns[0].length > 0) {
    await tx.query({
      name: 'judges-keep',
      text: `insert into fold.judge_row (judge, key, state, share, wake, rank, made, upto, owes, due)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::text[])
       on conflict (judge, key) do update set state = excluded.state, share = excluded.share,
         wake = excluded.wake, rank = excluded.rank, made = excluded.made, upto = excluded.upto,
         owes = excluded.owes, due = excluded.due`,
      values: columns,
    })
  }
}

/** What a row asks of people, as it is stored beside it: the text, and the first time of it. */
export function owedOf(
  judge: Judge<any>,
  state: Plain,
): Readonly<{ owes: string | null; due: string | null }> {
  const owed = judge.owes?.(state) ?? []
  if (owed.length === 0) return { owes: null, due: null }
  // What nobody can say the time of comes last.
  const due = owed.map(one => one.due ?? lastInstant).reduce((a, b) => (a <= b ? a : b))
  return { owes: JSON.stringify(owed), due }
}
