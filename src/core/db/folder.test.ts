import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../time.ts'
import { asAccount, chooseAccount, type Machine } from './account.ts'
import { findBinaries, layLibraries } from './binaries.ts'
import { openDatabase } from './database.ts'
import { collectLog, isRoot, startProgram, temporaryFolder } from './fixtures/bench.ts'
import { findPrivateFolder, openDataFolder, openPrivateFolder } from './folder.ts'

const us = process.getuid?.() ?? 0
const owners = [us]

/** An ordinary account of every Debian. */
const daemon = 1

it('a data folder that others may write, or that is not ours, or no folder, is refused', test => {
  const root = temporaryFolder(test)
  const folder = join(root, 'data')
  assert.throws(() => openDataFolder(folder, { create: false, owners }), {
    code: 'DATA_FOLDER_ABSENT',
  })
  assert.equal(openDataFolder(folder, { create: true, owners }), folder)
  assert.equal(fs.statSync(folder).mode & 0o777, 0o700)
  assert.throws(() => openDataFolder(folder, { create: true, owners: [us + 1] }), {
    code: 'DATA_FOLDER_OWNER',
  })
  for (const mode of [0o770, 0o702, 0o777]) {
    fs.chmodSync(folder, mode)
    assert.throws(() => openDataFolder(folder, { create: true, owners }), {
      code: 'DATA_FOLDER_OPEN',
    })
  }
  const file = join(root, 'file')
  fs.writeFileSync(file, '')
  for (const path of [file, join(file, 'below'), join(file, 'far', 'below')]) {
    assert.throws(() => openDataFolder(path, { create: true, owners }), {
      code: 'DATA_FOLDER_FILE',
      data: { path: file },
    })
  }
  fs.symlinkSync(join(root, 'nowhere'), join(root, 'dangling'))
  assert.throws(() => openDataFolder(join(root, 'dangling'), { create: true, owners }), {
    code: 'DATA_FOLDER_FILE',
  })
  const deep = join(root, 'a', 'b', 'c')
  assert.equal(openDataFolder(deep, { create: true, owners }), deep)
})

it('a place where no folder can be made is refused, and does not hang', test => {
  if (process.platform !== 'linux') return test.skip('needs /proc')
  for (const path of ['/proc/okite-nowhere', '/proc/okite-nowhere/deep/below']) {
    assert.throws(() => openDataFolder(path, { create: true, owners }), {
      code: 'DATA_FOLDER_DENIED',
      data: { path: '/proc/okite-nowhere', reason: 'ENOENT' },
    })
  }
})

it('a symbolic link to a data folder is the folder itself', test => {
  const root = temporaryFolder(test)
  fs.mkdirSync(join(root, 'real'), { mode: 0o700 })
  fs.symlinkSync(join(root, 'real'), join(root, 'link'))
  assert.equal(openDataFolder(join(root, 'link'), { create: true, owners }), join(root, 'real'))
})

it('the private directory is short, closed, remembered, and never what somebody else put there', test => {
  const root = temporaryFolder(test)
  const dataDir = join(root, 'deep'.repeat(50), 'folder')
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const first = openPrivateFolder(dataDir)
  assert.ok(Buffer.byteLength(join(first.path, '.s.PGSQL.5432.lock')) <= 107)
  assert.equal(fs.lstatSync(first.path).mode & 0o777, 0o700)
  assert.equal(openPrivateFolder(dataDir).path, first.path)
  assert.equal(findPrivateFolder(dataDir), first.path)
  first.remove()
  assert.equal(findPrivateFolder(dataDir), null)

  const elsewhere = join(root, 'elsewhere')
  fs.mkdirSync(elsewhere, { mode: 0o700 })
  fs.symlinkSync(elsewhere, first.path) // what an attacker would lay into /tmp
  const second = openPrivateFolder(dataDir)
  fs.unlinkSync(first.path)
  assert.ok(second.path.startsWith(`${first.path}-`), 'a random name instead')
  fs.chmodSync(second.path, 0o755)
  assert.equal(findPrivateFolder(dataDir), null, 'opened to others: not used any more')
  fs.rmdirSync(second.path)
})

it('a runtime folder whose path is too long is passed over', async test => {
  const root = temporaryFolder(test)
  const runtime = join(root, 'r'.repeat(100))
  fs.mkdirSync(runtime, { mode: 0o700 })
  const program = await startProgram(test, join(root, 'd'.repeat(120), 'data'), {
    env: { XDG_RUNTIME_DIR: runtime },
  })
  assert.ok((program.said.postmaster ?? 0) > 0)
  assert.deepEqual(fs.readdirSync(runtime), [])
})

const passwd = 'root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\n'
const withService = `${passwd}okite:x:990:980::/var/lib/okite:/bin/false\nbad line\n`
const machine = (change: Partial<Machine>): Machine => ({
  uid: 0,
  hasName: true,
  passwd,
  tryNamespace: () => true,
  ...change,
})

