import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { BackupKey } from './envelope.ts'
import { claimRepository } from './header.ts'
import { keyFromText, keyToText } from './key-text.ts'
import { nextSegment } from './lay-out.ts'
import { openLocal } from './local.ts'
import { getPiece, objectOfPiece, putPiece } from './pieces.ts'
import { prune } from './prune.ts'
import { listSegments } from './segments.ts'
import { listBackups, putTable, type Table } from './table.ts'

const root = mkdtempSync(join(tmpdir(), 'oks-'))
after(() => rmSync(root, { recursive: true, force: true }))

let count = 0
function place(): string {
  const folder = join(root, `place-${count++}`)
  mkdirSync(folder)
  return folder
}

const key = new BackupKey(randomBytes(32))

test('what is sealed opens with its key under its name, whatever its length, and no other way', () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
    const plain = randomBytes(size)
    const sealed = key.seal('a/b', plain)
    assert.deepEqual(key.open('a/b', sealed), plain)
    assert.throws(() => key.open('a/c', sealed), { code: 'BACKUP_OBJECT_ALTERED' })
    const other = new BackupKey(randomBytes(32))
    assert.throws(() => other.open('a/b', sealed), { code: 'BACKUP_KEY_WRONG' })
  }
})

test('a flipped bit, a cut and two frames that change places are seen, wherever they are', () => {
  const plain = randomBytes(150_000)
  const sealed = key.seal('x', plain)
  const refused = { code: /^BACKUP_(OBJECT_ALTERED|KEY_WRONG)$/ }
  fc.assert(
    fc.property(fc.nat(sealed.length * 8 - 1), bit => {
      const flipped = Buffer.from(sealed)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      assert.throws(() => key.open('x', flipped), refused)
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), length => {
      assert.throws(() => key.open('x', sealed.subarray(0, length)), refused)
    }),
    { numRuns: 200 },
  )
  const frame = 65_552
  const head = sealed.length - 150_000 - 3 * 16
  const moved = Buffer.concat([
    sealed.subarray(0, head),
    sealed.subarray(head + frame, head + 2 * frame),
    sealed.subarray(head, head + frame),
    sealed.subarray(head + 2 * frame),
  ])
  assert.throws(() => key.open('x', moved), refused)
  assert.throws(() => key.open('x', sealed.subarray(0, head + 2 * frame)), refused)
})

test('a key is read back from paper, with the slips that people make, and a wrong letter is seen', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), bytes => {
      const text = keyToText(bytes)
      assert.match(text, /^([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}$/)
      assert.deepEqual(Buffer.from(bytes), keyFromText(text))
      const typed = text.toLowerCase().replaceAll('-', ' \n').replaceAll('0', 'o')
      assert.deepEqual(Buffer.from(bytes), keyFromText(typed))
    }),
  )
  const text = keyToText(Buffer.alloc(32, 7))
  for (const wrong of [text.slice(1), `${text}0`, text.replace(/^./, 'Z'), '', '€'.repeat(56)])
    assert.throws(() => keyFromText(wrong), { code: 'BACKUP_KEY_FORM' }, wrong)
})

test('a piece is stored once under a name that tells nothing, and read only as it was', async () => {
  const folder = place()
  const repository = openLocal('here', folder)
  const piece = Buffer.alloc(1_000_000, 'row ')
  const first = await putPiece(repository, key, piece)
  assert(first.sentBytes > 0 && first.sentBytes < 20_000)
  assert.deepEqual(await putPiece(repository, key, piece), { name: first.name, sentBytes: 0 })
  assert.notEqual(new BackupKey(randomBytes(32)).nameOf(piece), first.name)
  assert.deepEqual(await getPiece(repository, key, first.name), piece)
  const path = join(folder, objectOfPiece(first.name))
  const sealed = readFileSync(path)
  sealed[sealed.length >> 1]! ^= 4
  writeFileSync(path, sealed)
  await assert.rejects(getPiece(repository, key, first.name), { code: 'BACKUP_OBJECT_ALTERED' })
  await assert.rejects(getPiece(repository, key, '0'.repeat(64)), { code: 'BACKUP_OBJECT_MISSING' })
})

