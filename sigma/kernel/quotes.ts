// Where strings begin and end, found for blocks of 64 bytes at a time before anything is walked, as
// simdjson does it (Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019).
import { HAS_ESCAPE, HAS_UNICODE_ESCAPE, NOT_ASCII } from './flags'

/** Bytes that are looked at in one go. */
const WINDOW: usize = 1024
/** Behind the last place. */
export const NONE: u32 = 0xffffffff
const BACKSLASH: i8 = 0x5c

/**
 * In order: quotes that are not escaped, and bytes that no string may have, which are control characters
 * and what makes no escape with the backslash before it. Eight are written at a time; a place that is left
 * from the window before may stand first.
 */
const places = memory.data(4 * (1024 + 64 + 16))

/** The next of the places, when nothing is being walked. */
let next: usize = places
let placesEnd: usize = places
/** Up to where bytes were looked at. */
let indexed: usize = 0
let inputEnd: usize = 0
/** Up to where what was found has been walked. */
let walked: usize = 0
/** Whether the first byte that comes is escaped. */
let carry: u64 = 0
/** What the bytes of the window have, and of those before it that belong to the line. */
let windowFlags: u32 = 0
let lineSeen: u32 = 0

/** Nothing is known yet of the bytes up to `end`, behind which zeros stand. */
export function setIndexEnd(end: usize): void {
  inputEnd = end
  walked = usize.MAX_VALUE
}

/** The next place, for a walk that begins at `from`. */
export function beginWalk(from: usize): usize {
  if (from < walked || from > indexed) {
    indexed = from
    placesEnd = places
    carry = 0
    windowFlags = 0
    next = fill(places)
  }
  lineSeen = windowFlags
  return next
}

/** What was walked ends at `at`; `place` is the next one. */
export function endWalk(at: usize, place: usize): void {
  walked = at
  next = place
}

/** Whatever is walked next is looked at anew. */
export function breakWalk(): void {
  walked = usize.MAX_VALUE
}

/** What there may be in the line so far; of its neighbours some is counted in. */
export function flagsSeen(): u32 {
  return lineSeen
}

/** What is in the string between two places. */
export function flagsBetween(start: usize, end: usize): u32 {
  if (lineSeen == 0) return 0
  const backslash = i8x16.splat(BACKSLASH)
  let high = i8x16.splat(0)
  let escapes = high
  let at = start
  for (; at + 16 <= end; at += 16) {
    const block = v128.load(at)
    high = v128.or(high, block)
    escapes = v128.or(escapes, i8x16.eq(block, backslash))
  }
  let flags: u32 = 0
  if (at < end) {
    const block = v128.load(at)
    const inside = ((<u32>1) << (<u32>(end - at))) - 1
    if (i8x16.bitmask(block) & inside) flags = NOT_ASCII
    if (i8x16.bitmask(i8x16.eq(block, backslash)) & inside) flags |= HAS_ESCAPE
  }
  if (i8x16.bitmask(high)) flags |= NOT_ASCII
  if (v128.any_true(escapes)) flags |= HAS_ESCAPE
  return flags & HAS_ESCAPE ? flags | (lineSeen & HAS_UNICODE_ESCAPE) : flags
}

/**
 * The place of a quote at `at`, and behind it another place; 0 if there is none: the byte at `at` stands
 * behind a backslash, or nothing comes after it.
 */
export function seek(at: usize, from: usize): usize {
  let place = from
  while (true) {
    // Only blanks are passed over.
    while (<usize>load<u32>(place) < at) place += 4
    const found = load<u32>(place)
    if (found == <u32>at && load<u32>(place, 4) != NONE) return place
    if ((found != NONE && found != <u32>at) || indexed >= inputEnd) return 0
    place = fill(place)
    lineSeen |= windowFlags
  }
}

