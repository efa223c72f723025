import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { OkiteError } from '../error.ts'

/** Forward only. A migration that was released is never edited; a new one is added below it. */
const migrations: readonly string[] = ['schema.sql']

/** Brings the ledger's own tables to this version. Several processes may try at once. */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query('begin')
  try {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    await client.query(
      `create schema if not exists ledger;
       create table if not exists ledger.migration (
         number int primary key, name text not null, applied timestamptz not null default now())`,
    )
    const { rows } = await client.query<{ done: number }>(
      'select coalesce(max(number), 0) as done from ledger.migration',
    )
    const done = rows[0]?.done ?? 0
    if (done > migrations.length) {
      throw new OkiteError('LEDGER_SCHEMA_NEWER', { found: done, known: migrations.length })
    }
    for (const [index, name] of migrations.entries()) {
      if (index < done) continue
      await client.query(readFileSync(join(import.meta.dirname, name), 'utf8'))
      await client.query('insert into ledger.migration (number, name) values ($1, $2)', [
        index + 1,
        name,
      ])
    }
    // Point of no return: after this only a newer migration changes the tables.
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/**
 * Everything that is acknowledged must survive a power cut, so a server that may forget it is
 * refused.
 *
 * @throws OkiteError `DATABASE_NOT_DURABLE` with the settings that are wrong
 */
export async function assertDurable(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [durableSettings],
  )
  const found = new Map(rows.map(row => [row.name, row.setting]))
  const wrong = durableSettings.filter(name => found.get(name) !== 'on')
  if (wrong.length > 0) throw new OkiteError('DATABASE_NOT_DURABLE', { off: wrong })
}

const durableSettings = ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums']

/** Any number, as long as nothing else in the database locks the same one: "okledger" in hex, cut. */
const migrationLock = 0x6f6b6c65
