import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sharedPath, isMissing as skip } from '../testing/shared.ts'
import { chunkBytes } from './chunk.ts'
import { flatten } from './flatten.ts'
import { toJson } from './json.ts'
import { readEvtx } from './read.ts'
import type { EvtxItem } from './record.ts'
import { fileOf, seal } from './testing.ts'

/**
 * Logs of Windows, damaged at random: the reader must end, throw nothing, and still read every chunk
 * that was left as it was.
 */
const seed = 20_261_127
const runs = 300

const headerBytes = 4096

/** Mulberry32: numbers in [0, below) that come again with the seed. */
function randomOf(start: number): (below: number) => number {
  let state = start
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) % below
  }
}

/** Four chunks, those with the most records first. */
function log(folder: string): Uint8Array {
  const chunks = readdirSync(folder)
    .filter(name => name.endsWith('.evtx'))
    .map(name => new Uint8Array(readFileSync(join(folder, name)).subarray(headerBytes)))
    .map(chunk => ({ chunk, end: new DataView(chunk.buffer).getUint32(48, true) }))
    .sort((one, other) => other.end - one.end)
  return fileOf(...chunks.slice(0, 4).map(({ chunk }) => chunk))
}

const chunkAt = (file: Uint8Array, nth: number): Uint8Array =>
  file.subarray(headerBytes + nth * chunkBytes, headerBytes + (nth + 1) * chunkBytes)

/** Where the records of a chunk end: bytes behind that are not worth much damage. */
const endOf = (chunk: Uint8Array): number =>
  new DataView(chunk.buffer, chunk.byteOffset).getUint32(48, true)

type Damaged = Readonly<{ file: Uint8Array; untouched: readonly number[] }>

/** Flips bytes of one chunk, or writes over some; half of the time its checksums hold afterwards. */
function flip(file: Uint8Array, random: (below: number) => number): Damaged {
  const nth = random(4)
  const chunk = chunkAt(file, nth)
  const end = endOf(chunk)
  for (let count = 1 + random(8); count > 0; count--) {
    const at = random(4) === 0 ? random(512) : 512 + random(end - 512)
    // Small numbers are the tokens and types, and lie close to what offsets and sizes are.
    chunk[at] = random(2) === 0 ? random(256) : random(0x24)
  }
  if (random(2) === 0) seal(chunk)
  return { file, untouched: [0, 1, 2, 3].filter(each => each !== nth) }
}

function move(file: Uint8Array, random: (below: number) => number): Damaged {
  const nth = random(4)
  const chunk = chunkAt(file, nth)
  const end = endOf(chunk)
  const size = 1 + random(2000)
  const from = random(end)
  chunk.copyWithin(512 + random(end - 512), from, from + size)
  if (random(2) === 0) seal(chunk)
  return { file, untouched: [0, 1, 2, 3].filter(each => each !== nth) }
}

function truncate(file: Uint8Array, random: (below: number) => number): Damaged {
  const size = random(file.length)
  const whole = Math.max(0, Math.floor((size - headerBytes) / chunkBytes))
  return { file: file.subarray(0, size), untouched: [0, 1, 2, 3].slice(0, whole) }
}

function swap(file: Uint8Array, random: (below: number) => number): Damaged {
  const [one, other] = [chunkAt(file, random(4)), chunkAt(file, random(4))]
  const before = one.slice()
  one.set(other)
  other.set(before)
  return { file, untouched: [0, 1, 2, 3] }
}

function header(file: Uint8Array, random: (below: number) => number): Damaged {
  for (let count = 1 + random(20); count > 0; count--) file[random(128)] = random(256)
  return { file, untouched: [0, 1, 2, 3] }
}

const mutations = [flip, flip, flip, move, truncate, swap, header]

/** What is known of the event itself, wherever its chunk lies. */
const essence = (item: EvtxItem): string[] =>
  item.kind === 'record' ? [`${item.recordId} ${JSON.stringify(toJson(item.event))}`] : []

test(`${runs} damaged logs are read to their end`, { skip }, () => {
  const whole = log(sharedPath('sigma/expected/events'))
  const wanted = [0, 1, 2, 3].map(nth =>
    [...readEvtx(fileOf(chunkAt(whole, nth)))].flatMap(essence),
  )
  assert.ok(wanted.every(records => records.length > 0))
  let remarks = 0
  for (let run = 0; run < runs; run++) {
    const random = randomOf(seed + run)
    const mutate = mutations[random(mutations.length)] ?? flip
    const { file, untouched } = mutate(whole.slice(), random)
    const items = [...readEvtx(file)]
    const got = new Set(items.flatMap(essence))
    for (const item of items) if (item.kind === 'record') flatten(toJson(item.event))
    for (const nth of untouched)
      for (const record of wanted[nth] ?? [])
        assert.ok(got.has(record), `run ${run} loses a record`)
    // A record has at least 28 bytes, and no remark is made twice for one.
    assert.ok(items.length < file.length / 14 + 8, `run ${run} says too much`)
    remarks += items.filter(item => item.kind === 'remark').length
  }
  assert.ok(remarks > runs / 2, 'the damage is seen')
})
