import { promises as fs } from 'node:fs'
import pg from 'pg'
import { OkiteError } from '../../../core/error.ts'
import { toInstant } from '../../../core/time.ts'
import type { LogMark } from './log-marks.ts'
import { readSecret } from './program.ts'
import type { DatabaseSettings } from './settings.ts'

/** A PostgreSQL of the organisation. It is asked, and nothing of its data is written. */

const connectMsMax = 10_000

/** Loopback and sockets are this machine; anything else is asked through TLS alone. */
export const isHere = (host: string): boolean =>
  host.startsWith('/') || /^(localhost|127\.|::1$)/.test(host)

/** @throws OkiteError `BACKUP_SERVER`, `BACKUP_SECRET_FILE` */
export async function withServer<T>(
  settings: DatabaseSettings,
  msMax: number,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { host, port, name, user, passwordFile, caFile } = settings
  const client = new pg.Client({
    ...{ host, port, database: name, user, application_name: 'okite' },
    ...(passwordFile !== null && { password: await readSecret(passwordFile) }),
    ...(!isHere(host) && { ssl: { rejectUnauthorized: true, ...(await authority(caFile)) } }),
    connectionTimeoutMillis: connectMsMax,
    statement_timeout: msMax,
    query_timeout: msMax + 1_000,
  })
  // A connection that breaks says so to whoever asks next.
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } catch (cause) {
    if (cause instanceof OkiteError) throw cause
    const { code } = cause as { code?: string }
    throw new OkiteError('BACKUP_SERVER', { host, why: code ?? 'unknown' }, { cause })
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Of the organisation's own, as PEM; it is no secret. */
const authority = async (caFile: string | null) =>
  caFile === null ? {} : { ca: await fs.readFile(caFile, 'utf8') }

/**
 * How far its log has come. Where nothing but the head of a segment is written, all that was committed stands
 * in the one before. PostgreSQL 14 and later.
 *
 * @param options `beat`: writes a record into the log first that no data come of
 */
export async function markOf(
  settings: DatabaseSettings,
  { beat, nowMs }: Readonly<{ beat: boolean; nowMs: number }>,
): Promise<LogMark> {
  return withServer(settings, connectMsMax, async client => {
    if (beat) await client.query(`select pg_logical_emit_message(true, 'okite', 'beat')`)
    const { rows } = await client.query<{ segment: string; system: string }>(
      `select pg_walfile_name(case when o.file_offset <= 40 then w.lsn - 41 else w.lsn end) as segment,
         (select system_identifier::text from pg_control_system()) as system
       from (select pg_current_wal_insert_lsn() as lsn) w, pg_walfile_name_offset(w.lsn) o`,
    )
    const { segment, system } = rows[0]!
    return { at: toInstant(nowMs), system: BigInt(system), segment }
  })
}
