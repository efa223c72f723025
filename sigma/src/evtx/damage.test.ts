import { strict as assert } from 'node:assert'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { chunkBytes } from './chunk.ts'
import { flatten } from './flatten.ts'
import { toJson } from './json.ts'
import { evtxSource, readEvtxFile } from './node-file.ts'
import { type EvtxOptions, type EvtxSource, readEvtx } from './read.ts'
import { ChunkWriter, chunkWith, fileOf, seal } from './testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'evtx-'))
after(() => rmSync(folder, { recursive: true }))

/** A chunk of events `<Event>` with nothing in them. */
function chunkOf(...recordIds: readonly bigint[]): Uint8Array {
  const chunk = new ChunkWriter()
  for (const recordId of recordIds) chunk.record(recordId, () => chunk.open('Event').u8(0x03))
  return chunk.finish()
}

/** The numbers of the records and the reasons of the remarks, in their order. */
const outline = (source: Uint8Array | EvtxSource, options: EvtxOptions = {}): string =>
  [...readEvtx(source, options)]
    .map(item =>
      item.kind === 'remark' ? item.reason : `${item.recordId}${item.isIntact ? '' : '?'}`,
    )
    .join(' ')

const outlineOf = (write: (chunk: ChunkWriter) => void, options: EvtxOptions = {}): string =>
  outline(fileOf(chunkWith(write)), options)

/** Where the nth record begins: all of `chunkOf` are of one size. */
function recordAt(nth: number, chunk: Uint8Array): number {
  return 512 + nth * new DataView(chunk.buffer).getUint32(516, true)
}

test('whole chunks are read in the order of the file', () => {
  assert.equal(outline(fileOf(chunkOf(5n, 6n), chunkOf(1n, 2n))), '5 6 1 2')
  assert.equal(outline(fileOf()), '')
})

test('a file says what it is not', () => {
  assert.equal(outline(new Uint8Array(0)), 'file-signature')
  assert.equal(outline(new Uint8Array(10 * chunkBytes).fill(7)), 'file-signature')
  assert.equal(outline(fileOf(chunkOf(1n)).subarray(0, 2000)), 'file-truncated')
})

test('chunks are read without the header of their file, or with a wrong one', () => {
  const file = fileOf(chunkOf(1n), chunkOf(2n))
  file.fill(0, 0, 4096)
  assert.equal(outline(file), 'file-signature 1 2')
  const other = fileOf(chunkOf(1n))
  other[24] = 99
  assert.equal(outline(other), 'file-checksum 1')
})

test('what has never been used is passed over, what has been lost is remarked', () => {
  const unused = new Uint8Array(chunkBytes)
  assert.equal(outline(fileOf(chunkOf(1n), unused, chunkOf(2n))), '1 2')
  const lost = chunkOf(8n)
  lost[0] = 0
  assert.equal(outline(fileOf(chunkOf(1n), lost, chunkOf(2n))), '1 chunk-signature 2')
})

test('behind the chunks that the header counts, only chunks are of interest', () => {
  const file = fileOf(chunkOf(1n))
  const longer = new Uint8Array(file.length + 2 * chunkBytes)
  longer.set(file)
  longer.fill(7, file.length, file.length + chunkBytes)
  longer.set(chunkOf(3n), file.length + chunkBytes)
  assert.equal(outline(longer), '1 3')
})

test('a chunk that was changed is read, and none of its records is called intact', () => {
  const records = chunkOf(1n, 2n)
  // The time of the first.
  records[528] = 0xff
  assert.equal(outline(fileOf(records, chunkOf(3n))), 'chunk-records-checksum 1? 2? 3')
  const header = chunkOf(1n)
  header[200] = 1
  assert.equal(outline(fileOf(header)), 'chunk-header-checksum 1?')
  const noSums = chunkOf(1n)
  noSums[124] = 1
  noSums[120] = 4
  assert.equal(outline(fileOf(noSums)), '1')
})

test('an end of the records outside of the chunk is none', () => {
  const chunk = chunkOf(1n)
  new DataView(chunk.buffer).setUint32(48, 70_000, true)
  assert.equal(outline(fileOf(chunk)), 'chunk-free-space chunk-header-checksum 1?')
})

