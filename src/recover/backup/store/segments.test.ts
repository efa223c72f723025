import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { BackupKey } from './envelope.ts'
import { openLocal } from './local.ts'
import { getSegment, listSegments, shipSegments } from './segments.ts'

const root = mkdtempSync(join(tmpdir(), 'okite-segments-'))
after(() => rmSync(root, { recursive: true }))

function open(name: string) {
  const [archive, place] = [join(root, name), join(root, `${name}-place`)]
  for (const folder of [archive, place]) mkdirSync(folder)
  const key = new BackupKey(randomBytes(32))
  return { archive, key, system: '7', repository: openLocal('here', place) }
}
const nameOf = (nth: number) => `0000000100000000000000${nth.toString(16).padStart(2, '0')}`

test('segments are read back as they were: full, empty, of another size, and small histories', async () => {
  const { archive, key, system, repository } = open('sizes')
  const files = new Map<string, Buffer>([
    [nameOf(0x10), randomBytes(16 * 1024 * 1024)],
    [nameOf(0x11), Buffer.alloc(16 * 1024 * 1024)],
    // A cluster may have been made with larger ones.
    [nameOf(0x12), Buffer.alloc(32 * 1024 * 1024, 'words of a log ')],
    [nameOf(0x13), Buffer.alloc(0)],
    ['00000002.history', Buffer.from('1\t0/3000000\tno reason\n')],
  ])
  for (const [name, bytes] of files) writeFileSync(join(archive, name), bytes)
  writeFileSync(join(archive, `${nameOf(0x14)}.partial`), 'half')
  const shipped = await shipSegments({ archive, system, repository, key })
  assert.deepEqual(shipped.map(({ name }) => name).toSorted(), [...files.keys()].toSorted())
  for (const [name, bytes] of files) {
    const back = await getSegment(repository, key, system, name)
    assert.ok(back.equals(bytes), `${name} is another`)
  }
  const again = await shipSegments({ archive, system, repository, key })
  assert.deepEqual(new Set(again.map(({ sentBytes }) => sentBytes)), new Set([0]))
})

test('a segment that cannot be read stops those after it, and is said', async () => {
  const { archive, key, system, repository } = open('unread')
  for (const nth of [0x10, 0x12]) writeFileSync(join(archive, nameOf(nth)), randomBytes(1_000))
  mkdirSync(join(archive, nameOf(0x11)))
  await assert.rejects(shipSegments({ archive, system, repository, key }), { code: 'EISDIR' })
  assert.deepEqual(await listSegments(repository, system, nameOf(0)), [nameOf(0x10)])
})
