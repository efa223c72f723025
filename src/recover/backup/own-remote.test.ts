import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Database, openDatabase } from '../../core/db/database.ts'
import type { Observation } from '../../core/fact.ts'
import { loadMessages } from '../../core/i18n/messages.ts'
import { memoryLog } from '../../core/ledger/testing.ts'
import type { Collector, OwnData, Ports } from '../../core/module.ts'
import { moduleFolders } from '../../core/run/discover.ts'
import { copyRead, deletionTried, retentionExtended, runEnded } from './facts.ts'
import { openRepository, placeText, readPlace } from './open.ts'
import { ownBase } from './own-base.ts'
import { ownGuard } from './own-guard.ts'
import { openOwnKey } from './own-key.ts'
import { ownLog } from './own-log.ts'
import { ownRead } from './own-read.ts'
import { restore } from './restore.ts'
import { type BackupSettings, settings as schema } from './settings.ts'
import { send } from './store/s3/send.ts'
import { type Liar, startLiar } from './store/testing-liar.ts'
import { hasRadosgw, type Radosgw, startRadosgw } from './store/testing-radosgw.ts'
import { hasSshd, type Sshd, startSshd } from './store/testing-sshd.ts'

// A real database that is backed up into a bucket with a lock, before which a liar stands, and to another host.
const isThere = hasRadosgw && hasSshd
const options = isThere ? {} : { skip: 'radosgw or openssh-server are not installed' }

const root = mkdtempSync(join(tmpdir(), 'okp-'))
const dataDir = join(root, 'data')
const archive = join(dataDir, 'archive')
const keys = join(root, 'data-recovery')
const source = join(import.meta.dirname, '../..')
const { log, lines } = memoryLog()
let database: Database
let store: Radosgw
let liar: Liar
let host: Sshd
let ports: Ports
let shiftMs = 0
const hourMs = 3_600_000
const zone = 'Asia/Taipei'

/** What was told, the newest last. */
const told: Observation<any>[] = []

before(async () => {
  if (!isThere) return
  mkdirSync(dataDir, { mode: 0o700 })
  mkdirSync(join(root, 'host'))
  const clock = { nowMs: () => Date.now() + shiftMs }
  database = await openDatabase({ dataDir, archive, log, clock })
  store = await startRadosgw()
  host = await startSshd()
  liar = await startLiar(store.port)
  await database.pool.query('create schema ledger')
  await database.pool.query(
    'create table ledger.head as select 7::bigint as size, 0::bigint as sealed_ms',
  )
  const credentialsFile = join(root, 'far.s3')
  const { accessKeyId, secretAccessKey } = store.credentials
  writeFileSync(
    credentialsFile,
    `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    { mode: 0o600 },
  )
  const s3 = {
    ...{ endpoint: `http://127.0.0.1:${liar.port}`, bucket: 'okite', pathStyle: true },
    ...{ prefix: 'one', credentialsFile, lock: { mode: 'COMPLIANCE', days: 14 } },
  }
  const { port, user, keyFile, hostKey } = host
  const sftp = { host: '127.0.0.1', port, user, keyFile, hostKey, folder: join(root, 'host') }
  // The next one is due in eight hours, whatever time it is.
  const due = Temporal.Now.zonedDateTimeISO(zone).add({ hours: 8 })
  const settings: BackupSettings = schema.parse({
    ...{ site: 'home', times: [due.toPlainTime().toString().slice(0, 5)] },
    repositories: [
      { name: 'far', s3, medium: 'object-store', site: 'cloud' },
      { name: 'host', sftp, medium: 'disk', site: 'home' },
    ],
  })
  await send(
    {
      ...{ name: 'far', ...s3, region: 'us-east-1', credentials: store.credentials },
      ...{ certificates: null, againMs: [] },
    },
    { method: 'PUT', key: null, headers: { 'x-amz-bucket-object-lock-enabled': 'true' } },
  )
  const own: OwnData = {
    ...{ dataDir, archive, keys },
    async connected(work) {
      const client = await database.pool.connect()
      try {
        return await work(client)
      } finally {
        client.release(true)
      }
    },
  }
  ports = {
    ...{ clock, log, own, signal: new AbortController().signal, settings },
    policy: { organisation: { zone } },
    reader: {
      latest: async (type: { name: string }) =>
        told.filter(one => one.type.name === type.name).toReversed(),
    },
  } as unknown as Ports
})
after(async () => {
  await Promise.all([liar?.stop(), store?.stop(), host?.stop(), database?.close()])
  rmSync(root, { recursive: true, force: true })
})

