import type { ClientBase } from 'pg'
import { migrateForward } from '../db/migrate.ts'
import { OkiteError } from '../error.ts'

/** Brings the ledger's own tables to this version. */
export const migrate = (client: ClientBase): Promise<void> =>
  migrateForward(client, {
    name: 'ledger',
    folder: import.meta.dirname,
    migrations: ['schema.sql', 'vacuum.sql'],
  })

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