it('the account: as we are, in a namespace, as a service, or a refusal that says the way out', () => {
  assert.deepEqual(chooseAccount(1000, machine({ uid: 1000 })), { kind: 'self' })
  assert.deepEqual(chooseAccount(null, machine({ uid: null })), { kind: 'self' })
  const namespace = { kind: 'namespace', uid: 1, gid: 1 } as const
  assert.deepEqual(chooseAccount(0, machine({})), namespace)
  assert.deepEqual(chooseAccount(null, machine({ uid: 54321, hasName: false })), namespace)
  assert.equal(
    asAccount(namespace, 'postgres', ['-D', 'a b']).args.join('|'),
    '--user|--map-user=1|--map-group=1|--|postgres|-D|a b',
  )
  const refused = { tryNamespace: () => false }
  const service = { kind: 'service', uid: 990, gid: 980 } as const
  assert.deepEqual(chooseAccount(null, machine({ ...refused, passwd: withService })), service)
  assert.deepEqual(chooseAccount(990, machine({ passwd: withService })), service)
  assert.throws(() => chooseAccount(0, machine({ ...refused, passwd: withService })), {
    code: 'DATABASE_ROOT',
  })
  assert.throws(() => chooseAccount(0, machine(refused)), { code: 'DATABASE_ROOT' })
  assert.throws(() => chooseAccount(0, machine({ passwd: '' })), { code: 'DATABASE_ROOT' })
  assert.throws(() => chooseAccount(54321, machine({ ...refused, uid: 54321, hasName: false })), {
    code: 'DATABASE_ACCOUNT',
  })
})

it('without install scripts the libraries are linked in a place that is ours', test => {
  const root = temporaryFolder(test)
  const binaries = findBinaries()
  const bare = join(root, 'colon:and space', 'lib')
  fs.mkdirSync(bare, { recursive: true })
  for (const file of fs.readdirSync(binaries.lib)) {
    const path = join(binaries.lib, file)
    if (file.includes('.so') && !fs.lstatSync(path).isSymbolicLink()) {
      fs.symlinkSync(path, join(bare, file))
    }
  }
  const libraries = layLibraries({ ...binaries, lib: bare }, root)
  assert.equal(libraries, join(root, 'lib'))
  for (const link of binaries.links)
    assert.ok(fs.existsSync(join(root, 'lib', link.name)), link.name)
  const ran = spawnSync(binaries.postgres, ['--version'], { env: { LD_LIBRARY_PATH: libraries } })
  assert.match(ran.stdout.toString(), /18\./)
  assert.equal(
    layLibraries({ ...binaries, lib: join(root, 'lib') }, root),
    null,
    'whole: nothing to do',
  )
})

/** Whether an ordinary account can read this project at all. */
const openToAll =
  isRoot &&
  spawnSync('setpriv', [...ordinary(daemon), process.execPath, '--version']).status === 0 &&
  spawnSync('setpriv', [
    ...ordinary(daemon),
    'test',
    '-r',
    fileURLToPath(new URL('fixtures/program.ts', import.meta.url)),
  ]).status === 0

function ordinary(uid: number): string[] {
  return [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
}

for (const [who, uid] of [
  ['an ordinary user', daemon],
  ['a uid without a name', 54_321],
] as const) {
  it(`${who} runs it from a home that nobody else may enter`, {
    skip: !openToAll && 'needs root, and a project that others may read',
  }, async test => {
    const home = join(temporaryFolder(test), 'home')
    fs.chmodSync(join(home, '..'), 0o755)
    fs.mkdirSync(home, { mode: 0o700 })
    fs.chownSync(home, uid, uid)
    const before = ['setpriv', ...ordinary(uid)]
    const env = { HOME: home, XDG_RUNTIME_DIR: undefined }
    const program = await startProgram(test, join(home, 'data'), { before, env })
    assert.ok((program.said.postmaster ?? 0) > 0, JSON.stringify(program.said))
    assert.equal(fs.statSync(join(home, 'data', 'pg')).uid, uid)
    // Root does not take over what is another's.
    const { log } = collectLog()
    await assert.rejects(openDatabase({ dataDir: join(home, 'data'), log, clock: systemClock }), {
      code: 'DATA_FOLDER_OWNER',
    })
    program.child.kill('SIGTERM')
    assert.equal(await program.ended, 0)
  })
}

it('an account that may not write there is refused, and nothing is made', {
  skip: !openToAll && 'needs root, and a project that others may read',
}, async test => {
  const root = temporaryFolder(test) // 0700, root's
  const before = ['setpriv', ...ordinary(daemon)]
  const program = await startProgram(test, join(root, 'data'), { before })
  assert.equal(program.said.code, 'DATA_FOLDER_DENIED')
  assert.deepEqual(fs.readdirSync(root), [])
})