async function run(collector: Collector): Promise<readonly Observation<any>[]> {
  const before = told.length
  for await (const yielded of collector.run(ports)) told.push(...[yielded].flat())
  return told.slice(before)
}

const of = (all: readonly Observation<any>[], type: { name: string }) =>
  all.filter(one => one.type.name === type.name).map(({ body }) => body)
const read = async () =>
  of(await run(ownRead), copyRead).map(({ repository, errors, fault }) => [
    ...[repository, errors, fault],
  ])
const good = [
  ['far', 0, null],
  ['host', 0, null],
]

test(
  'M10 everything goes into a bucket and to another host, is read back, and is defended or not',
  options,
  async () => {
    await database.pool.query('create table t as select n from generate_series(1, 500) n')
    await run(ownLog)
    const runs = of(await run(ownBase), runEnded)
    assert.deepEqual(
      runs.map(({ repository, exitCode, fault }) => [repository, exitCode, fault]),
      [
        ['far', 0, null],
        ['host', 0, null],
      ],
      lines.join('\n'),
    )
    assert.deepEqual(await read(), good)
    assert.deepEqual(await read(), [], 'not again within the week')
    const guarded = await run(ownGuard)
    const tried = of(guarded, deletionTried).map(({ repository, isRefused }) => [
      ...[repository, isRefused],
    ])
    assert.deepEqual(tried, [
      ['far', true],
      ['host', false],
    ])
    const [held] = of(guarded, retentionExtended)
    assert(held.objects > 50)
    assert.deepEqual([held.repository, held.extended, held.loose, held.fault], ['far', 0, 0, null])
    assert.deepEqual(await run(ownGuard), [], 'once a day')
  },
)

test(
  'it comes back from a bucket that a file describes, as the sheet says it, and by the key alone',
  options,
  async () => {
    await run(ownLog)
    const [far] = (ports.settings as BackupSettings).repositories
    const place = join(root, 'place.json')
    writeFileSync(place, placeText(far!))
    assert.doesNotMatch(placeText(far!), /secret-of-tests/)
    const keyFile = join(root, 'sheet.txt')
    writeFileSync(keyFile, openOwnKey({ keys }).text)
    const target = join(root, 'back')
    const call = {
      ...{ dataDir: target, cwd: root, locale: 'en' as const, clock: ports.clock, log },
      messages: loadMessages(source, moduleFolders(source)),
      out: () => undefined,
    }
    await restore(['--from', 'place.json', '--key', keyFile], call)
    const back = await openDatabase({ dataDir: target, create: false, log, clock: ports.clock })
    try {
      const { rows } = await back.pool.query('select count(*)::int as n from t')
      assert.deepEqual(rows, [{ n: 500 }])
    } finally {
      await back.close()
    }
  },
)

test(
  'a bucket that lies, hides, refuses or is full is red within the hour, by its name',
  options,
  async () => {
    const fault = (code: string) => [['far', 1, code]]
    // The newest backup, of which it was told that it is whole, is not on the list.
    liar.after = ({ path }, answer) =>
      /backups/.test(path)
        ? {
            ...answer,
            body: Buffer.from(answer.body.toString().replaceAll(/<Version>.*?<\/Version>/gs, '')),
          }
        : answer
    assert.deepEqual(await read(), fault('BACKUP_OBJECT_MISSING'))
    assert.deepEqual(await read(), [], 'the same again is told once a day')
    liar.honest()
    liar.instead = () => ({
      ...{ status: 403, body: Buffer.from('<Error><Code>AccessDenied</Code></Error>') },
    })
    assert.deepEqual(await read(), fault('BACKUP_REPOSITORY_DENIED'))
    liar.honest()
    // It says yes to what it does not store: the next backup is none there, and one on the other host.
    shiftMs += 9 * hourMs
    await database.pool.query(
      'create table u as select md5(n::text) x from generate_series(1, 9999) n',
    )
    liar.instead = ({ method, path, body }) =>
      method === 'PUT' && path.includes('/pieces/')
        ? {
            status: 200,
            headers: { etag: `"${createHash('md5').update(body).digest('hex')}"` },
          }
        : null
    const runs = async () =>
      of(await run(ownBase), runEnded).map(({ repository, exitCode, fault }) => [
        ...[repository, exitCode, fault],
      ])
    assert.deepEqual(await runs(), [
      ['far', 1, 'BACKUP_OBJECT_MISSING'],
      ['host', 0, null],
    ])
    assert.deepEqual(await read(), fault('BACKUP_OBJECT_MISSING'))
    shiftMs += hourMs
    liar.instead = ({ method }) =>
      method === 'PUT'
        ? { status: 403, body: Buffer.from('<Error><Code>QuotaExceeded</Code></Error>') }
        : null
    assert.deepEqual(await runs(), [['far', 1, 'BACKUP_REPOSITORY_FULL']])
    assert.deepEqual(await read(), fault('BACKUP_REPOSITORY_FULL'))
    liar.honest()
    shiftMs += hourMs
    assert.deepEqual(await runs(), [['far', 0, null]])
    assert.deepEqual(await read(), [good[0]])
  },
)

