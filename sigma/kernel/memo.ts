// Values come again and again: what was found in one is remembered by its bytes, its field and its cell,
// in a table with one place for each hash, so that a value seen before is neither folded nor searched.
import { isSame } from './json'
import { mark } from './rules'
import { cell, memo, recordStamps } from './state'

/**
 * Cell, field and type, length, count; hash of the folded text; the bytes; predicates. Of most values all that
 * is looked at stands in one line of the cache.
 */
const ENTRY_BYTES: usize = 512
const BYTES: usize = 24
const PREDICATES: usize = 224
const PREDICATES_MAX: u32 = 72
const MEMO_PLACES: u32 = 8192
export const MEMO_BYTES: u32 = MEMO_PLACES * 512
/** Longer values seldom come again. */
const LENGTH_MIN: u32 = 1
const LENGTH_MAX: u32 = <u32>(PREDICATES - BYTES)

let entry: usize = 0
let count: u32 = 0
let isRecording: bool = false
let recordSerial: u32 = 0

function hashOf(at: usize, length: u32, seed: u64): u32 {
  let hash = seed * 0x9e3779b97f4a7c15
  const end = at + <usize>length
  let from = at
  for (; from + 8 <= end; from += 8) hash = (rotl(hash, 23) ^ load<u64>(from)) * 0xff51afd7ed558ccd
  // The last eight bytes once more, or all there are.
  if (length >= 8) hash = (rotl(hash, 23) ^ load<u64>(end - 8)) * 0xff51afd7ed558ccd
  else hash = (rotl(hash, 23) ^ (load<u64>(at) << ((8 - <u64>length) << 3))) * 0xff51afd7ed558ccd
  return <u32>(hash >> 40)
}

/** What was found in the value before is marked; false if it has to be searched, and is then recorded. */
export function recall(field: u32, type: u32, at: usize, length: u32): bool {
  isRecording = false
  if (length < LENGTH_MIN || length > LENGTH_MAX) return false
  const kind = (field << 3) | type
  entry =
    memo +
    <usize>(hashOf(at, length, ((<u64>cell) << 20) ^ <u64>kind) & (MEMO_PLACES - 1)) * ENTRY_BYTES
  const isKnown =
    load<u32>(entry) == <u32>cell &&
    load<u32>(entry, 4) == kind &&
    load<u32>(entry, 8) == length &&
    isSame(entry + BYTES, at, length)
  if (isKnown) {
    const end = entry + PREDICATES + ((<usize>load<u32>(entry, 12)) << 2)
    for (let one = entry + PREDICATES; one < end; one += 4) mark(load<u32>(one))
    return true
  }
  isRecording = true
  recordSerial++
  count = 0
  return false
}

/** The value is remembered with what was found in it. */
export function remember(field: u32, type: u32, at: usize, length: u32, hash: u32): void {
  if (!isRecording) return
  isRecording = false
  store<u32>(entry, <u32>cell)
  store<u32>(entry, (field << 3) | type, 4)
  store<u32>(entry, length, 8)
  store<u32>(entry, count, 12)
  store<u32>(entry, hash, 16)
  memory.copy(entry + BYTES, at, <usize>length)
}

/** The hash of the folded text that was remembered. */
export function recalledHash(): u32 {
  return load<u32>(entry, 16)
}

/** Nothing is recorded from here on. */
export function stopRecording(): void {
  isRecording = false
}

/** What is being found depends on more than the value, or is too much: it is not remembered. */
export function giveUp(): void {
  if (isRecording) store<u32>(entry, 0)
  isRecording = false
}

/** Whether a predicate was found in this value before. */
export function isFound(predicate: u32, isMarked: bool): bool {
  return isRecording
    ? load<u32>(recordStamps + ((<usize>predicate) << 2)) == recordSerial
    : isMarked
}

/** A predicate holds of the value that is being searched. */
export function found(predicate: u32): void {
  if (isRecording) {
    const stamp = recordStamps + ((<usize>predicate) << 2)
    if (load<u32>(stamp) == recordSerial) return
    store<u32>(stamp, recordSerial)
    if (count == PREDICATES_MAX) giveUp()
    else {
      store<u32>(entry + PREDICATES + ((<usize>count) << 2), predicate)
      count++
    }
  }
  mark(predicate)
}
