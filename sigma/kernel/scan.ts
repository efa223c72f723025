// Finds in one folded value all literals that rules ask of its field.

import { isSame } from './json'
import {
  FIELD_ANY,
  FIELD_EXACT_LENGTHS,
  FIELD_FLAGS,
  FIELD_GRAM_BITS,
  FIELD_GRAM_LIST_SHIFT,
  FIELD_GRAM_LISTS,
  FIELD_GRAM_SHIFT,
  FIELD_LENGTHS,
  FIELD_NETWORKS,
  FIELD_NUMBER_MASK,
  FIELD_NUMBER_TABLE,
  FIELD_PAIR_BITS,
  FIELD_PAIR_LISTS,
  FIELD_PREFIX_LENGTHS,
  FIELD_PREFIX_MASK,
  FIELD_PREFIX_TABLE,
  FIELD_SINGLES,
  FIELD_SUFFIX_LENGTHS,
  FIELD_SUFFIX_MASK,
  FIELD_SUFFIX_TABLE,
  HAS_ANY,
  HAS_GRAM,
  HAS_LENGTH,
  HAS_NETWORK,
  HAS_NUMBER,
  HAS_PAIR,
  HAS_PREFIX,
  HAS_SINGLE,
  HAS_SUFFIX,
  KEY_BYTES_MAX,
  LITERAL_BYTES,
  TYPE_NUMBER,
  TYPE_STRING,
} from './layout'
import { found, giveUp, isFound } from './memo'
import { isMarked } from './rules'
import { lowHalves } from './sixteen'

/** Marks what equals a number that is not written in the plainest way: the host reads it. */
declare function slowNumber(field: usize, start: usize, end: usize, isNumber: u32): void

const HASH_START: u32 = 0x811c9dc5
const HASH_FACTOR: u32 = 0x01000193

/** The literals of the field in the text of `length` bytes at `text`. `type` is that of its token. */
export function scan(field: usize, text: usize, length: u32, type: u32): void {
  const flags = load<u32>(field, FIELD_FLAGS)
  if (flags & HAS_ANY) markAll(load<u32>(field, FIELD_ANY))
  if (flags & HAS_SUFFIX) scanEnd(field, text, length)
  if (flags & HAS_PREFIX) scanStart(field, text, length)
  if (flags & HAS_GRAM && length >= 4) scanGrams(field, text, length)
  if (flags & HAS_PAIR && length >= 2) scanPairs(field, text, length)
  if (flags & HAS_SINGLE) scanSingles(field, text, length)
  if (flags & HAS_LENGTH) scanLength(field, length)
  if (flags & HAS_NETWORK && type == TYPE_STRING) scanNetworks(field, text, length)
  if (flags & HAS_NUMBER && (type == TYPE_NUMBER || type == TYPE_STRING))
    scanNumber(field, text, length, type)
}

/** A list of literals without texts. */
function markAll(list: usize): void {
  const end = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
  for (let at = list + 4; at < end; at += LITERAL_BYTES) found(load<u32>(at, 12))
}

/** Entries of tables by hash: hash, length, place of the list or 0. */
const TABLE_ENTRY_BYTES: usize = 12

function listOf(table: usize, mask: u32, hash: u32, length: u32): usize {
  let slot = hash & mask
  while (true) {
    const entry = table + <usize>slot * TABLE_ENTRY_BYTES
    const list = load<u32>(entry, 8)
    if (list == 0 || (load<u32>(entry) == hash && load<u32>(entry, 4) == length)) return list
    slot = (slot + 1) & mask
  }
}

