import pg from 'pg'
import { OkiteError } from '../error.ts'

/** Where a server of the organisation's own is; nothing in it is secret. */
export type Place = Readonly<{ host: string; port: string }>

/**
 * Reads `OKITE_DATABASE_URL`. The URL holds a password, so it appears in no error: not even the
 * cause is kept, since the parser's own errors carry their input.
 *
 * @throws OkiteError `DATABASE_URL`
 */
export function parseUrl(url: string): Place {
  let parsed: URL | null = null
  try {
    parsed = new URL(url)
  } catch {
    // said below
  }
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new OkiteError('DATABASE_URL')
  }
  const host = parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname)
  return { host: host || 'localhost', port: parsed.port || '5432' }
}

/**
 * Refuses a server that may forget what it has acknowledged, that cannot write, or that is too old.
 * The settings are those of our own session, so a setting of the role or the database counts.
 *
 * @returns the version of the server
 * @throws OkiteError `DATABASE_NOT_DURABLE`, `DATABASE_VERSION`, `DATABASE_READ_ONLY`,
 *   `DATABASE_ENCODING`
 */
export async function requireDurable(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name = ANY($1)
     UNION ALL SELECT 'recovery', pg_is_in_recovery()::text`,
    [[...durable, 'server_version', 'server_version_num', 'server_encoding']],
  )
  const found = new Map(rows.map(row => [row.name, row.setting]))
  const version = found.get('server_version') ?? ''
  if (!(Number(found.get('server_version_num')) >= versionMin)) {
    throw new OkiteError('DATABASE_VERSION', { found: version, wanted: '15 or newer' })
  }
  // `off` and absent are both refused: deny when unsure. `local` and the remote forms of
  // synchronous_commit all wait for the local disk.
  const off = durable.filter(name => (found.get(name) ?? 'off') === 'off')
  if (off.length > 0) throw new OkiteError('DATABASE_NOT_DURABLE', { off })
  if (found.get('server_encoding') !== 'UTF8') {
    throw new OkiteError('DATABASE_ENCODING', { found: found.get('server_encoding') ?? '' })
  }
  if (found.get('recovery') !== 'false') throw new OkiteError('DATABASE_READ_ONLY')
  return version
}

/** What a durable server has on; data_checksums so that a rotten page is an error and not a fact. */
const durable = ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums']

/** 15 is what Debian 12 brings, the oldest that a test runs against. */
const versionMin = 150_000

/** What the driver and the server say when the database is away, by Node's and SQL's codes. */
const away = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ENOTFOUND', 'ETIMEDOUT'])

/**
 * The refusal that an error of the driver amounts to, or null when it is about the statement:
 * `DATABASE_DISK_FULL` or `DATABASE_LOST`. Whether a commit that was under way took place is then
 * not known; whoever wrote must ask.
 */
export function asDatabaseError(error: unknown): OkiteError | null {
  const code = (error as { code?: unknown } | null)?.code
  const state = typeof code === 'string' ? code : ''
  // 53100 disk_full, 58030 io_error of a WAL write on a full disk
  if (state === '53100') return new OkiteError('DATABASE_DISK_FULL', {}, { cause: error })
  const terminated =
    error instanceof Error &&
    /Connection terminated|Client has encountered a connection error|not queryable/.test(
      error.message,
    )
  // 08: connection exception; 57P01–57P03: shut down, crashed, starting up
  if (away.has(state) || /^(08|57P0[1-3])/.test(state) || terminated) {
    return new OkiteError('DATABASE_LOST', {}, { cause: error })
  }
  return null
}
