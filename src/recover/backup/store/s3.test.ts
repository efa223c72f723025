import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createIssuer, freePort, missing, startProxy } from '../../../core/http/testing-tls.ts'
import { toInstant } from '../../../core/time.ts'
import { openRepository } from '../open.ts'
import { BackupKey } from './envelope.ts'
import { claimRepository } from './header.ts'
import { extendHeld } from './hold.ts'
import { objectOfPiece, putPiece } from './pieces.ts'
import { prune } from './prune.ts'
import { send } from './s3/send.ts'
import { openS3, type S3Options } from './s3.ts'
import { checkListed, listBackups, putTable, type Table } from './table.ts'
import { type Liar, startLiar } from './testing-liar.ts'
import { hasRadosgw, type Radosgw, startRadosgw } from './testing-radosgw.ts'

// A real gateway of Ceph; before it stands one that lies when it is told to.
const options = hasRadosgw ? {} : { skip: 'radosgw, ceph-mon and ceph-osd are not installed' }

let store: Radosgw
let liar: Liar
let base: Omit<S3Options, 'bucket'>
const dayMs = 86_400_000
const days = 14
const key = new BackupKey(randomBytes(32))

before(async () => {
  if (!hasRadosgw) return
  store = await startRadosgw()
  liar = await startLiar(store.port)
  base = {
    ...{ name: 'far', endpoint: `http://127.0.0.1:${liar.port}`, region: 'us-east-1' },
    ...{ pathStyle: true, credentials: store.credentials, certificates: null },
    ...{ prefix: 'okite/one', hold: null, asOf: null, againMs: [20, 20, 20] },
  }
  const make = (bucket: string, headers = {}) =>
    send({ ...base, bucket }, { method: 'PUT', key: null, headers })
  await make('plain')
  await make('versioned')
  await make('locked', { 'x-amz-bucket-object-lock-enabled': 'true' })
  await send(
    { ...base, bucket: 'versioned' },
    {
      ...{ method: 'PUT', key: null, query: { versioning: '' } },
      payload: Buffer.from(
        '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>',
      ),
    },
  )
})
after(async () => {
  await liar?.stop()
  await store?.stop()
})

const open = (bucket: string, more: Partial<S3Options> = {}) => openS3({ ...base, bucket, ...more })
const hold = { mode: 'COMPLIANCE', days } as const
const names = async (repository: ReturnType<typeof openS3>, prefix = '') =>
  (await Array.fromAsync(repository.list(prefix))).map(({ name }) => name).sort()

test(
  'M10 what is put is read again, listed page by page, and gone when it is removed',
  options,
  async () => {
    const plain = open('plain')
    const bytes = randomBytes(3_000_000)
    await plain.put('a/one', bytes)
    assert.deepEqual(await plain.get('a/one'), bytes)
    assert.deepEqual([await plain.has('a/one'), await plain.has('a/two')], [true, false])
    await assert.rejects(plain.get('a/two'), { code: 'BACKUP_OBJECT_MISSING' })
    await assert.rejects(plain.put('../two', bytes), { code: 'BACKUP_OBJECT_NAME' })
    for (const nth of [1, 2, 3, 4, 5]) await plain.put(`b/${nth}`, Buffer.of(nth))
    assert.deepEqual(await names(plain, 'b/'), ['b/1', 'b/2', 'b/3', 'b/4', 'b/5'])
    const [one] = await Array.fromAsync(plain.list('a/'))
    assert.equal(one?.sizeBytes, bytes.length)
    assert(Math.abs((one?.putAtMs ?? 0) - Date.now()) < 60_000)
    liar.honest()
    // Another prefix is another place.
    assert.deepEqual(await names(open('plain', { prefix: 'okite/two' })), [])
    assert.equal(await plain.remove('a/one'), true)
    assert.equal(await plain.has('a/one'), false)
    assert.equal(await plain.remove('a/one'), true)
  },
)

