import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { OkiteError } from '../error.ts'

/** Tables that core owns and that no fold rebuilds. */
export type Schema = Readonly<{
  /** The schema of PostgreSQL that they stand in. */
  name: string
  folder: string
  /** Files of the folder. One that was released is never edited; a new one is added below it. */
  migrations: readonly string[]
}>

/** Brings a schema to this version, forward only. Several processes may try at once. */
export async function migrateForward(client: ClientBase, schema: Schema): Promise<void> {
  const { name, folder, migrations } = schema
  await client.query('begin')
  try {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    await client.query(
      `create schema if not exists ${name};
       create table if not exists ${name}.migration (
         number int primary key, name text not null, applied timestamptz not null default now())`,
    )
    const { rows } = await client.query<{ done: number }>(
      `select coalesce(max(number), 0) as done from ${name}.migration`,
    )
    const done = rows[0]?.done ?? 0
    if (done > migrations.length) {
      throw new OkiteError('LEDGER_SCHEMA_NEWER', { found: done, known: migrations.length })
    }
    for (const [index, file] of migrations.entries()) {
      if (index < done) continue
      await client.query(readFileSync(join(folder, file), 'utf8'))
      await client.query(`insert into ${name}.migration (number, name) values ($1, $2)`, [
        index + 1,
        file,
      ])
    }
    // Point of no return: after this only a newer migration changes the tables.
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/** Any number, as long as nothing else in the database locks the same one: "okledger" in hex, cut. */
const migrationLock = 0x6f6b6c65