test(
  'a place that is away for a while is waited for; after a day it is no copy, and neither is an old one',
  options,
  async () => {
    liar.instead = () => ({ status: 503 })
    assert.deepEqual(await read(), [], 'it was there an hour ago')
    shiftMs += 25 * hourMs
    assert.deepEqual(await read(), [['far', 1, 'BACKUP_REPOSITORY_AWAY']])
    liar.honest()
    shiftMs += 24 * hourMs
    assert.deepEqual(await read(), [
      ['far', 1, 'BACKUP_COPY_OLD'],
      ['host', 1, 'BACKUP_COPY_OLD'],
    ])
  },
)

test('settings say one place each, and a secret has no place in them', () => {
  const good = { name: 'far', medium: 'disk', site: 'x' }
  const refused = (place: object) =>
    assert.equal(
      schema.safeParse({ repositories: [{ ...good, ...place }] }).success,
      false,
      JSON.stringify(place),
    )
  const s3 = { endpoint: 'https://s3.example.org', bucket: 'okite' }
  const sftp = {
    ...{ host: 'backup.example.org', user: 'okite', keyFile: '/k', folder: '/srv' },
    hostKey: `ssh-ed25519 ${'A'.repeat(68)}`,
  }
  for (const place of [{ folder: '/x' }, { s3 }, { sftp }])
    assert(schema.safeParse({ repositories: [{ ...good, ...place }] }).success)
  refused({})
  refused({ folder: '/x', s3 })
  for (const endpoint of [
    ...['http://s3.example.org', 'https://u:p@s3.example.org', 'https://s3.example.org/a'],
    ...[
      'https://s3.example.org/?x=1',
      'ftp://localhost',
      's3.example.org',
      'http://127.0.0.1.example.org',
    ],
  ])
    refused({ s3: { ...s3, endpoint } })
  refused({ s3: { ...s3, secretAccessKey: 'x' } })
  refused({ s3: { ...s3, prefix: '../x' } })
  refused({ s3: { ...s3, lock: { mode: 'COMPLIANCE', days: 1 } } })
  refused({ sftp: { ...sftp, hostKey: undefined } })
  refused({ sftp: { ...sftp, hostKey: 'SHA256:abc' } })
  refused({ sftp: { ...sftp, user: '-oProxyCommand=x' } })
  refused({ sftp: { ...sftp, password: 'x' } })
  const place = join(root, 'place.yaml')
  const write = (text: string) => writeFileSync(place, text)
  write(JSON.stringify({ sftp }))
  assert.equal(readPlace('place.yaml', root).sftp?.port, 22)
  for (const text of [
    '',
    'x',
    'folder: relative',
    '[1]',
    'a: &a [*a]',
    's3: {',
    'folder: /a\nfolder: /b',
  ]) {
    write(text)
    assert.throws(() => readPlace('place.yaml', root), { code: 'BACKUP_PLACE' }, text)
  }
  assert.equal(readPlace('nowhere', root).folder, join(root, 'nowhere'))
  // What opens a place is its owner's alone, and what is wrong with it is told without it.
  const credentialsFile = join(root, 'open.s3')
  writeFileSync(credentialsFile, 'aws_access_key_id = AK\naws_secret_access_key = SECRET\n')
  const open = () =>
    openRepository(
      schema.parse({ repositories: [{ ...good, s3: { ...s3, credentialsFile } }] })
        .repositories[0]!,
    )
  assert.throws(open, error => {
    assert.match(String(error), /BACKUP_CREDENTIALS.*mode/)
    return !String(error).includes('SECRET')
  })
  rmSync(credentialsFile)
  assert.throws(open, { code: 'BACKUP_CREDENTIALS' })
})