test('of a chunk that ends too early the records before the end are read', () => {
  const file = fileOf(chunkOf(1n, 2n, 3n))
  const end = 4096 + recordAt(2, file.subarray(4096).slice()) + 40
  assert.equal(outline(file.subarray(0, end)), 'chunk-truncated 1? 2? record-size')
  assert.equal(outline(file.subarray(0, 4096 + 100)), 'chunk-truncated')
})

test('behind a record that is none, the next is found', () => {
  for (const [offset, reason] of [
    [0, 'record-signature'],
    [4, 'record-size'],
  ] as const) {
    const chunk = chunkOf(1n, 2n, 3n)
    const at = recordAt(1, chunk) + offset
    chunk[at] = (chunk[at] ?? 0) ^ 0x55
    seal(chunk)
    assert.equal(outline(fileOf(chunk)), `1 ${reason} 3`)
  }
})

test('zeros up to the end that the header gives are no damage', () => {
  const chunk = chunkOf(1n)
  new DataView(chunk.buffer).setUint32(48, chunkBytes, true)
  seal(chunk)
  assert.equal(outline(fileOf(chunk)), '1')
})

test('a chunk that is being written has records behind its end, if they follow upon each other', () => {
  const chunk = chunkOf(4n, 5n, 6n, 1n)
  new DataView(chunk.buffer).setUint32(48, recordAt(1, chunk), true)
  assert.equal(outline(fileOf(chunk)), 'chunk-header-checksum chunk-records-checksum 4? 5? 6?')
  seal(chunk)
  assert.equal(outline(fileOf(chunk)), '4', 'what a whole chunk has left behind is not its own')
})

test('a remark says where, and which record is missing', () => {
  const chunk = new ChunkWriter()
  chunk.record(1n, () => chunk.open('Event').u8(0x03))
  chunk.record(77n, () => chunk.u8(0x33))
  chunk.record(3n, () => chunk.open('Event').u8(0x03))
  const items = [...readEvtx(fileOf(chunk.finish()))]
  const [, remark] = items
  assert.ok(remark?.kind === 'remark')
  assert.equal(remark.recordId, 77n)
  assert.equal(remark.reason, 'token')
  assert.equal(items.length, 3)
})

test('each damage of the binary XML has its reason', () => {
  const cases: readonly (readonly [string, (chunk: ChunkWriter) => void])[] = [
    ['token', chunk => chunk.u8(0x10)],
    ['token', chunk => chunk.open('A').u8(0x04)],
    ['token', chunk => chunk.u8(0x0a).name('target').u8(0x05)],
    ['offset', chunk => chunk.u8(0x01).u32(0).u32(70_000)],
    ['offset', chunk => chunk.u8(0x05, 0x01).u16(0xffff)],
    ['offset', chunk => chunk.u8(0x0c, 1).u32(0).u32(65_530)],
    ['value-type', chunk => chunk.u8(0x05, 0x08).u32(1)],
    ['value-index', chunk => chunk.u8(0x0d).u16(0).u8(1)],
  ]
  for (const [reason, write] of cases) assert.equal(outlineOf(write), reason)
  const value = (type: number, size: number) =>
    outlineOf(chunk => {
      const template = () => chunk.open('A', { dependency: true }).u8(0x02, 0x0d, 0, 0, type, 0x04)
      chunk.instance(template, [{ type, bytes: new Uint8Array(size) }])
    })
  assert.equal(value(0x08, 3), 'value-size')
  assert.equal(value(0x7f, 3), 'value-type')
  const nothing = new ChunkWriter()
  nothing.record(1n, () => {})
  assert.equal(outline(fileOf(nothing.finish())), 'no-event')
})

test('more values than there are bytes are not waited for', () => {
  const many = (chunk: ChunkWriter) => {
    chunk.instance(() => {}, [])
    chunk.view.setUint32(chunk.at - 4, 0xffff_ffff, true)
  }
  assert.equal(outlineOf(many), 'offset')
})

test('a template within itself is found out', () => {
  const write = (chunk: ChunkWriter) => {
    const at = chunk.at + 10
    chunk.instance(() => chunk.u8(0x0c, 1).u32(0).u32(at).u32(0), [])
  }
  assert.equal(outlineOf(write), 'cycle')
})

