import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { openDatabase } from '../../../core/db/database.ts'
import { OkiteError } from '../../../core/error.ts'
import type { BackupKey } from '../store/envelope.ts'
import type { Repository } from '../store/repository.ts'
import { PieceWriter, type SetTable } from './ours-table.ts'
import { readSecret, runProgram, type Said } from './program.ts'
import { isHere, withServer } from './server.ts'
import type { PostgresqlJob } from './settings.ts'
import { readMsMax, type ToolPorts } from './tool.ts'

type Content = Pick<SetTable, 'folders' | 'links' | 'files' | 'rows' | 'sentBytes'>

export const dumpName = 'database.dump'

/**
 * One database, by `pg_dump`, and beside it what each of its tables held at the very instant of the dump: both
 * look through one snapshot. What is read can be written meanwhile; nothing is locked but against its removal.
 *
 * @throws OkiteError `BACKUP_SERVER`, `BACKUP_TOOL_…`
 */
export async function takePostgresql(
  job: PostgresqlJob,
  repository: Repository,
  key: BackupKey,
  ports: ToolPorts,
): Promise<Content> {
  return withServer(job.database, readMsMax, async client => {
    await client.query('begin isolation level repeatable read read only')
    const { rows: exported } = await client.query<{ id: string }>(
      'select pg_export_snapshot() as id',
    )
    const writer = new PieceWriter(repository, key)
    const said = await runProgram({
      program: `${job.programs}/pg_dump`,
      args: ['--format=custom', '--compress=0', '--no-password', `--snapshot=${exported[0]!.id}`],
      env: await serverEnvironment(job, ports.scratch),
      cwd: ports.scratch,
      msMax: readMsMax,
      take: bytes => writer.add(bytes),
      signal: ports.signal,
    })
    refuseFailure(job, 'pg_dump', said)
    const rows = await countRows(client)
    await client.query('commit')
    const file = { path: dumpName, mode: 0o600, ...(await writer.end()) }
    return { folders: [], links: [], files: [file], rows, sentBytes: writer.sentBytes }
  })
}

/** Where it is and as whom it is asked; the password in a file of this run alone. */
async function serverEnvironment({ database }: PostgresqlJob, scratch: string) {
  const { host, port, name, user, passwordFile, caFile } = database
  const env = { PGHOST: host, PGPORT: `${port}`, PGDATABASE: name, PGUSER: user }
  const tls = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: caFile ?? systemAuthorities }
  return {
    ...env,
    ...(!isHere(host) && tls),
    ...(passwordFile !== null && (await passFile(scratch, await readSecret(passwordFile)))),
  }
}

const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt'

async function passFile(scratch: string, password: string) {
  const path = join(scratch, 'pgpass')
  await fs.writeFile(path, `*:*:*:*:${password.replaceAll(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 })
  return { PGPASSFILE: path }
}

/** Its last word is an exit code, and it warns of what it left out. */
function refuseFailure(
  { repository }: PostgresqlJob,
  program: string,
  { exitCode, stderr }: Said,
): void {
  if (exitCode !== 0 || /error/i.test(stderr))
    throw new OkiteError('BACKUP_TOOL_FAILED', { program, repository, exitCode })
}

/**
 * Every table of people: how many rows, and the sum of a hash of each, so that their order does not matter.
 * Texts of values are written alike on both sides, whatever either server is set to.
 */
async function countRows(client: ClientBase): Promise<SetTable['rows']> {
  await client.query(`set local datestyle = 'ISO'; set local intervalstyle = 'postgres';
    set local timezone = 'UTC'; set local bytea_output = 'hex'; set local extra_float_digits = 1;
    set local search_path = pg_catalog; set local row_security = off`)
  const { rows: tables } = await client.query<{ table: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_|^information_schema$'
       and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
     order by 1`,
  )
  const found: SetTable['rows'] = []
  for (const { table } of tables) {
    const { rows } = await client.query<{ rows: string; digest: string }>(
      // Quoted by the server itself.
      `select count(*)::text as rows, coalesce(sum(
         ('x' || encode(substr(sha256(convert_to(t::text, 'UTF8')), 1, 7), 'hex'))::bit(56)::bigint
       ), 0)::text as digest from only ${table} t`,
    )
    found.push({ table, ...rows[0]! })
  }
  return found
}

/**
 * Starts a server on an empty folder, has `pg_restore` fill it, and says what its tables hold.
 *
 * @throws OkiteError `BACKUP_TOOL_FAILED`, `DATABASE_START`
 */
export async function restoredRows(
  job: PostgresqlJob,
  dump: string,
  ports: ToolPorts,
): Promise<SetTable['rows']> {
  const { clock, log, scratch, signal } = ports
  const dataDir = join(scratch, 'restored')
  const database = await openDatabase({ dataDir, clock, log })
  try {
    const { host, port, user, password, database: first } = database.pool.options
    await database.pool.query(`create database restored template template0 encoding 'UTF8'`)
    const said = await runProgram({
      program: `${job.programs}/pg_restore`,
      args: [
        '--dbname=restored',
        '--no-owner',
        '--no-acl',
        '--exit-on-error',
        '--no-password',
        dump,
      ],
      env: {
        ...{ PGHOST: `${host}`, PGPORT: `${port ?? 5_432}`, PGUSER: user ?? first ?? '' },
        ...(await passFile(scratch, `${password as string}`)),
      },
      ...{ cwd: scratch, msMax: readMsMax, signal },
    })
    refuseFailure(job, 'pg_restore', said)
    const settings = { ...job.database, host: `${host}`, port: port ?? 5_432, name: 'restored' }
    const passwordFile = join(scratch, 'password')
    await fs.writeFile(passwordFile, `${password as string}\n`, { mode: 0o600 })
    const here = { ...settings, user: user ?? '', passwordFile, caFile: null }
    return await withServer(here, readMsMax, async client => {
      await client.query('begin isolation level repeatable read read only')
      return countRows(client)
    })
  } finally {
    await database.close()
  }
}
