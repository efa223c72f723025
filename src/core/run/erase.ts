import type { PoolClient } from 'pg'
import { escapeIdentifier } from 'pg'
import type { Ref } from '../fact.ts'
import { lockCursor } from '../ledger/cursor.ts'
import type { Batch, Erased, Erasure, Ledger } from '../ledger/store.ts'
import { consumer as tablesConsumer } from './tables.ts'

/**
 * Takes a person's values away (V48). The ledger replaces his ref by a random one; whatever judges
 * and tables keep of the old ref is rewritten in the same transaction, and the judges' memory is read
 * again before they go on.
 */
export async function erase(options: {
  ledger: Pick<Ledger, 'erasePerson'>
  judges: Readonly<{ reload(): void }>
  /** Takes away what core keeps of him beside the list. */
  forget?(batch: Batch, person: string): Promise<void>
  person: string
  erasure: Omit<Erasure, 'replace'>
}): Promise<Erased> {
  return options.ledger.erasePerson(options.person, {
    ...options.erasure,
    async replace(batch, { before, after }) {
      const { tx } = batch
      await options.forget?.(batch, options.person)
      await replaceInRows(tx, before, after)
      await replaceInTables(tx, before, after)
      // Under the head lock nobody steps; a reload for an erasure that then fails costs only time.
      options.judges.reload()
    },
  })
}

/** A ref is a random UUID, so where its text stands it is meant. */
async function replaceInRows(tx: PoolClient, before: Ref, after: Ref): Promise<void> {
  await tx.query(
    `update fold.judge_row set key = replace(key, $1, $2), state = replace(state, $1, $2),
       share = replace(share, $1, $2), rank = replace(rank, $1, $2)
     where position($1 in concat_ws(' ', key, state, share, rank)) > 0`,
    [before, after],
  )
}

async function replaceInTables(tx: PoolClient, before: Ref, after: Ref): Promise<void> {
  // Whoever writes tables writes them in an order of his own, and each of us counts that they moved.
  await lockCursor(tx, tablesConsumer)
  const { rows } = await tx.query<{ table: string; column: string; type: string }>(
    `select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'show'::regnamespace and c.relkind = 'r' and a.attnum > 0
       and not a.attisdropped and format_type(a.atttypid, null) in
         ('text', 'character varying', 'json', 'jsonb', 'text[]', 'uuid')
     order by 1, 2`,
  )
  for (const { table, column, type } of rows) {
    const [name, field] = [escapeIdentifier(table), escapeIdentifier(column)]
    await tx.query(
      `update show.${name} set ${field} = replace(${field}::text, $1, $2)::${type}
       where position($1 in ${field}::text) > 0`,
      [before, after],
    )
  }
}