test(
  'a bucket without a lock gives everything up: a marker alone is no deletion, its versions are',
  options,
  async () => {
    const [bytes, other] = [randomBytes(100), randomBytes(100)]
    for (const bucket of ['plain', 'versioned']) {
      const { isRefused, attempts } = await open(bucket).tryDeletion('trials/one', bytes, other)
      assert.equal(isRefused, false, bucket)
      assert(attempts.every(({ answer }) => answer === 'done'))
      assert.deepEqual(await names(open(bucket), 'trials/'), [])
    }
    const versioned = open('versioned')
    await versioned.put('a', bytes)
    await send({ ...base, bucket: 'versioned' }, { method: 'DELETE', key: 'okite/one/a' })
    assert.deepEqual(await versioned.get('a'), bytes, 'below the marker')
    assert.equal(await versioned.remove('a'), true)
    await assert.rejects(versioned.get('a'), { code: 'BACKUP_OBJECT_MISSING' })
  },
)

test(
  'a lock of compliance refuses its own client whatever he tries, one of governance gives way',
  options,
  async () => {
    const [bytes, other] = [randomBytes(100), randomBytes(100)]
    const locked = open('locked', { hold })
    assert.deepEqual(await locked.tryDeletion('trials/one', bytes, other), {
      isRefused: true,
      attempts: [
        { how: 'overwrite', answer: 'done' },
        { how: 'remove', answer: 'done' },
        { how: 'shorten', answer: 'refused' },
        { how: 'remove-version', answer: 'refused' },
        { how: 'bypass', answer: 'refused' },
      ],
    })
    assert.deepEqual(await locked.get('trials/one'), bytes, 'what was laid over it is gone again')
    const governed = open('locked', { hold: { mode: 'GOVERNANCE', days } })
    const trial = await governed.tryDeletion('trials/two', bytes, other)
    assert.equal(trial.isRefused, false, 'who may bypass the lock has none against him')
    assert.deepEqual(trial.attempts.map(({ how, answer }) => `${how} ${answer}`).slice(3), [
      'remove-version refused',
      'bypass done',
    ])
  },
)

const table = (nth: number, pieces: string[]): Table => ({
  form: 'okite-backup-table-1',
  id: `2026010${nth}T000000Z-00000000`,
  ...{ began: `2026-01-0${nth}T00:00:00.000Z`, ended: `2026-01-0${nth}T00:00:00.000Z` },
  database: {
    ...{ system: '7', version: '18.4', label: '' },
    ...{ first: `00000001000000000000000${nth}`, last: `00000001000000000000000${nth}` },
  },
  folders: [],
  files: [{ path: 'pg/x', mode: 0o600, sizeBytes: 1, pieces }],
})

