// Text as rules compare it: unescaped, and each code point folded by the simple folding of Unicode,
// as in `src/fold.ts`. Surrogates without their other half stay what they are, in three bytes.
import { HAS_ESCAPE, NOT_ASCII } from './flags'
import { backslashes, beforeA, behindZ, blanks } from './sixteen'
import { fail, foldData, foldPages } from './state'

/** Code points from here on have no case (Unicode 17). */
const CASED_END: u32 = 0x20000

let at: usize = 0
let to: usize = 0

/** Folds the ASCII letters of 16 bytes. */
function lower(block: v128): v128 {
  const isUpper = v128.and(i8x16.gt_s(block, beforeA()), i8x16.lt_s(block, behindZ()))
  return v128.or(block, v128.and(isUpper, blanks()))
}

/**
 * Writes the folded text of a string of JSON to `place`; its length. Up to 16 bytes behind it may be
 * overwritten, and it may be half as long again as the string.
 */
export function foldString(start: usize, end: usize, flags: u32, place: usize): u32 {
  if ((flags & (HAS_ESCAPE | NOT_ASCII)) == 0) {
    for (let block: usize = 0; start + block < end; block += 16)
      v128.store(place + block, lower(v128.load(start + block)))
    return <u32>(end - start)
  }
  at = start
  to = place
  // Without escapes a backslash is a character like any other; a set top bit is looked for anyway.
  const backslash = flags & HAS_ESCAPE ? backslashes() : i8x16.splat(-1)
  while (at < end) {
    const block = v128.load(at)
    v128.store(to, lower(block))
    // A set top bit is a byte that is not ASCII.
    const mask = i8x16.bitmask(v128.or(block, i8x16.eq(block, backslash)))
    const run = min<usize>(mask == 0 ? 16 : <usize>ctz(mask), end - at)
    at += run
    to += run
    if (at >= end || run == 16) continue
    if (load<u8>(at) == 0x5c) unescape()
    else if (!decode(end)) {
      fail()
      return 0
    }
  }
  return <u32>(to - place)
}

function unescape(): void {
  const letter = <u32>load<u8>(at, 1)
  at += 2
  if (letter == 0x75) {
    unescapeUnit()
    return
  }
  store<u8>(to, <u8>unescaped(letter))
  to++
}

/** The character that a letter behind a backslash stands for. */
export function unescaped(letter: u32): u32 {
  if (letter == 0x6e) return 0x0a
  if (letter == 0x72) return 0x0d
  if (letter == 0x74) return 0x09
  if (letter == 0x62) return 0x08
  return letter == 0x66 ? 0x0c : letter
}

function unitAt(from: usize): u32 {
  let unit: u32 = 0
  for (let digit: usize = 0; digit < 4; digit++) {
    const byte = <u32>load<u8>(from + digit)
    unit = (unit << 4) | (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57)
  }
  return unit
}

/** A unit of UTF-16, and the one behind it if they are one code point. */
function unescapeUnit(): void {
  const unit = unitAt(at)
  at += 4
  const isHigh = unit >= 0xd800 && unit < 0xdc00
  if (isHigh && load<u16>(at) == 0x755c) {
    const low = unitAt(at + 2)
    if (low >= 0xdc00 && low < 0xe000) {
      at += 6
      put(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
      return
    }
  }
  put(unit)
}

function continuation(from: usize): u32 {
  const byte = <u32>load<u8>(from)
  return (byte & 0xc0) == 0x80 ? byte & 0x3f : 0x80
}

/** One code point of UTF-8 (RFC 3629); false if the bytes are none. */
function decode(end: usize): bool {
  const first = <u32>load<u8>(at)
  if (first < 0xc2 || first > 0xf4) return false
  const length: usize = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (at + length > end) return false
  let codePoint = first & (first < 0xe0 ? 0x1f : first < 0xf0 ? 0x0f : 0x07)
  for (let byte: usize = 1; byte < length; byte++) {
    const bits = continuation(at + byte)
    if (bits == 0x80) return false
    codePoint = (codePoint << 6) | bits
  }
  if (length == 3 && (codePoint < 0x800 || (codePoint & 0xf800) == 0xd800)) return false
  if (length == 4 && (codePoint < 0x10000 || codePoint > 0x10ffff)) return false
  at += length
  put(codePoint)
  return true
}

function put(codePoint: u32): void {
  let folded = codePoint
  if (codePoint < CASED_END) {
    const page = <u32>load<u8>(foldPages + (codePoint >> 8))
    if (page != 0) folded = load<u32>(foldData + ((<usize>((page << 8) | (codePoint & 0xff))) << 2))
  }
  if (folded < 0x80) {
    store<u8>(to, <u8>folded)
    to += 1
  } else if (folded < 0x800) {
    store<u8>(to, <u8>(0xc0 | (folded >> 6)))
    store<u8>(to, <u8>(0x80 | (folded & 0x3f)), 1)
    to += 2
  } else if (folded < 0x10000) {
    store<u8>(to, <u8>(0xe0 | (folded >> 12)))
    store<u8>(to, <u8>(0x80 | ((folded >> 6) & 0x3f)), 1)
    store<u8>(to, <u8>(0x80 | (folded & 0x3f)), 2)
    to += 3
  } else {
    store<u8>(to, <u8>(0xf0 | (folded >> 18)))
    store<u8>(to, <u8>(0x80 | ((folded >> 12) & 0x3f)), 1)
    store<u8>(to, <u8>(0x80 | ((folded >> 6) & 0x3f)), 2)
    store<u8>(to, <u8>(0x80 | (folded & 0x3f)), 3)
    to += 4
  }
}

/** Writes a number or a word folded; its length. Neither has an escape. */
export function foldPlain(start: usize, end: usize, place: usize): u32 {
  return foldString(start, end, 0, place)
}