/** Literals at the end, and those that are the whole text: hashes of the last bytes. */
function scanEnd(field: usize, text: usize, length: u32): void {
  const suffixes = load<u64>(field, FIELD_SUFFIX_LENGTHS)
  const exacts = load<u64>(field, FIELD_EXACT_LENGTHS)
  const keyLength = min<u32>(length, KEY_BYTES_MAX)
  // Only the whole text asks for literals that are the whole text.
  const lengths = suffixes | (exacts & ((<u64>1) << (<u64>keyLength)))
  if (lengths == 0) return
  const last = min<u32>(keyLength, 63 - <u32>clz(lengths))
  const table = <usize>load<u32>(field, FIELD_SUFFIX_TABLE)
  const mask = load<u32>(field, FIELD_SUFFIX_MASK)
  let hash = HASH_START
  for (let taken: u32 = 0; ; taken++) {
    if ((lengths >> <u64>taken) & 1) {
      const list = listOf(table, mask, hash ^ (hash >> 15), taken)
      if (list != 0) markEnds(list, text, length)
    }
    if (taken == last) return
    hash = (hash ^ <u32>load<u8>(text + length - 1 - taken)) * HASH_FACTOR
  }
}

/** The third word of a literal says whether it has to be the whole text. */
function markEnds(list: usize, text: usize, length: u32): void {
  const end = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
  for (let at = list + 4; at < end; at += LITERAL_BYTES) {
    const size = load<u32>(at, 4)
    if (load<u32>(at, 8) != 0 ? size != length : size > length) continue
    if (isSame(load<u32>(at), text + length - size, size)) found(load<u32>(at, 12))
  }
}

function scanStart(field: usize, text: usize, length: u32): void {
  const lengths = load<u64>(field, FIELD_PREFIX_LENGTHS)
  const last = min<u32>(min<u32>(length, KEY_BYTES_MAX), 63 - <u32>clz(lengths))
  const table = <usize>load<u32>(field, FIELD_PREFIX_TABLE)
  const mask = load<u32>(field, FIELD_PREFIX_MASK)
  let hash = HASH_START
  for (let taken: u32 = 0; ; taken++) {
    if ((lengths >> <u64>taken) & 1) {
      const list = listOf(table, mask, hash ^ (hash >> 15), taken)
      if (list != 0) {
        const end = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
        for (let at = list + 4; at < end; at += LITERAL_BYTES) {
          const size = load<u32>(at, 4)
          if (size <= length && isSame(load<u32>(at), text, size)) found(load<u32>(at, 12))
        }
      }
    }
    if (taken == last) return
    hash = (hash ^ <u32>load<u8>(text + taken)) * HASH_FACTOR
  }
}

export const GRAM_FACTOR: u32 = 0x9e3779b1

/** Literals anywhere: each is known by four of its bytes, of which a set of bits knows the hashes. */
function scanGrams(field: usize, text: usize, length: u32): void {
  const bits = <usize>load<u32>(field, FIELD_GRAM_BITS)
  const shift = load<u32>(field, FIELD_GRAM_SHIFT)
  const end = text + length - 3
  let at = text
  // Mostly none of four places has any.
  for (; at + 4 <= end; at += 4) {
    const eight = load<u64>(at)
    const any =
      bitOf(bits, <u32>eight, shift) |
      bitOf(bits, <u32>(eight >> 8), shift) |
      bitOf(bits, <u32>(eight >> 16), shift) |
      bitOf(bits, <u32>(eight >> 24), shift)
    if (any & 1)
      for (let place = at; place < at + 4; place++) lookAt(field, text, length, place, bits, shift)
  }
  for (; at < end; at++) lookAt(field, text, length, at, bits, shift)
}

/** In the lowest bit whether a literal may be known by the four bytes. */
function bitOf(bits: usize, gram: u32, shift: u32): u32 {
  const hash = (gram * GRAM_FACTOR) >> shift
  return <u32>load<u8>(bits + (hash >> 3)) >> (hash & 7)
}

function lookAt(
  field: usize,
  text: usize,
  length: u32,
  place: usize,
  bits: usize,
  shift: u32,
): void {
  const gram = load<u32>(place)
  if (bitOf(bits, gram, shift) & 1) markGrams(field, text, length, <u32>(place - text), gram)
}

