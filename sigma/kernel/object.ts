// The text of an object where it is written as compactly as may be: then it is its own text.
import { HAS_ESCAPE, HAS_UNICODE_ESCAPE, NOT_ASCII } from './flags'
import { foldString } from './fold'
import { hashKey, scanString, stringFlags } from './json'

const DEPTH_MAX: i32 = 32
const KEYS_MAX: u32 = 128
/** Object and hash of each key so far. */
const keys = memory.data(1024)
/** Of each level: 0 for a list, else the number of its object. */
const levels = memory.data(128)

/**
 * Writes the folded text of the object that stands between two places; its length, or 0xffffffff if
 * the host has to make it: there are blanks, characters that may be written in several ways, a key
 * that seems to come twice, or too much of it.
 */
export function foldObject(start: usize, end: usize, place: usize): u32 {
  let depth: i32 = -1
  let objects: u32 = 0
  let count: u32 = 0
  let isKey = false
  for (let at = start; at < end; at++) {
    const byte = <u32>load<u8>(at)
    if (byte <= 0x20) return 0xffffffff
    if (byte == 0x22) {
      const close = scanString(at + 1)
      if (stringFlags & (NOT_ASCII | HAS_UNICODE_ESCAPE)) return 0xffffffff
      if (stringFlags & HAS_ESCAPE && hasSolidus(at + 1, close)) return 0xffffffff
      if (isKey) {
        const hash = hashKey(0, at + 1, <u32>(close - at - 1))
        const object = load<u32>(levels + ((<usize>depth) << 2))
        for (let key: u32 = 0; key < count; key++) {
          const known = keys + ((<usize>key) << 3)
          if (load<u32>(known) == object && load<u32>(known, 4) == hash) return 0xffffffff
        }
        if (count == KEYS_MAX) return 0xffffffff
        store<u32>(keys + ((<usize>count) << 3), object)
        store<u32>(keys + ((<usize>count) << 3), hash, 4)
        count++
      }
      at = close
      isKey = false
    } else if (byte == 0x7b || byte == 0x5b) {
      if (++depth == DEPTH_MAX) return 0xffffffff
      isKey = byte == 0x7b
      store<u32>(levels + ((<usize>depth) << 2), isKey ? ++objects : 0)
    } else if (byte == 0x7d || byte == 0x5d) {
      depth--
      isKey = false
    } else if (byte == 0x2c) {
      isKey = load<u32>(levels + ((<usize>depth) << 2)) != 0
    }
  }
  return foldString(start, end, 0, place)
}

/** An escape that the usual writer of JSON does not make. */
function hasSolidus(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) {
    if (load<u8>(at) != 0x5c) continue
    if (load<u8>(at, 1) == 0x2f) return true
    at++
  }
  return false
}
