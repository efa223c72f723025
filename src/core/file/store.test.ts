import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openSecrets } from '../ledger/secrets.ts'
import { FileStore } from './store.ts'
import { jpeg, mail, office, pdf, png, zip } from './testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'okf-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const secrets = openSecrets(join(folder, 'secrets'))
const kept = join(folder, 'evidence')
const store = new FileStore(kept, secrets)
const limit = 1_000_000
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const pathOf = (hash: string) => join(kept, hash.slice(0, 2), hash)

function write(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const keep = (name: string, bytes: Uint8Array | string, options = {}) =>
  store.keep(write(name, bytes), { sizeBytesMax: limit, dry: false, ...options })

async function read(hash: string): Promise<Buffer> {
  const out = join(folder, `out-${randomBytes(6).toString('hex')}`)
  await store.writeTo(hash, out)
  return readFileSync(out)
}

test('F1 what is kept is read back, of every type and around every size of a chunk', async () => {
  const cases: [string, Uint8Array, string][] = [
    ['minutes.pdf', pdf('the committee met'), 'application/pdf'],
    ['photo.PNG', png(), 'image/png'],
    ['photo.jpeg', jpeg(), 'image/jpeg'],
    [
      'minutes.docx',
      office('word/document.xml'),
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    [
      'list.xlsx',
      office('xl/workbook.xml'),
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ],
    ['list.csv', Buffer.from('名前,日付\r\n委員会,2026-07-01\r\n'), 'text/csv'],
    ['mail.eml', mail(), 'message/rfc822'],
    ...[1, 65_535, 65_536, 65_537, 131_072, 131_073].map((size): [string, Uint8Array, string] => [
      `text-${size}.txt`,
      Buffer.alloc(size, 'abc\n'),
      'text/plain',
    ]),
  ]
  for (const [name, content, mediaType] of cases) {
    const found = await keep(name, content)
    assert.deepEqual(found, { sha256: sha(content), sizeBytes: content.length, mediaType, name })
    assert.equal(Buffer.compare(content, await read(found.sha256)), 0, name)
    assert.equal(await store.fault(found.sha256), null)
  }
})

test('F2 nothing of a kept file lies open, and it is for its owner alone', async () => {
  const secret = `a sentence that nobody guesses ${randomBytes(8).toString('hex')}`
  const { sha256 } = await keep('secret.txt', secret)
  assert.equal(statSync(pathOf(sha256)).mode & 0o777, 0o600)
  assert.equal(statSync(kept).mode & 0o777, 0o700)
  assert.ok(!readFileSync(pathOf(sha256)).includes('nobody guesses'))
  const grep = () => execFileSync('grep', ['-rl', 'nobody guesses', kept], { stdio: 'pipe' })
  assert.throws(grep, { status: 1 })
})

test('F3 the same content is stored once, whatever its name; a damaged one is healed', async () => {
  const { sha256 } = await keep('one.txt', 'the same')
  const before = statSync(pathOf(sha256))
  assert.equal((await keep('two.csv', 'the same')).sha256, sha256)
  assert.equal(statSync(pathOf(sha256)).ino, before.ino)
  truncateSync(pathOf(sha256), 80)
  assert.equal(await store.fault(sha256), 'altered')
  await keep('one.txt', 'the same')
  assert.equal(await store.fault(sha256), null)
})

test('F4 a file that was changed, cut, swapped or lost is never read as if it were whole', async () => {
  const bytes = Buffer.alloc(200_000, 'line of a log\n')
  const { sha256 } = await keep('log.txt', bytes)
  const other = await keep('other.txt', Buffer.alloc(200_000, 'line of a lie\n'))
  const whole = readFileSync(pathOf(sha256))
  const altered = async (change: (sealed: Buffer) => Buffer) => {
    writeFileSync(pathOf(sha256), change(Buffer.from(whole)))
    assert.equal(await store.fault(sha256), 'altered')
    const out = join(folder, 'never')
    await assert.rejects(store.writeTo(sha256, out), { code: 'FILE_ALTERED' })
    assert.ok(!existsSync(out))
  }
  for (const at of [0, 20, 74, 75, 70_000, whole.length - 1]) {
    await altered(sealed => {
      sealed[at]! ^= 1
      return sealed
    })
  }
  const chunk = 65_536 + 16
  await altered(sealed => sealed.subarray(0, 75 + 2 * chunk))
  await altered(sealed => sealed.subarray(0, 40))
  await altered(() => Buffer.alloc(0))
  // Chunks that changed places.
  await altered(sealed =>
    Buffer.concat([
      sealed.subarray(0, 75),
      sealed.subarray(75 + chunk, 75 + 2 * chunk),
      sealed.subarray(75, 75 + chunk),
      sealed.subarray(75 + 2 * chunk),
    ]),
  )
  await altered(() => readFileSync(pathOf(other.sha256)))
  rmSync(pathOf(sha256))
  assert.equal(await store.fault(sha256), 'missing')
  await assert.rejects(read(sha256), { code: 'FILE_UNKNOWN' })
  await assert.rejects(read('../../etc/passwd'), { code: 'FILE_HASH' })
  const elsewhere = new FileStore(kept, openSecrets(join(folder, 'other-secrets')))
  assert.equal(await elsewhere.fault(other.sha256), 'altered', 'sealed with other keys')
})

test('F5 hostile files: what its name does not say, too large, empty, no file at all', async () => {
  const refused = async (name: string, bytes: Uint8Array | string, code: string) =>
    assert.rejects(keep(name, bytes), { code }, name)
  await refused('virus.exe', 'MZ', 'FILE_TYPE_REFUSED')
  await refused('noending', 'text', 'FILE_TYPE_REFUSED')
  await refused('page.html', '<script>', 'FILE_TYPE_REFUSED')
  await refused('invoice.pdf.exe', pdf('x'), 'FILE_TYPE_REFUSED')
  await refused('empty.txt', '', 'FILE_EMPTY')
  await refused('large.txt', Buffer.alloc(limit + 1, 'x'), 'FILE_TOO_LARGE')
  const contradicting: [string, Uint8Array | string][] = [
    ['program.pdf', 'MZ\u0000\u0001'],
    ['cut.pdf', '%PDF-1.7 and no end'],
    ['late.pdf', `junk first ${pdf('x').toString('latin1')}`],
    ['picture.png', jpeg()],
    ['picture.jpg', png()],
    ['really-a-pdf.txt', pdf('x')],
    ['really-a-zip.csv', zip([{ name: 'a', content: 'b' }])],
    ['binary.txt', Buffer.from([1, 2, 3])],
    ['latin1.csv', Buffer.from([0x4d, 0xfc, 0x6c, 0x6c])],
    ['cut.txt', Buffer.from('掟').subarray(0, 2)],
    ['bell.txt', 'ring\u0007'],
    ['notamail.eml', 'just words'],
    ['headless.eml', '\r\nFrom: a@example.org\r\nDate: x\r\n\r\n'],
    ['zip.docx', zip([{ name: 'a.txt', content: 'b' }])],
    ['sheet.docx', office('xl/workbook.xml')],
    ['broken.docx', Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(2_000)])],
    ['typeless.xlsx', zip([{ name: 'xl/workbook.xml', content: '<x/>' }])],
    ['climbing.docx', office('word/document.xml', [{ name: '../../evil', content: 'x' }])],
  ]
  for (const [name, bytes] of contradicting) await refused(name, bytes, 'FILE_TYPE_CONTRADICTS')
  const encoded: [string, Uint8Array, string][] = [
    ['utf16.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'utf-16le'],
    // 名前,日付 / 委員会
    ['sjis.csv', Buffer.from('96bc914f2c93fa95740d0a88cf88f589ef0d0a', 'hex'), 'shift_jis'],
    // 姓名,日期 / 委員會
    ['big5.txt', Buffer.from('a96da6572ca4e9b4c10d0aa965adfbb77c0d0a', 'hex'), 'big5'],
  ]
  for (const [name, bytes, encodings] of encoded)
    await assert.rejects(keep(name, bytes), { code: 'FILE_ENCODING', data: { encodings } }, name)
  await refused('sjis.docx', encoded[1]![1], 'FILE_TYPE_CONTRADICTS')
  const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex')
  const stream = Buffer.from('EncryptedPackage', 'utf16le')
  for (const before of [0, 1_000, 65_536 - 8 - 10, 200_000]) {
    const locked = Buffer.concat([compound, Buffer.alloc(before), stream, Buffer.alloc(2_000)])
    await refused(`locked-${before}.docx`, locked, 'FILE_LOCKED')
  }
  await refused('old.docx', Buffer.concat([compound, Buffer.alloc(2_000)]), 'FILE_TYPE_CONTRADICTS')
  await refused('locked.txt', Buffer.concat([compound, stream]), 'FILE_TYPE_CONTRADICTS')
  const main = 'word/document.xml'
  const typed = (types: string | Buffer, more: { name: string; content: string }[] = []) =>
    zip([{ name: '[Content_Types].xml', content: types }, { name: main, content: '<x/>' }, ...more])
  const override = (type: string) =>
    `<Types><Override PartName="/word/a.bin" ContentType="application/vnd.ms-${type}"/></Types>`
  const renamed = [{ name: 'word/a.bin', content: 'x' }]
  for (const [nth, type] of [
    'office.vbaProject',
    'office.activeX+xml',
    'word.document.macroEnabled.main+xml',
    'excel.macrosheet+xml',
  ].entries())
    await refused(`renamed-${nth}.docx`, typed(override(type), renamed), 'FILE_ARCHIVE_REFUSED')
  const wide = Buffer.from(`\ufeff${override('office.vbaProject')}`, 'utf16le')
  await refused('wide.docx', typed(wide, renamed), 'FILE_ARCHIVE_REFUSED')
  const hidden = override('office.vba&#80;roject')
  await refused('hidden.docx', typed(hidden, renamed), 'FILE_TYPE_CONTRADICTS')
  const twice = typed('<Types/>', [{ name: '[content_types].XML', content: override('x') }])
  await refused('twice.docx', twice, 'FILE_TYPE_CONTRADICTS')
  const long = zip([
    { name: '[Content_Types].xml', content: 'x', says: 2_000_000 },
    { name: main, content: '<x/>' },
  ])
  await refused('long.docx', long, 'FILE_ARCHIVE_REFUSED')
  const macro = office('word/document.xml', [{ name: 'word/vbaProject.bin', content: 'x' }])
  await refused('macro.docx', macro, 'FILE_ARCHIVE_REFUSED')
  const bomb = office('word/document.xml', [{ name: 'b', content: 'x', says: 4_000_000_000 }])
  await refused('bomb.docx', bomb, 'FILE_ARCHIVE_REFUSED')
  const crowd = Array.from({ length: 5_001 }, (_, nth) => ({ name: `p${nth}`, content: '' }))
  await refused('crowd.docx', office('word/document.xml', crowd), 'FILE_ARCHIVE_REFUSED')
  const at = (path: string) => store.keep(path, { sizeBytesMax: limit, dry: false })
  await assert.rejects(at(join(folder, 'absent.pdf')), { code: 'FILE_MISSING' })
  execFileSync('mkfifo', [join(folder, 'pipe.txt')])
  await assert.rejects(at(join(folder, 'pipe.txt')), { code: 'FILE_MISSING' })
  execFileSync('mkdir', [join(folder, 'folder.pdf')])
  await assert.rejects(at(join(folder, 'folder.pdf')), { code: 'FILE_MISSING' })
  await assert.rejects(at('/dev/zero.txt'), { code: 'FILE_MISSING' })
  const leftovers = readdirSync(kept).filter(name => name.startsWith('.'))
  assert.deepEqual(leftovers, [], 'nothing half kept is left')
})

test('F6 a dry run keeps nothing, what is there is not overwritten, old leftovers go', async () => {
  const { sha256 } = await keep('dry.txt', 'only looked at', { dry: true })
  assert.equal(await store.fault(sha256), 'missing')
  const path = write('mine.txt', 'mine')
  const other = await keep('new.txt', 'theirs')
  await assert.rejects(store.writeTo(other.sha256, path), { code: 'FILE_OUT_EXISTS' })
  assert.equal(readFileSync(path, 'utf8'), 'mine')
  const nowhere = join(folder, 'no', 'such', 'folder')
  await assert.rejects(store.writeTo(other.sha256, nowhere), { code: 'FILE_OUT_REFUSED' })
  const old = join(kept, '.leftover')
  writeFileSync(old, 'half')
  utimesSync(old, 0, 0)
  await keep('sweep.txt', 'sweeps')
  assert.ok(!existsSync(old))
})

test('F3 what the disk did not take whole is never kept as if it were', async () => {
  // Beyond the limit of `ulimit -f` (blocks of 512 bytes) a write takes less than it was given.
  const path = write('long.txt', Buffer.alloc(110_000, 'a line of a report\n'))
  const source = `import { openSecrets } from ${JSON.stringify(import.meta.resolve('../ledger/secrets.ts'))}
    import { FileStore } from ${JSON.stringify(import.meta.resolve('./store.ts'))}
    const [, secrets, folder, path] = process.argv
    const store = new FileStore(folder, openSecrets(secrets))
    await store.keep(path, { sizeBytesMax: 1e6, dry: false }).catch(e => console.log(e.code, e.data?.why))`
  const words = ['--input-type=module', '-e', source, join(folder, 'secrets'), kept, path]
  const limited = 'ulimit -f 200; trap "" XFSZ; exec "$0" "$@"'
  const said = execFileSync('sh', ['-c', limited, process.execPath, ...words], { encoding: 'utf8' })
  assert.equal(said.trim(), 'FILE_DISK_FULL EFBIG')
  const hash = sha(readFileSync(path))
  assert.equal(await store.fault(hash), 'missing')
  assert.deepEqual(
    readdirSync(kept).filter(name => name.startsWith('.')),
    [],
  )
  // A data folder that is no folder: said by a code of ours, with that of the system.
  const blocked = new FileStore(join(path, 'evidence'), secrets)
  await assert.rejects(blocked.keep(path, { sizeBytesMax: limit, dry: false }), {
    code: 'FILE_NOT_WRITTEN',
    data: { why: 'ENOTDIR' },
  })
  assert.equal((await keep('long.txt', readFileSync(path))).sha256, hash)
  assert.equal(Buffer.compare(await read(hash), readFileSync(path)), 0)
})

test('F7 a large file takes no more memory than a small one', async () => {
  const path = join(folder, 'large.txt')
  const size = 96 * 1024 * 1024
  execFileSync('sh', ['-c', `yes 'a line of a long log' | head -c ${size} > "$1"`, 'sh', path])
  const before = process.memoryUsage.rss()
  const { sha256, sizeBytes } = await store.keep(path, { sizeBytesMax: size, dry: false })
  assert.equal(sizeBytes, size)
  const grown = process.memoryUsage.rss() - before
  assert.ok(grown < 64 * 1024 * 1024, `${Math.round(grown / 1_048_576)} MiB`)
  rmSync(pathOf(sha256))
})