function markGrams(field: usize, text: usize, length: u32, place: u32, gram: u32): void {
  const bucket = (gram * GRAM_FACTOR) >> load<u32>(field, FIELD_GRAM_LIST_SHIFT)
  const list = <usize>load<u32>(<usize>load<u32>(field, FIELD_GRAM_LISTS) + ((<usize>bucket) << 2))
  if (list == 0) return
  const end = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
  for (let at = list + 4; at < end; at += LITERAL_BYTES) {
    const literal = <usize>load<u32>(at)
    const offset = load<u32>(at, 8)
    const size = load<u32>(at, 4)
    // The four bytes first: most of what the bits let through ends here.
    if (load<u32>(literal + offset) != gram || offset > place || place - offset + size > length)
      continue
    const predicate = load<u32>(at, 12)
    if (!isFound(predicate, isMarked(predicate)) && isSame(literal, text + place - offset, size))
      found(predicate)
  }
}

/** Buckets of literals by their first two bytes. */
const PAIR_FACTOR: u32 = 0x9e3779b1
const PAIR_SHIFT: u32 = 22
/** Before the bits of pairs and the lists of single bytes stand two tables of 16 bytes for each byte of them. */
const HALVES: usize = 32

/** In which of eight buckets each of 16 bytes is, by its two halves. */
function bucketsOf(tables: usize, block: v128): v128 {
  const half = lowHalves()
  return v128.and(
    i8x16.swizzle(v128.load(tables), v128.and(block, half)),
    i8x16.swizzle(v128.load(tables, 16), v128.and(i16x8.shr_u(block, 4), half)),
  )
}

/** Bits for 16 places, of those before `end` that are in some bucket. */
function placesIn(buckets: v128, at: usize, end: usize): u32 {
  const places = <u32>i8x16.bitmask(i8x16.ne(buckets, i8x16.splat(0)))
  return at + 16 <= end ? places : places & (((<u32>1) << (<u32>(end - at))) - 1)
}

/** Literals of two and three bytes, by the first two. */
function scanPairs(field: usize, text: usize, length: u32): void {
  const bits = <usize>load<u32>(field, FIELD_PAIR_BITS)
  const end = text + length
  const last = end - 1
  for (let at = text; at < last; at += 16) {
    const both = v128.and(
      bucketsOf(bits - 2 * HALVES, v128.load(at)),
      bucketsOf(bits - HALVES, v128.load(at, 1)),
    )
    if (!v128.any_true(both)) continue
    let places = placesIn(both, at, last)
    while (places != 0) {
      markPairs(field, at + <usize>ctz(places), end)
      places &= places - 1
    }
  }
}

function markPairs(field: usize, at: usize, end: usize): void {
  const bits = <usize>load<u32>(field, FIELD_PAIR_BITS)
  const pair = <u32>load<u16>(at)
  if (((load<u8>(bits + (pair >> 3)) >> (pair & 7)) & 1) == 0) return
  const lists = <usize>load<u32>(field, FIELD_PAIR_LISTS)
  const list = <usize>load<u32>(lists + ((<usize>((pair * PAIR_FACTOR) >> PAIR_SHIFT)) << 2))
  const listEnd = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
  for (let one = list + 4; one < listEnd; one += LITERAL_BYTES) {
    const size = load<u32>(one, 4)
    const predicate = load<u32>(one, 12)
    if (at + size > end || isFound(predicate, isMarked(predicate))) continue
    if (isSame(load<u32>(one), at, size)) found(predicate)
  }
}

/** Literals of one byte: a list for each, or 0. */
function scanSingles(field: usize, text: usize, length: u32): void {
  const lists = <usize>load<u32>(field, FIELD_SINGLES)
  const end = text + length
  for (let at = text; at < end; at += 16) {
    const buckets = bucketsOf(lists - HALVES, v128.load(at))
    if (!v128.any_true(buckets)) continue
    let places = placesIn(buckets, at, end)
    while (places != 0) {
      const byte = <usize>load<u8>(at + <usize>ctz(places))
      const list = <usize>load<u32>(lists + (byte << 2))
      if (list != 0) markAll(list)
      places &= places - 1
    }
  }
}

