import { strict as assert } from 'node:assert'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

/** PostgreSQL as Debian 12 packages it: the oldest version that is supported as an own server. */
const bin = '/usr/lib/postgresql/15/bin'
const main = join(import.meta.dirname, '..', 'src', 'main.ts')
const skip = existsSync(join(bin, 'postgres')) ? false : 'Debian’s postgresql-15 is not installed'

test('I1 I2 a PostgreSQL 15 of the organisation’s own carries the whole program', {
  skip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'okite-own-'))
  const home = mkdtempSync(join(tmpdir(), 'okite-own-home-'))
  const server = startOwnServer(folder)
  const environment = {
    ...process.env,
    OKITE_HOME: join(home, 'data'),
    OKITE_DATABASE_URL: `postgres://okite@localhost/postgres?host=${folder}`,
  }
  const okite = (...words: string[]) =>
    spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', env: environment })
  const program = spawn(process.execPath, [main, 'start', '--port', '0'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    assert.match(await firstLine(program), /^ready http:/)
    const statements = JSON.parse(okite('check', '--json').stdout) as { status: string }[]
    assert.equal(statements.filter(one => one.status === 'unknown').length, 159)
    const checked = okite('fsck', '--json')
    assert.equal((JSON.parse(checked.stdout) as { ok: boolean }).ok, true, checked.stderr)
    const stopped = new Promise(resolve => program.on('close', resolve))
    assert.equal(okite('stop').status, 0)
    assert.equal(await stopped, 0)
  } finally {
    program.kill('SIGKILL')
    server.kill('SIGINT')
    await new Promise(resolve => server.on('close', resolve))
    for (const path of [folder, home]) rmSync(path, { recursive: true, force: true })
  }
})

/** PostgreSQL refuses root: there it runs as `nobody`, in a folder of its own. */
function startOwnServer(folder: string): ChildProcess {
  const data = join(folder, 'data')
  const nobody = process.getuid?.() === 0 ? accountOf('nobody') : null
  const as = nobody === null ? {} : { uid: nobody.uid, gid: nobody.gid }
  if (nobody !== null) chownSync(folder, nobody.uid, nobody.gid)
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'okite', '--data-checksums', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    { encoding: 'utf8', cwd: folder, ...as },
  )
  assert.equal(made.status, 0, made.stderr)
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=on'],
    { stdio: 'ignore', cwd: folder, ...as },
  )
  return server
}

function accountOf(name: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(l => l.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

function firstLine(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    let trouble = ''
    program.stdout?.on('data', chunk => {
      said += String(chunk)
      if (said.includes('\n')) resolve(said)
    })
    program.stderr?.on('data', chunk => (trouble += String(chunk)))
    program.on('close', code => reject(new Error(`ended with ${code}: ${trouble.slice(-2_000)}`)))
  })
}