test('a template that cannot be read costs each record that names it, and only once', () => {
  const chunk = new ChunkWriter()
  let at = 0
  chunk.record(1n, () => {
    at = chunk.at + 10
    // Much that is well, and a token that is not.
    chunk.instance(() => {
      chunk.open('E', { dependency: true }).u8(0x02)
      for (let nth = 0; nth < 5000; nth++) chunk.u8(0x0d, 0, 0, 0x01)
      chunk.u8(0x33)
    }, [])
  })
  for (let recordId = 2n; recordId <= 40n; recordId++)
    chunk.record(recordId, () => chunk.u8(0x0c, 1).u32(0).u32(at).u32(0))
  assert.equal(outline(fileOf(chunk.finish())), Array(40).fill('token').join(' '))
})

test('elements in one another are followed to the limit', () => {
  const nest = (depth: number) => (chunk: ChunkWriter) => {
    const nameAt = chunk.at + 9
    chunk.open('E').u8(0x02)
    for (let nth = 2; nth < depth; nth++) chunk.u8(0x01).u32(0).u32(nameAt).u8(0x02)
    for (let nth = 1; nth < depth; nth++) chunk.u8(0x04)
  }
  assert.equal(outlineOf(nest(20)), '1')
  assert.equal(outlineOf(nest(5000)), 'depth')
  assert.equal(outlineOf(nest(20), { limits: { depthMax: 10 } }), 'depth')
})

/** Templates each of which holds the one before ten times: 10^9 elements in a few hundred bytes. */
function bomb(chunk: ChunkWriter): void {
  const own: number[] = []
  const level = (depth: number) => {
    chunk.open('E', { dependency: true }).u8(0x02)
    if (depth > 0) {
      own[depth - 1] = chunk.at + 10
      chunk.instance(() => level(depth - 1), [])
      for (let nth = 1; nth < 10; nth++)
        chunk
          .u8(0x0c, 1)
          .u32(0)
          .u32(own[depth - 1] ?? 0)
          .u32(0)
    }
    chunk.u8(0x04)
  }
  chunk.instance(() => level(9), [])
}

test('what asks for more than a chunk may cost ends the chunk, not the file', () => {
  assert.equal(outline(fileOf(chunkWith(bomb), chunkOf(2n))), 'chunk-budget 2')
  const long = 'x'.repeat(20_000)
  const texts = (chunk: ChunkWriter) => {
    const template = () => {
      chunk.open('E', { dependency: true }).u8(0x02)
      for (let nth = 0; nth < 5000; nth++) chunk.u8(0x0d, 0, 0, 0x01)
      chunk.u8(0x04)
    }
    chunk.instance(template, [{ type: 1, bytes: new Uint8Array(Buffer.from(long, 'utf16le')) }])
  }
  assert.equal(outline(fileOf(chunkWith(texts), chunkOf(2n))), 'chunk-budget 2')
  assert.equal(outline(fileOf(chunkOf(1n)), { limits: { nodesMax: 1 } }), 'chunk-budget')
})

test('a file is read as its bytes are, and closed when the reader is left', () => {
  const path = join(folder, 'log.evtx')
  const bytes = fileOf(chunkOf(1n, 2n), chunkOf(3n))
  writeFileSync(path, bytes)
  assert.deepEqual([...readEvtxFile(path)], [...readEvtx(bytes)])
  const descriptor = openSync(path, 'r')
  assert.equal(outline(evtxSource(descriptor)), '1 2 3')
  closeSync(descriptor)
  for (const _ of readEvtxFile(path)) break
  assert.throws(() => [...readEvtxFile(join(folder, 'none'))], { code: 'ENOENT' })
})

test('records stay what they are when the next chunk is read', () => {
  const chunks = ['a', 'b'].map(text => chunkWith(chunk => chunk.text(text)))
  const items = [...readEvtx(fileOf(...chunks))]
  const events = items.map(item => (item.kind === 'record' ? toJson(item.event) : item))
  assert.deepEqual(events, [{ Event: 'a' }, { Event: 'b' }])
  assert.deepEqual(flatten({ Event: 'a' }), {})
})