/** Looks at the next window. The places from `from` on are kept; where they stand now. */
function fill(from: usize): usize {
  let to: usize = places
  for (let place = from; place < placesEnd; place += 4) {
    store<u32>(to, load<u32>(place))
    to += 4
  }
  windowFlags = 0
  const end = min<usize>(indexed + WINDOW, inputEnd)
  const quote = i8x16.splat(0x22)
  const blank = i8x16.splat(0x20)
  const backslash = i8x16.splat(BACKSLASH)
  let at = indexed
  for (; at < end; at += 64) {
    const b0 = v128.load(at)
    const b1 = v128.load(at, 16)
    const b2 = v128.load(at, 32)
    const b3 = v128.load(at, 48)
    // Compared with signs, bytes of more than seven bits are below the blank as well.
    let found = masks(
      v128.or(i8x16.eq(b0, quote), i8x16.lt_s(b0, blank)),
      v128.or(i8x16.eq(b1, quote), i8x16.lt_s(b1, blank)),
      v128.or(i8x16.eq(b2, quote), i8x16.lt_s(b2, blank)),
      v128.or(i8x16.eq(b3, quote), i8x16.lt_s(b3, blank)),
    )
    if (i8x16.bitmask(v128.or(v128.or(b0, b1), v128.or(b2, b3)))) {
      windowFlags |= NOT_ASCII
      found &= ~masks(b0, b1, b2, b3)
    }
    const e0 = i8x16.eq(b0, backslash)
    const e1 = i8x16.eq(b1, backslash)
    const e2 = i8x16.eq(b2, backslash)
    const e3 = i8x16.eq(b3, backslash)
    if (v128.any_true(v128.or(v128.or(e0, e1), v128.or(e2, e3))) || carry != 0)
      found = withoutEscaped(at, found, masks(e0, e1, e2, e3))
    const count = <u32>popcnt(found)
    to = write(to, at, found, count)
  }
  indexed = at
  placesEnd = to
  store<u32>(to, NONE)
  store<u32>(to, NONE, 4)
  return places
}

function masks(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a) | ((<u32>i8x16.bitmask(b)) << 16)) |
    ((<u64>(<u32>i8x16.bitmask(c) | ((<u32>i8x16.bitmask(d)) << 16))) << 32)
  )
}

/** Eight at a time, of which only `count` stay: branches cost more than stores. */
function write(to: usize, at: usize, found: u64, count: u32): usize {
  let left = found
  let done: u32 = 0
  let place = to
  while (done < count) {
    store<u32>(place, <u32>at + <u32>ctz(left))
    left &= left - 1
    store<u32>(place, <u32>at + <u32>ctz(left), 4)
    left &= left - 1
    store<u32>(place, <u32>at + <u32>ctz(left), 8)
    left &= left - 1
    store<u32>(place, <u32>at + <u32>ctz(left), 12)
    left &= left - 1
    store<u32>(place, <u32>at + <u32>ctz(left), 16)
    left &= left - 1
    store<u32>(place, <u32>at + <u32>ctz(left), 20)
    left &= left - 1
    store<u32>(place, <u32>at + <u32>ctz(left), 24)
    left &= left - 1
    store<u32>(place, <u32>at + <u32>ctz(left), 28)
    left &= left - 1
    place += 32
    done += 8
  }
  return to + ((<usize>count) << 2)
}

/** `found` without escaped quotes, and with what makes no escape, for a block with backslashes. */
function withoutEscaped(at: usize, found: u64, backslashes: u64): u64 {
  const even: u64 = 0x5555555555555555
  // A backslash that is escaped itself begins nothing.
  const begin = backslashes & ~carry
  const follows = (begin << 1) | carry
  const oddStarts = begin & ~even & ~follows
  const sum = oddStarts + begin
  carry = sum < oddStarts ? 1 : 0
  const escaped = (even ^ (sum << 1)) & follows
  windowFlags |= HAS_ESCAPE
  let other = escaped & ~backslashes
  let result = found
  while (other != 0) {
    const bit = ctz(other)
    const one = (<u64>1) << bit
    other &= other - 1
    if (isEscape(at + <usize>bit)) result &= ~one
    else result |= one
  }
  return result
}

/** Whether the byte, behind a backslash, makes a whole escape. */
function isEscape(place: usize): bool {
  const byte = <u32>load<u8>(place)
  if (byte == 0x75) {
    windowFlags |= HAS_UNICODE_ESCAPE
    return (
      isHex(load<u8>(place, 1)) &&
      isHex(load<u8>(place, 2)) &&
      isHex(load<u8>(place, 3)) &&
      isHex(load<u8>(place, 4))
    )
  }
  if (byte < 0x62) return byte == 0x22 || byte == 0x2f
  // b, f, n, r and t, counted from b.
  const bit = byte - 0x62
  return bit < 19 && ((0x51011 >> bit) & 1) != 0
}

function isHex(byte: u32): bool {
  return byte - 0x30 <= 9 || (byte | 0x20) - 0x61 <= 5
}