test(
  'what the newest backup needs is held for longer before it is free, and pruning leaves what is held',
  options,
  async () => {
    const repository = open('locked', { hold, prefix: 'okite/held' })
    const loose = open('locked', { prefix: 'okite/held' })
    const put = async (text: string, where = repository) =>
      (await putPiece(where, key, Buffer.from(text))).name
    const [shared, alone, bare] = [await put('s'), await put('a'), await put('b', loose)]
    await putTable(repository, key, table(1, [shared, alone]))
    await putTable(repository, key, table(2, [shared, bare]))
    await repository.put('log/7/000000010000000000000002', Buffer.of(2))
    await repository.put('repository', Buffer.of(1))
    const asked = { repository, key, system: '7' }
    const untilOf = async (name: string) =>
      (await repository.lock?.until(objectOfPiece(name))) ?? ''
    assert.equal(await untilOf(bare), '', 'it was put without a lock')
    const nowMs = Date.now()
    const first = await extendHeld({ ...asked, nowMs })
    assert.deepEqual([first.objects, first.extended, first.loose], [5, 1, 0])
    assert((await untilOf(bare)) > toInstant(nowMs + (days - 1) * dayMs))
    // When half of the time is over, what is needed is held for the whole of it again; what is not, is not.
    const laterMs = nowMs + 8 * dayMs
    const before = await untilOf(alone)
    const later = await extendHeld({ ...asked, nowMs: laterMs })
    assert.deepEqual([later.extended, later.loose, later.fault], [5, 0, null])
    assert((await untilOf(shared)) >= toInstant(laterMs + days * dayMs - 1_000))
    assert.equal(await untilOf(alone), before)
    assert.deepEqual((await extendHeld({ ...asked, nowMs: laterMs })).extended, 0)
    // A store that says yes and moves nothing is found out, and what cannot be moved is counted.
    liar.instead = ({ method, path }) =>
      method === 'PUT' && path.includes('retention') ? { status: 200 } : null
    const lied = await extendHeld({ ...asked, nowMs: laterMs + 9 * dayMs })
    assert.deepEqual([lied.extended, lied.loose, lied.fault], [0, 5, 'BACKUP_OBJECT_ALTERED'])
    const denied = '<Error><Code>AccessDenied</Code></Error>'
    liar.instead = ({ method }) =>
      method === 'PUT' ? { status: 403, body: Buffer.from(denied) } : null
    const refused = await extendHeld({ ...asked, nowMs: laterMs + 9 * dayMs })
    assert.deepEqual([refused.loose, refused.fault], [5, 'BACKUP_REPOSITORY_DENIED'])
    liar.honest()
    const pruned = await prune({
      ...{ repository, key, before: '2026-01-03T00:00:00.000Z', countMin: 1 },
      nowMs: nowMs + 2 * dayMs,
    })
    assert.deepEqual(pruned, { backups: 0, objects: 0, sizeBytes: 0, held: 1 })
    assert.deepEqual((await listBackups(repository)).length, 2, 'what is held is a backup still')
    for (const name of [shared, alone, bare]) assert(await repository.has(objectOfPiece(name)))
  },
)

test(
  'what was hidden or written over by somebody with our credentials comes back as it stood before',
  options,
  async () => {
    const repository = open('locked', { hold, prefix: 'okite/struck' })
    const bytes = Buffer.from('as it was')
    await repository.put('a', bytes)
    await repository.put('b', bytes)
    await new Promise(resolve => setTimeout(resolve, 1_100))
    const asOf = toInstant(Date.now())
    await new Promise(resolve => setTimeout(resolve, 1_100))
    const there = { ...base, bucket: 'locked' }
    await send(there, { method: 'DELETE', key: 'okite/struck/a' })
    await send(there, { method: 'PUT', key: 'okite/struck/b', payload: Buffer.from('ransom') })
    await repository.put('c', bytes)
    assert.deepEqual(await repository.get('a'), bytes, 'a marker hides nothing from us')
    assert.deepEqual(await names(repository), ['a', 'b', 'c'])
    assert.equal((await repository.get('b')).toString(), 'ransom')
    const before = open('locked', { hold, prefix: 'okite/struck', asOf })
    assert.deepEqual(await before.get('b'), bytes)
    assert.deepEqual(await names(before), ['a', 'b'])
    await assert.rejects(before.get('c'), { code: 'BACKUP_OBJECT_MISSING' })
    await assert.rejects(before.put('d', bytes), { code: 'BACKUP_REPOSITORY_DENIED' })
  },
)

