import { isDeepStrictEqual } from 'node:util'
import type { Pool, PoolClient } from 'pg'
import type { Pos } from '../fact.ts'
import { lockCursor } from '../ledger/cursor.ts'
import { type FsckReport, fsck } from '../ledger/fsck.ts'
import { limits } from '../limits.ts'
import type { Table } from '../module.ts'
import type { RunnerOptions } from './follow.ts'
import { reperform } from './reperform.ts'
import { applyAll } from './tables.ts'

/** What deriving everything again has found. */
export type Integrity = Readonly<{
  ok: boolean
  list: FsckReport
  judges: Readonly<{
    facts: number
    derived: number
    /** Where the judges say something else than the list, and what; null: nowhere. */
    differs: Pos | null
    why: string | null
    /** Judges that another version of their rule judged for, in part or always: not performed. */
    others: readonly string[]
  }>
  rows: Readonly<{ compared: number; differing: readonly string[] }>
  tables: Readonly<{ compared: number; differing: readonly string[] }>
}>

/** A list of differences longer than this helps nobody. */
const differingMax = 100

/**
 * Derives everything again from the list and compares: leaves, tree and signatures (I1, I2, I6), what
 * the judges say (I8), the rows they keep and the tables that people read (I7). Nothing is changed:
 * the work runs in a transaction that is rolled back.
 */
export async function checkIntegrity(options: {
  pool: Pool
  fsck: Parameters<typeof fsck>[0]
  runner: RunnerOptions
  tables: readonly Table[]
}): Promise<Integrity> {
  const list = await fsck(options.fsck)
  const tx = await options.pool.connect()
  try {
    await tx.query('begin')
    // Under its cursor no other process moves the rows or the tables while they are compared.
    const until = await lockCursor(tx, 'judges')
    const again = await reperform({ ...options.runner, tx, until })
    const rows = { compared: 0, differing: [] as string[] }
    if (again.differs === null) {
      for (const seat of again.engine.seats) {
        // A judge that is not performed keeps rows that nobody here can derive.
        if (again.others.includes(seat.judge.id) && seat.rows.byKey.size === 0) continue
        const { rows: stored } = await tx.query<{ key: string; state: string }>(
          'select key, state from fold.judge_row where judge = $1',
          [seat.judge.id],
        )
        const found = new Map(stored.map(row => [row.key, JSON.parse(row.state) as unknown]))
        for (const key of new Set([...found.keys(), ...seat.rows.byKey.keys()])) {
          rows.compared += 1
          const own = JSON.parse(JSON.stringify(seat.rows.byKey.get(key)?.state ?? null)) as unknown
          if (
            !isDeepStrictEqual(found.get(key) ?? null, own) &&
            rows.differing.length < differingMax
          ) {
            rows.differing.push(`${seat.judge.id} ${key}`)
          }
        }
      }
    }
    const tables = await compareTables(options, tx)
    return {
      ok:
        list.faultCount === 0 &&
        again.differs === null &&
        rows.differing.length === 0 &&
        tables.differing.length === 0,
      list,
      judges: {
        facts: again.facts,
        derived: again.derived,
        differs: again.differs,
        why: again.why,
        others: again.others,
      },
      rows,
      tables,
    }
  } finally {
    await tx.query('rollback').catch(() => undefined)
    tx.release()
  }
}

/** Builds every table anew under another name and compares contents (M13). */
async function compareTables(
  options: { runner: RunnerOptions; tables: readonly Table[] },
  tx: PoolClient,
): Promise<Integrity['tables']> {
  const head = await lockCursor(tx, 'tables')
  const differing: string[] = []
  for (const [index, table] of options.tables.entries()) {
    const name = `pg_temp.again_${index}`
    await tx.query(`create temporary table again_${index} (${table.columns}) on commit drop`)
    for (let pos = 0; pos < head; ) {
      const facts = await options.runner.list.read(pos, Math.min(limits.factsPerPage, head - pos))
      if (facts.length === 0) break
      await applyAll(table, facts, name, tx)
      pos += facts.length
    }
    const { rows } = await tx.query<{ differing: string }>(
      `select count(*) as differing from (
         (table show.${table.name} except all table ${name}) union all
         (table ${name} except all table show.${table.name})) as d`,
    )
    if (Number(rows[0]?.differing) > 0) differing.push(table.name)
  }
  return { compared: options.tables.length, differing }
}
