import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { systemClock } from '../time.ts'
import { openDatabase } from './database.ts'
import { asDatabaseError } from './external.ts'
import { collectLog, isAlive, temporaryFolder, until } from './fixtures/bench.ts'

const clock = systemClock
const open = (dataDir: string, log = collectLog().log) => openDatabase({ dataDir, log, clock })

describe('an embedded database', async () => {
  const root = temporaryFolder({ after })
  const dataDir = join(root, 'data')
  const { lines, log } = collectLog()
  const database = await open(dataDir, log)
  after(() => database.close())

  it('answers as PostgreSQL 18 and keeps what it acknowledges', async () => {
    assert.equal(database.kind, 'embedded')
    assert.match(database.version, /^18\./)
    const { rows } = await database.pool.query(
      `SELECT name, setting FROM pg_settings WHERE name = ANY($1) ORDER BY name`,
      [['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses']],
    )
    assert.deepEqual(Object.fromEntries(rows.map(row => [row.name, row.setting])), {
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '',
      synchronous_commit: 'on',
    })
  })

  it('lets nobody in without the password, and trusts no connection', async () => {
    const rules = fs.readFileSync(join(dataDir, 'pg', 'pg_hba.conf'), 'utf8')
    const methods = rules
      .split('\n')
      .filter(line => /^(local|host)/.test(line))
      .map(line => line.trim().split(/\s+/).at(-1))
    assert.ok(methods.length > 0)
    assert.ok(methods.every(method => method === 'scram-sha-256'))
    const { default: pg } = await import('pg')
    const host = fs.readlinkSync(join(dataDir, 'run'))
    const client = new pg.Client({ host, user: 'okite', database: 'postgres', password: 'guess' })
    client.on('error', () => {})
    await assert.rejects(client.connect(), { code: '28P01' })
  })

  it('keeps its secrets in files that only their owner reads, and in no log', () => {
    const password = fs.readFileSync(join(dataDir, 'database-password'), 'utf8').trim()
    assert.equal(Buffer.from(password, 'base64url').length, 32)
    assert.equal(fs.statSync(join(dataDir, 'database-password')).mode & 0o777, 0o600)
    assert.equal(fs.statSync(dataDir).mode & 0o777, 0o700)
    assert.equal(fs.lstatSync(fs.readlinkSync(join(dataDir, 'run'))).mode & 0o777, 0o700)
    assert.ok(lines.length > 0)
    assert.ok(lines.every(line => !line.includes(password)))
    const command = fs.readFileSync(`/proc/${database.pid}/cmdline`, 'utf8')
    const environment = fs.readFileSync(`/proc/${database.pid}/environ`, 'utf8')
    assert.ok(!command.includes(password) && !environment.includes(password))
  })

  it('refuses a second opening of the same folder, also by another name', async () => {
    const link = join(root, 'link')
    fs.symlinkSync(dataDir, link)
    for (const name of [dataDir, link]) {
      await assert.rejects(open(name), { code: 'OKITE_RUNNING', data: { pid: process.pid } })
    }
    assert.equal((await database.pool.query('SELECT 1 AS one')).rows[0].one, 1)
  })

  it('is independent of a database in another folder', async () => {
    const other = await open(join(root, 'other'))
    try {
      await other.pool.query('CREATE TABLE here (n int)')
      await assert.rejects(database.pool.query('SELECT * FROM here'), { code: '42P01' })
      assert.notEqual(other.pid, database.pid)
    } finally {
      await other.close()
    }
  })

  it('comes back by itself when all its processes are killed, and says so', async () => {
    await database.pool.query('CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
    const told: string[] = []
    database.onLost(trouble => void told.push(trouble))
    database.onBack(() => void told.push('back'))
    const before = database.pid ?? 0
    for (const pid of serversOf(dataDir)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        // It has followed its parent already.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    await until('the database is back', () => told.includes('back'))
    assert.deepEqual(told, ['DATABASE_LOST', 'back'])
    assert.notEqual(database.pid, before)
    assert.equal((await database.pool.query('SELECT n FROM kept')).rows[0].n, 7)
    assert.ok(lines.some(line => line.includes('"database.lost"')))
    assert.ok(lines.some(line => line.includes('"database.restarted"')))
  })

  it('comes back when one backend is killed, which ends all connections', async () => {
    const told: string[] = []
    database.onLost(trouble => void told.push(trouble))
    database.onBack(() => void told.push('back'))
    const postmaster = database.pid
    const client = await database.pool.connect()
    client.on('error', () => {})
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    const failed = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
    process.kill(rows[0].pid, 'SIGKILL')
    assert.equal(asDatabaseError(await failed)?.code, 'DATABASE_LOST')
    client.release(true)
    await until('the database is back', () => told.includes('back'))
    assert.equal(database.pid, postmaster)
  })
})

describe('opening and closing', () => {
  it('stops cleanly, leaves no process and no socket, and starts again', async test => {
    const dataDir = join(temporaryFolder(test), 'data')
    for (let round = 0; round < 2; round++) {
      const database = await open(dataDir)
      const run = fs.readlinkSync(join(dataDir, 'run'))
      const { pid } = database
      await database.close()
      assert.ok(pid !== null && !isAlive(pid))
      assert.deepEqual(serversOf(dataDir), [])
      assert.ok(!fs.existsSync(run) && !fs.existsSync(join(dataDir, 'pg', 'postmaster.pid')))
    }
  })

  it('creates nothing when it may not', async test => {
    const dataDir = join(temporaryFolder(test), 'absent')
    const opening = openDatabase({ dataDir, create: false, log: collectLog().log, clock })
    await assert.rejects(opening, { code: 'DATA_FOLDER_ABSENT' })
    assert.ok(!fs.existsSync(dataDir))
  })

  it('begins again where a first start was interrupted', async test => {
    const dataDir = join(temporaryFolder(test), 'data')
    fs.mkdirSync(join(dataDir, 'pg.new', 'base'), { recursive: true, mode: 0o700 })
    fs.chmodSync(dataDir, 0o700)
    fs.writeFileSync(join(dataDir, 'database-password'), 'half', { mode: 0o600 })
    const database = await open(dataDir)
    await database.close()
    assert.ok(!fs.existsSync(join(dataDir, 'pg.new')))
  })

  it('refuses what it cannot read: another version, a damaged cluster, a lost password', async test => {
    const dataDir = join(temporaryFolder(test), 'data')
    await (await open(dataDir)).close()
    const change = async (path: string, text: string | null, code: string) => {
      const whole = join(dataDir, path)
      const old = fs.readFileSync(whole)
      if (text === null) fs.rmSync(whole)
      else fs.writeFileSync(whole, text)
      await assert.rejects(open(dataDir), { code })
      fs.writeFileSync(whole, old, { mode: 0o600 })
    }
    await change('pg/PG_VERSION', '17\n', 'DATABASE_VERSION')
    await change('pg/PG_VERSION', null, 'DATABASE_CORRUPT')
    await change('pg/global/pg_control', 'x'.repeat(8192), 'DATABASE_START')
    await change('database-password', null, 'DATABASE_PASSWORD_LOST')
    assert.deepEqual(serversOf(dataDir), [])
    await (await open(dataDir)).close()
  })

  it('takes no notice of a stale lock file, even if its number is now another process', async test => {
    const dataDir = join(temporaryFolder(test), 'data')
    await (await open(dataDir)).close()
    for (const pid of [process.pid, 4_000_000]) {
      const stale = `${pid}\n${join(dataDir, 'pg')}\n1700000000\n5432\n/tmp\n\n  1234567   1\nready\n`
      fs.writeFileSync(join(dataDir, 'pg', 'postmaster.pid'), stale, { mode: 0o600 })
      await (await open(dataDir)).close()
    }
    assert.ok(isAlive(process.pid))
  })
})

/** The processes that run in a folder's cluster. */
function serversOf(dataDir: string): number[] {
  const cluster = fs.realpathSync(join(dataDir, 'pg'))
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return fs.readlinkSync(`/proc/${pid}/cwd`) === cluster
      } catch {
        return false
      }
    })
    .map(Number)
}