test(
  'what a store refuses, has no room for, or is not, has a name; and what it says is not repeated',
  options,
  async () => {
    const bytes = randomBytes(1_000)
    const rejects = (bucket: string, more: Partial<S3Options>, code: string, why: string) =>
      assert.rejects(open(bucket, more).put('a', bytes), error => {
        assert.deepEqual([(error as any).code, (error as any).data.why], [code, why])
        return true
      })
    const credentials = { ...store.credentials, secretAccessKey: 'another' }
    await rejects('plain', { credentials }, 'BACKUP_REPOSITORY_DENIED', 'SignatureDoesNotMatch')
    await rejects('nowhere', {}, 'BACKUP_REPOSITORY_AWAY', 'NoSuchBucket')
    await rejects('plain', { hold }, 'BACKUP_REPOSITORY_AWAY', 'InvalidRequest')
    const endpoint = 'http://127.0.0.1:1'
    await rejects('plain', { endpoint }, 'BACKUP_REPOSITORY_AWAY', 'ECONNREFUSED')
    const says = (status: number, body: string, code: string, why: string) => {
      liar.instead = () => ({ status, body: Buffer.from(body) })
      return rejects('plain', {}, code, why)
    }
    const error = (code: string) => `<Error><Code>${code}</Code><Message>x</Message></Error>`
    await says(403, error('QuotaExceeded'), 'BACKUP_REPOSITORY_FULL', 'QuotaExceeded')
    await says(507, 'no room', 'BACKUP_REPOSITORY_FULL', 'HTTP 507')
    await says(301, error('PermanentRedirect'), 'BACKUP_REPOSITORY_AWAY', 'PermanentRedirect')
    await says(400, error('<b>bold</b>'), 'BACKUP_REPOSITORY_AWAY', 'HTTP 400')
    // It may be well a moment later, and it is asked again, and not for ever.
    let asked = 0
    liar.instead = () => (++asked <= 2 ? { status: 503 } : null)
    await open('plain').put('a', bytes)
    assert.equal(asked, 3)
    asked = 0
    liar.instead = () => {
      asked += 1
      return { status: 500 }
    }
    await rejects('plain', {}, 'BACKUP_REPOSITORY_AWAY', 'HTTP 500')
    assert.equal(asked, 4)
    liar.honest()
  },
)

test(
  'a store that lies is found out: by its answer, by its list, or when what it has is opened',
  options,
  async () => {
    const repository = open('plain', { prefix: 'okite/lies' })
    const bytes = randomBytes(1_000)
    const altered = { code: 'BACKUP_OBJECT_ALTERED' }
    // It says yes and has stored something else.
    liar.after = ({ method }, answer) =>
      method === 'PUT'
        ? { ...answer, headers: { ...answer.headers, etag: `"${'0'.repeat(32)}"` } }
        : answer
    await assert.rejects(repository.put('a', bytes), altered)
    await repository.remove('a')
    // It says yes, says nothing of what it has, and has nothing.
    liar.honest()
    liar.instead = ({ method }) => (method === 'PUT' ? { status: 200 } : null)
    await assert.rejects(repository.put('b', bytes), { code: 'BACKUP_OBJECT_MISSING' })
    // It says the right thing and stores nothing: the list of what a backup needs lacks it.
    liar.instead = ({ method, path, body }) => {
      if (method !== 'PUT' || !path.includes('/pieces/')) return null
      const etag = createHash('md5').update(body).digest('hex')
      return { status: 200, headers: { etag: `"${etag}"` } }
    }
    const { name } = await putPiece(repository, key, bytes)
    liar.honest()
    await assert.rejects(checkListed(repository, table(1, [name])), {
      code: 'BACKUP_OBJECT_MISSING',
    })
    await putPiece(repository, key, bytes)
    await checkListed(repository, table(1, [name]))
    // The line breaks in the middle of an object: nothing of it is there.
    liar.cuts = path => path.endsWith('/half')
    await assert.rejects(repository.put('half', randomBytes(5_000_000)), {
      code: 'BACKUP_REPOSITORY_AWAY',
    })
    liar.honest()
    assert.deepEqual(await names(repository), [objectOfPiece(name)])
    // A list that never ends, one that is no list, and one of what was not asked for.
    const list = (inside: string) => `<ListBucketResult>${inside}</ListBucketResult>`
    const lists = (text: string) => {
      liar.instead = ({ path }) => (path.includes('list-type') ? { body: Buffer.from(text) } : null)
      return names(repository)
    }
    const away = { code: 'BACKUP_REPOSITORY_AWAY' }
    const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>'
    await assert.rejects(lists(list(more)), away)
    await assert.rejects(lists('<html></html>'), away)
    const entry = (key: string) =>
      `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><Size>1</Size></Contents>`
    assert.deepEqual(await lists(list(entry('okite/other/a'))), [])
    assert.deepEqual(await lists(list(entry('okite/lies/ghost'))), ['ghost'])
    liar.honest()
    await assert.rejects(repository.get('ghost'), { code: 'BACKUP_OBJECT_MISSING' })
    // An answer without end.
    liar.after = ({ method }, answer) =>
      method === 'GET' ? { ...answer, body: Buffer.alloc(5_000_000, '<A>') } : answer
    await assert.rejects(names(repository), altered)
    liar.honest()
    // A bucket of another installation.
    await claimRepository(open('plain', { prefix: 'okite/mine' }), key, '1')
    await assert.rejects(claimRepository(open('plain', { prefix: 'okite/mine' }), key, '2'), {
      code: 'BACKUP_REPOSITORY_OTHER',
    })
    const other = new BackupKey(randomBytes(32))
    await assert.rejects(claimRepository(open('plain', { prefix: 'okite/mine' }), other, '1'), {
      code: 'BACKUP_KEY_WRONG',
    })
  },
)

