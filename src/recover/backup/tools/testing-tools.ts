import { strict as assert } from 'node:assert'
import { spawn, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** Repositories of restic, Borg and pgBackRest as an organisation has them, by their own programs. */

const bin = '/usr/lib/postgresql/15/bin'
const needed = ['/usr/bin/restic', '/usr/bin/borg', '/usr/bin/pgbackrest', `${bin}/postgres`]
const absent = needed.filter(path => !fs.existsSync(path))

export const skip =
  absent.length === 0
    ? false
    : `not installed (restic, borgbackup, pgbackrest, postgresql-15): ${absent}`

export const programs = bin

/** Runs a program to its end; what it says is shown where it fails. */
export function must(
  program: string,
  args: readonly string[],
  options: Readonly<{ cwd: string; env?: Record<string, string>; uid?: number; gid?: number }>,
): string {
  const env = { PATH: '/usr/bin:/bin', HOME: options.cwd, TZ: 'UTC', ...options.env }
  const said = spawnSync(program, args, { encoding: 'utf8', ...options, env })
  assert.equal(said.status, 0, `${program} ${args.join(' ')}: ${said.stdout}${said.stderr}`)
  return said.stdout
}

export function secretFile(path: string, text: string): string {
  fs.writeFileSync(path, `${text}\n`, { mode: 0o600 })
  return path
}

/** Flips one bit in the middle of the largest file below a folder whose path is so, and says which. */
export function flipIn(folder: string, pattern: RegExp = /./): string {
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => pattern.test(path))
    .sort((a, b) => fs.statSync(b).size - fs.statSync(a).size)
  const path = files[0]
  assert.ok(path, `no file below ${folder}`)
  const bytes = fs.readFileSync(path)
  bytes[Math.floor(bytes.length / 3)]! ^= 1
  fs.chmodSync(path, 0o640)
  fs.writeFileSync(path, bytes)
  return path
}

/** PostgreSQL refuses root: there it runs as `nobody`. */
export function nobody(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const line = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(one => one.startsWith('nobody:'))
  const [, , uid, gid] = line!.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

/** A PostgreSQL 15 whose log goes into a repository of pgBackRest, with one backup. */
export async function startServer(folder: string) {
  const as = nobody()
  fs.mkdirSync(folder, { mode: 0o755 })
  const configFile = join(folder, 'pgbackrest.conf')
  const port = await freePort()
  fs.writeFileSync(
    configFile,
    [
      '[global]',
      `repo1-path=${folder}/repo`,
      ...['repo1-cipher-type=aes-256-cbc', 'repo1-cipher-pass=of the repository'],
      ...[`log-path=${folder}`, `lock-path=${folder}`, 'log-level-file=off', 'start-fast=y'],
      ...['repo1-retention-full=3', 'compress-type=none'],
      ...['[main]', `pg1-path=${folder}/data`, `pg1-socket-path=${folder}`, `pg1-port=${port}`, ''],
    ].join('\n'),
    { mode: 0o640 },
  )
  if (as !== null) for (const path of [folder, configFile]) fs.chownSync(path, as.uid, as.gid)
  const options = { cwd: folder, ...as }
  const data = join(folder, 'data')
  const auth = ['-A', 'scram-sha-256', `--pwfile=${folder}/pw`]
  fs.writeFileSync(join(folder, 'pw'), 'open sesame\n', { mode: 0o644 })
  must(`${bin}/initdb`, ['-D', data, '-U', 'okite', ...auth, '-E', 'UTF8', '-N'], options)
  // The program that backs it up asks as the same account, through the socket.
  fs.writeFileSync(
    join(data, 'pg_hba.conf'),
    'local all all trust\nhost all all all scram-sha-256\n',
  )
  const settings = [
    ...[`port=${port}`, `unix_socket_directories=${folder}`, 'listen_addresses=127.0.0.1'],
    ...['archive_mode=on', 'fsync=off'],
    `archive_command=pgbackrest --config=${configFile} --stanza=main archive-push %p`,
  ]
  const server = spawn(`${bin}/postgres`, ['-D', data, ...settings.flatMap(one => ['-c', one])], {
    ...{
      cwd: folder,
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin', HOME: folder, PGUSER: 'okite' },
    },
    ...as,
  })
  const ended = new Promise(resolve => server.on('close', resolve))
  const psql = (sql: string): string =>
    must(
      `${bin}/psql`,
      ['-h', folder, '-p', `${port}`, '-U', 'okite', '-Atqc', sql, 'postgres'],
      options,
    )
  for (let tries = 0; tries < 200; tries++) {
    const ready = spawnSync(`${bin}/pg_isready`, ['-q', '-h', folder, '-p', `${port}`])
    if (ready.status === 0) break
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const pgbackrest = (...args: string[]): string =>
    must(
      'pgbackrest',
      [`--config=${configFile}`, '--stanza=main', '--log-level-console=warn', ...args],
      {
        ...options,
        env: { PGUSER: 'okite' },
      },
    )
  psql('create table orders as select n, md5(n::text) as what from generate_series(1, 20000) n')
  pgbackrest('stanza-create')
  pgbackrest('backup', '--annotation=trigger=timer')
  return {
    ...{ configFile, port, psql, pgbackrest, folder },
    async stop() {
      server.kill('SIGINT')
      await ended
    },
  }
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
