import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { it } from 'node:test'
import { systemClock } from '../time.ts'
import { asAccount, chooseAccount } from './account.ts'
import { findBinaries, layLibraries } from './binaries.ts'
import { childEnvironment, prepareCluster } from './cluster.ts'
import { openDatabase } from './database.ts'
import { parseUrl } from './external.ts'
import { collectLog, temporaryFolder, until } from './fixtures/bench.ts'
import { openPrivateFolder } from './folder.ts'

it('a URL that cannot be read is refused without being shown', () => {
  for (const url of [
    'postgres//u:hidden1@h',
    'http://u:hidden1@h/',
    'mysql://u:hidden1@h',
    'hidden1',
  ]) {
    assert.throws(
      () => parseUrl(url),
      (error: Error) => {
        assert.equal((error as { code?: string }).code, 'DATABASE_URL')
        assert.ok(!`${error.message}${error.stack}${JSON.stringify(error)}`.includes('hidden1'))
        return error.cause === undefined
      },
    )
  }
  assert.deepEqual(parseUrl('postgres://u:p@db.example:5433/okite'), {
    host: 'db.example',
    port: '5433',
  })
  assert.deepEqual(parseUrl('postgresql:///okite?host=/run/pg'), { host: '/run/pg', port: '5432' })
})

it("a server of the organisation's own is used when it is durable, and else refused", async test => {
  const server = await prepareServer(test)
  const { lines, log } = collectLog()
  const open = () => openDatabase({ dataDir: '/nowhere', url: server.url, log, clock: systemClock })

  await assert.rejects(open(), { code: 'DATABASE_UNREACHABLE' })

  await server.start()
  const database = await open()
  assert.equal(database.kind, 'external')
  assert.equal(database.pid, null)
  const told: string[] = []
  database.onLost(trouble => void told.push(trouble))
  database.onBack(() => void told.push('back'))
  await server.stop()
  await until('the loss is told', () => told.includes('DATABASE_LOST'))
  await server.start()
  await until('the return is told', () => told.includes('back'))
  assert.equal((await database.pool.query(`SHOW timezone`)).rows[0].TimeZone, 'UTC')
  await database.pool.query(`ALTER ROLE okite SET synchronous_commit = 'off'`)
  await assert.rejects(open(), {
    code: 'DATABASE_NOT_DURABLE',
    data: { off: ['synchronous_commit'] },
  })
  await database.pool.query(`ALTER ROLE okite RESET synchronous_commit`)
  await database.pool.query(`ALTER ROLE okite SET default_transaction_read_only = 'on'`)
  await database.close()
  await server.stop()

  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    await server.start(name)
    await assert.rejects(open(), { code: 'DATABASE_NOT_DURABLE', data: { off: [name] } }, name)
    await server.stop()
  }
  assert.ok(lines.length > 0)
  assert.ok(
    lines.every(line => !line.includes(server.password)),
    'the password is in no log',
  )
})

/** A second server, on a port of 127.0.0.1, as an organisation would have one. */
async function prepareServer(test: { after(hook: () => unknown): void }) {
  const dataDir = temporaryFolder(test)
  const binaries = findBinaries()
  const folder = openPrivateFolder(dataDir)
  const account = chooseAccount(process.getuid?.() ?? 0)
  const around = { dataDir, binaries, account, libraries: layLibraries(binaries, folder.path) }
  const password = await prepareCluster(around)
  const port = await freePort()
  let ended: Promise<unknown> = Promise.resolve()
  let stop = () => {}
  const server = {
    password,
    url: `postgres://okite:${password}@127.0.0.1:${port}/postgres`,
    async start(off?: string) {
      const args = [
        '-D',
        join(dataDir, 'pg'),
        '-c',
        `port=${port}`,
        '-c',
        'listen_addresses=127.0.0.1',
      ]
      args.push(
        '-c',
        `unix_socket_directories=${folder.path}`,
        ...(off ? ['-c', `${off}=off`] : []),
      )
      const command = asAccount(account, binaries.postgres, args)
      const env = childEnvironment(around)
      const child = spawn(command.program, command.args, {
        ...command.identity,
        env,
        stdio: 'ignore',
      })
      ended = new Promise(resolve => child.on('exit', resolve))
      stop = () => void child.kill('SIGINT')
      const ready = () =>
        /ready/.test(fs.readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8'))
      await until('the server is ready', () => {
        try {
          return ready()
        } catch {
          return false
        }
      })
    },
    async stop() {
      stop()
      await ended
    },
  }
  test.after(async () => {
    await server.stop()
    spawnSync('rm', ['-rf', '--', folder.path])
  })
  return server
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