const programs = missing('nginx', 'openssl', 'faketime')
test(
  'over TLS only whoever the certificates of the settings vouch for is spoken to',
  programs === false ? options : { skip: programs },
  async t => {
    const issuer = createIssuer()
    t.after(() => issuer.remove())
    const own = issuer.issue('own', 'localhost')
    const other = issuer.issue('other', 'localhost')
    const elsewhere = issuer.issue('elsewhere', 'store.example')
    const old = { certificate: join(issuer.folder, 'old.pem'), key: own.key }
    execFileSync('faketime', [
      ...['2024-01-01 00:00:00', 'openssl', 'req', '-x509', '-key', old.key, '-days', '20'],
      ...['-out', old.certificate, '-subj', '/CN=Test', '-addext', 'subjectAltName=DNS:localhost'],
    ])
    const credentialsFile = join(issuer.folder, 'credentials')
    const { accessKeyId, secretAccessKey } = store.credentials
    const lines = [`AWS_ACCESS_KEY_ID=${accessKeyId}`, `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`]
    writeFileSync(credentialsFile, lines.join('\n'), { mode: 0o600 })
    /** A store that shows the one certificate, asked by somebody who trusts the other. */
    const asked = async (
      shown: typeof own,
      certificatesFile: string | undefined,
      work: (repository: ReturnType<typeof openRepository>) => Promise<void>,
    ) => {
      const port = await freePort()
      const gateway = `proxy_pass http://127.0.0.1:${store.port}; proxy_set_header Host $http_host;`
      const proxy = await startProxy(issuer.folder, shown, port, gateway)
      const endpoint = `https://localhost:${port}`
      const s3 = { endpoint, region: 'us-east-1', bucket: 'plain', pathStyle: true, prefix: 'tls' }
      const given = certificatesFile === undefined ? {} : { certificatesFile }
      try {
        const repository = { name: 'far', medium: 'object-store', site: 'x' } as const
        await work(openRepository({ ...repository, s3: { ...s3, ...given, credentialsFile } }))
      } finally {
        await proxy.stop()
      }
    }
    const bytes = randomBytes(200_000)
    await asked(own, own.certificate, async repository => {
      await repository.put('one', bytes)
      assert.deepEqual(await repository.get('one'), bytes)
    })
    const refused: readonly [typeof own, string | undefined, string][] = [
      [own, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      [own, other.certificate, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      [elsewhere, elsewhere.certificate, 'ERR_TLS_CERT_ALTNAME_INVALID'],
      [old, old.certificate, 'CERT_HAS_EXPIRED'],
    ]
    for (const [shown, trusted, why] of refused)
      await asked(shown, trusted, repository =>
        assert.rejects(repository.put('two', bytes), error => {
          const { code, data } = error as { code?: string; data?: Record<string, unknown> }
          assert.deepEqual([code, data?.['why']], ['BACKUP_REPOSITORY_AWAY', why])
          return true
        }),
      )
    // Nothing was stored by any of them.
    assert.deepEqual(await names(open('plain', { prefix: 'tls' })), ['one'])
    const none = join(issuer.folder, 'none.pem')
    await assert.rejects(
      asked(own, none, async () => {}),
      { code: 'BACKUP_CREDENTIALS' },
    )
  },
)
