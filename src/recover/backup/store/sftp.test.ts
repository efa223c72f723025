import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openSftp, type SftpOptions } from './sftp.ts'
import { hasSshd, type Sshd, startSshd } from './testing-sshd.ts'

const options = hasSshd ? {} : { skip: 'openssh-server is not installed' }

const root = mkdtempSync(join(tmpdir(), 'okf-'))
const folder = join(root, 'place')
let server: Sshd
let base: SftpOptions

before(async () => {
  mkdirSync(folder)
  if (!hasSshd) return
  server = await startSshd()
  const { port, user, hostKey, keyFile } = server
  const privateKey = readFileSync(keyFile, 'utf8')
  base = { name: 'far', host: '127.0.0.1', port, user, privateKey, hostKey, folder }
})
after(async () => {
  await server?.stop()
  rmSync(root, { recursive: true, force: true })
})

test(
  'M10 what is put over SFTP is read again, listed and removed; names stay in their folder',
  options,
  async () => {
    const far = openSftp(base)
    const bytes = randomBytes(3_000_001)
    await Promise.all([
      far.put('a/b/one', bytes),
      far.put('a/b/two', Buffer.of(2)),
      far.put('c', Buffer.alloc(0)),
    ])
    assert.deepEqual(await far.get('a/b/one'), bytes)
    assert.deepEqual(readFileSync(join(folder, 'a/b/one')), bytes)
    await far.put('a/b/two', Buffer.of(3))
    assert.deepEqual([...(await far.get('a/b/two'))], [3])
    assert.equal((await far.get('c')).length, 0)
    assert.deepEqual(
      [await far.has('c'), await far.has('a'), await far.has('d')],
      [true, false, false],
    )
    writeFileSync(join(folder, '.new-left'), 'half')
    const listed = await Array.fromAsync(far.list(''))
    assert.deepEqual(listed.map(({ name }) => name).sort(), ['a/b/one', 'a/b/two', 'c'])
    const [one] = await Array.fromAsync(far.list('a/b/o'))
    assert.equal(one?.sizeBytes, bytes.length)
    assert(Math.abs((one?.putAtMs ?? 0) - Date.now()) < 60_000)
    assert.deepEqual(await Array.fromAsync(far.list('none/')), [])
    assert.deepEqual([await far.remove('c'), await far.remove('c')], [true, true])
    await assert.rejects(far.get('c'), { code: 'BACKUP_OBJECT_MISSING' })
    for (const name of ['../one', '/etc/passwd', 'a//b', '.new'])
      await assert.rejects(far.put(name, bytes), { code: 'BACKUP_OBJECT_NAME' })
    assert.deepEqual(
      readdirSync(folder).sort(),
      ['.new-left', 'a'],
      'nothing that was written aside is left',
    )
  },
)

test(
  'a folder that its account may write gives up what is there; one that it may not, refuses',
  options,
  async () => {
    const trial = await openSftp(base).tryDeletion('trials/one', randomBytes(64), randomBytes(64))
    assert.deepEqual(trial, {
      isRefused: false,
      attempts: [
        { how: 'overwrite', answer: 'done' },
        { how: 'remove', answer: 'done' },
      ],
    })
    const denied = { code: 'BACKUP_REPOSITORY_DENIED' }
    const readOnly = openSftp({ ...base, port: server.readOnlyPort })
    await assert.rejects(readOnly.put('d', Buffer.of(1)), denied)
    await assert.rejects(readOnly.remove('a/b/one'), denied)
    assert.equal((await readOnly.get('a/b/one')).length, 3_000_001)
  },
)

test(
  'another host key, another key of ours, no host and no folder each fail by their name',
  options,
  async () => {
    const rejects = async (more: Partial<SftpOptions>, code: string) =>
      assert.rejects(openSftp({ ...base, ...more }).has('a'), { code })
    const [kind = '', base64 = ''] = base.hostKey.split(' ')
    const other = Buffer.from(base64, 'base64')
    other[other.length - 1]! ^= 1
    await rejects({ hostKey: `${kind} ${other.toString('base64')}` }, 'BACKUP_HOST_KEY')
    const path = join(root, 'stranger')
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
    const privateKey = readFileSync(path, 'utf8')
    await rejects({ privateKey }, 'BACKUP_REPOSITORY_DENIED')
    await rejects({ privateKey: 'no key' }, 'BACKUP_CREDENTIALS')
    await rejects({ port: 1 }, 'BACKUP_REPOSITORY_AWAY')
    const gone = openSftp({ ...base, folder: join(root, 'not-mounted') })
    const away = { code: 'BACKUP_REPOSITORY_AWAY' }
    await assert.rejects(gone.put('a', Buffer.of(1)), away)
    await assert.rejects(Array.fromAsync(gone.list('')), away)
  },
)

test('a line that breaks is taken up again, and a host that is full says so', options, async () => {
  const far = openSftp(base)
  await far.put('one', Buffer.of(1))
  // Whoever serves this connection is killed; it is made again.
  const served = spawnSync('pgrep', ['-f', `^sshd: ${base.user}@notty`]).stdout.toString()
  assert.notEqual(served, '')
  for (const pid of served.trim().split('\n')) process.kill(Number(pid), 'SIGKILL')
  assert.deepEqual([...(await far.get('one'))], [1])
  const small = join(root, 'small')
  mkdirSync(small)
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small])
  if (mount.status !== 0) return
  try {
    const full = openSftp({ ...base, folder: small })
    await full.put('one', randomBytes(500_000))
    await assert.rejects(full.put('two', randomBytes(2_000_000)), {
      code: 'BACKUP_REPOSITORY_FULL',
    })
    assert.deepEqual(readdirSync(small), ['one'], 'nothing half is left')
  } finally {
    spawnSync('umount', [small])
  }
})