test('no name leads out of a folder, and what is no file of ours is not followed', async () => {
  const folder = place()
  const repository = openLocal('here', folder)
  for (const name of ['../a', 'a/../../b', '/etc/passwd', 'a//b', '.hidden', 'a/.b', '', 'a\0b'])
    await assert.rejects(repository.put(name, Buffer.of(1)), { code: 'BACKUP_OBJECT_NAME' }, name)
  symlinkSync('/etc/passwd', join(folder, 'link'))
  await assert.rejects(repository.get('link'), { code: 'BACKUP_REPOSITORY_AWAY' })
  const gone = openLocal('gone', join(folder, 'not-mounted'))
  await assert.rejects(gone.put('a', Buffer.of(1)), { code: 'BACKUP_REPOSITORY_AWAY' })
})

test('a place is of one installation and one key, and a strange one is left alone', async () => {
  const folder = place()
  const repository = openLocal('here', folder)
  await claimRepository(repository, key, '1')
  await claimRepository(repository, key, '1')
  const other = { code: 'BACKUP_REPOSITORY_OTHER' }
  await assert.rejects(claimRepository(repository, key, '2'), other)
  await assert.rejects(claimRepository(repository, new BackupKey(randomBytes(32)), '1'), {
    code: 'BACKUP_KEY_WRONG',
  })
  const strange = place()
  writeFileSync(join(strange, 'holiday.jpg'), 'x')
  await assert.rejects(claimRepository(openLocal('there', strange), key, '1'), other)
})

test('what is old goes with all that nothing else needs, and what is needed, new or unreadable stays', async () => {
  const folder = place()
  const repository = openLocal('here', folder)
  const put = async (text: string) => (await putPiece(repository, key, Buffer.from(text))).name
  const [shared, alone, later, fresh] = await Promise.all(['s', 'a', 'l', 'f'].map(put))
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
  await putTable(repository, key, table(1, [shared!, alone!]))
  await putTable(repository, key, table(2, [shared!, later!]))
  for (const nth of [1, 2, 3])
    await repository.put(`log/7/00000001000000000000000${nth}`, Buffer.of(nth))
  await repository.put('log/7/00000002.history', Buffer.of(1))
  const nowMs = Date.now() + 2 * 86_400_000
  utimesSync(join(folder, objectOfPiece(fresh!)), new Date(nowMs), new Date(nowMs))
  const asked = { repository, key, nowMs, before: '2026-01-03T00:00:00.000Z' }
  assert.equal((await prune({ ...asked, countMin: 2 })).backups, 0)
  const path = join(folder, 'backups', table(2, []).id)
  const sealed = readFileSync(path)
  writeFileSync(path, sealed.subarray(1))
  await assert.rejects(prune({ ...asked, countMin: 1 }), { code: 'BACKUP_OBJECT_ALTERED' })
  writeFileSync(path, sealed)
  assert.deepEqual(
    await listBackups(repository),
    [1, 2].map(nth => table(nth, []).id),
  )
  const { backups, objects } = await prune({ ...asked, countMin: 1 })
  assert.deepEqual([backups, objects], [1, 2])
  assert.deepEqual(await listBackups(repository), [table(2, []).id])
  for (const name of [shared, later, fresh]) assert(await repository.has(objectOfPiece(name!)))
  assert.equal(await repository.has(objectOfPiece(alone!)), false)
  assert.deepEqual(await listSegments(repository, '7', '0'.repeat(24)), [
    '000000010000000000000002',
    '000000010000000000000003',
    '00000002.history',
  ])
})

test('segments follow each other over the end of a lower number', () => {
  assert.equal(nextSegment('000000010000000000000001'), '000000010000000000000002')
  assert.equal(nextSegment('0000000200000003000000FF'), '000000020000000400000000')
})
