import type { PoolClient } from 'pg'
import { escapeIdentifier } from 'pg'
import type { Fact, FactType } from '../fact.ts'
import type { Table } from '../module.ts'

/**
 * A table with one row for each entry of a register. A page of facts is folded in memory and written in
 * three statements, because a register comes in hundreds of thousands of facts.
 *
 * @param options `key`: its primary key, a column of text; `step`: what a fact makes of the row of its
 *   entry, `null` where there is none, or no more
 */
export function keyedTable<Row extends object>(
  options: Readonly<{
    name: string
    version: number
    columns: string
    key: string
    from: readonly FactType[]
    keyOf(fact: Fact): string
    step(row: Row | null, fact: Fact): Row | null
  }>,
): Table {
  const { name, version, columns, from } = options
  const applyAll = async (facts: readonly Fact[], table: string, tx: PoolClient) => {
    const keys = [...new Set(facts.map(options.keyOf))]
    const key = escapeIdentifier(options.key)
    const { rows } = await tx.query<{ key: string; row: Row }>(
      `select ${key} as key, to_jsonb(found) as row from ${table} as found where ${key} = any($1)`,
      [keys],
    )
    const now = new Map<string, Row | null>(rows.map(({ key, row }) => [key, row]))
    for (const fact of facts) {
      const of = options.keyOf(fact)
      now.set(of, options.step(now.get(of) ?? null, fact))
    }
    await tx.query(`delete from ${table} where ${key} = any($1)`, [keys])
    const kept = [...now.values()].filter(row => row !== null)
    await tx.query(
      `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [JSON.stringify(kept)],
    )
  }
  return {
    ...{ name, version, columns, from, applyAll },
    apply: (fact, table, tx) => applyAll([fact], table, tx),
  }
}