/** The third word is the least length in bytes. */
function scanLength(field: usize, length: u32): void {
  const list = <usize>load<u32>(field, FIELD_LENGTHS)
  const end = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
  for (let at = list + 4; at < end; at += LITERAL_BYTES)
    if (length >= load<u32>(at, 8)) found(load<u32>(at, 12))
}

/** The longest address of IPv4, `255.255.255.255`. */
const ADDRESS_BYTES_MAX: u32 = 15

/** The first word of a network is its address, the second its mask. */
function scanNetworks(field: usize, text: usize, length: u32): void {
  if (length > ADDRESS_BYTES_MAX || <u32>load<u8>(text) - 0x30 > 9) return
  let address: u32 = 0
  let part: u32 = 0
  let digits: u32 = 0
  let dots: u32 = 0
  const end = text + length
  for (let at = text; at < end; at++) {
    const digit = <u32>load<u8>(at) - 0x30
    if (digit <= 9) {
      // A zero before other digits is octal to some, so it is no address, as in `cidr.ts`.
      if (digits != 0 && part == 0) return
      part = part * 10 + digit
      if (part > 255) return
      digits++
    } else {
      if (digit + 0x30 != 0x2e || digits == 0 || ++dots > 3) return
      address = (address << 8) | part
      part = 0
      digits = 0
    }
  }
  if (digits == 0 || dots != 3) return
  address = (address << 8) | part
  const list = <usize>load<u32>(field, FIELD_NETWORKS)
  const listEnd = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
  for (let at = list + 4; at < listEnd; at += LITERAL_BYTES)
    if ((address & load<u32>(at, 4)) == load<u32>(at)) found(load<u32>(at, 12))
}

/** Numbers by their digits; any other way to write them is read by the host. */
function scanNumber(field: usize, text: usize, length: u32, type: u32): void {
  if (length == 0) return
  let at = text
  const end = text + length
  const first = <u32>load<u8>(at)
  if (first - 0x30 > 9 && first != 0x2b && first != 0x2d) return
  let isPlain = first != 0x2b
  if (first == 0x2d) at++
  // Neither "-0" nor a zero before other digits is the plainest way.
  if (load<u8>(at) == 0x30 && length > 1) isPlain = false
  const digits = at
  for (; at < end && isPlain; at++) if (<u32>load<u8>(at) - 0x30 > 9) isPlain = false
  if (!isPlain || at == digits) {
    for (at = text; at < end; at++) {
      const byte = <u32>load<u8>(at)
      if (byte - 0x30 > 9 && byte != 0x2b && byte != 0x2d && byte != 0x2e && byte != 0x65) return
    }
    giveUp()
    slowNumber(field, text, end, type == TYPE_NUMBER ? 1 : 0)
    return
  }
  markNumber(field, text, length, type == TYPE_NUMBER)
}

/** The third word of a number says whether only a number of the event equals it, and no text. */
export function markNumber(field: usize, digits: usize, length: u32, isNumber: bool): void {
  let hash = HASH_START
  const key = min<u32>(length, KEY_BYTES_MAX)
  for (let at: u32 = 0; at < key; at++) hash = (hash ^ <u32>load<u8>(digits + at)) * HASH_FACTOR
  const table = <usize>load<u32>(field, FIELD_NUMBER_TABLE)
  const list = listOf(table, load<u32>(field, FIELD_NUMBER_MASK), hash ^ (hash >> 15), key)
  if (list == 0) return
  const end = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
  for (let at = list + 4; at < end; at += LITERAL_BYTES) {
    if (load<u32>(at, 8) != 0 && !isNumber) continue
    if (load<u32>(at, 4) == length && isSame(load<u32>(at), digits, length))
      found(load<u32>(at, 12))
  }
}
