// Reads one line of JSON (RFC 8259) without building anything: checks its form, and notes where the
// values of the fields stand that some rule names. Whatever is unusual is left to the host, which
// says what is wrong with it or brings it into a usual form.
import { HAS_ESCAPE, HAS_UNICODE_ESCAPE, NOT_ASCII } from './flags'
import {
  NODE_FIELD,
  NODE_NESTED,
  NODE_OTHER_LITERAL,
  NODE_OTHER_PATH,
  NODE_ROUTE,
  TOKEN_BYTES,
  TYPE_FALSE,
  TYPE_LIST,
  TYPE_NULL,
  TYPE_NUMBER,
  TYPE_OBJECT,
  TYPE_STRING,
  TYPE_TRUE,
} from './layout'
import { backslashes, beforeZero, behindNine, blanks, quotes } from './sixteen'
import {
  keyMask,
  keyTable,
  lineFlags,
  nodeFlags,
  nodeObjects,
  setLineFlags,
  setTokenCount,
  stack,
  tokens,
  tokensMax,
} from './state'

/** Writes the key that stands between two places, unescaped, to a place of the host's; its length. */
declare function slowKey(start: usize, end: usize): u32
declare function slowKeyPlace(): usize

const NO_NODE: u32 = 0xffffffff
/** The host says what is deeper than it may be; what it has brought into form is not. */
const DEPTH_MAX: u32 = 255
/** Node, whether it is an object, serial of the object, index of its token and 1, or 0. */
const FRAME_BYTES: usize = 16

/** What the last string that was scanned has in it. */
export let stringFlags: u32 = 0

let objectSerial: u32 = 0
let takesLineFeeds: bool = false
let isCanonical: bool = false

/** Whether a line feed is a blank, and whether the host has already brought the line into form. */
export function setMode(lineFeeds: bool, canonical: bool): void {
  takesLineFeeds = lineFeeds
  isCanonical = canonical
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0d || (byte == 0x0a && takesLineFeeds)
}

function skipBlanks(from: usize): usize {
  // Mostly there are none.
  return load<u8>(from) > 0x20 ? from : skipSome(from)
}

function skipSome(from: usize): usize {
  let at = from
  while (isBlank(load<u8>(at))) at++
  return at
}

function isHex(byte: u32): bool {
  return byte - 0x30 <= 9 || (byte | 0x20) - 0x61 <= 5
}

/**
 * The place of the quote that ends the string which begins at `from`; 0 if it is malformed. Most strings are
 * short and plain.
 */
export function scanString(from: usize): usize {
  const quote = quotes()
  const backslash = backslashes()
  const blank = blanks()
  let at = from
  for (; at < from + PLAIN_BYTES; at += 16) {
    const block = v128.load(at)
    const ends = v128.or(i8x16.eq(block, quote), i8x16.eq(block, backslash))
    // Compared with signs, bytes of more than seven bits are below the blank as well.
    const mask = <u32>i8x16.bitmask(v128.or(ends, i8x16.lt_s(block, blank)))
    if (mask == 0) continue
    const place = at + <usize>ctz(mask)
    if (load<u8>(place) != 0x22) break
    stringFlags = 0
    return place
  }
  return scanLong(at)
}

/** By blocks of 64 bytes, each as a set of bits. */
function scanLong(from: usize): usize {
  const quote = quotes()
  const backslash = backslashes()
  const blank = blanks()
  let flags: u32 = 0
  /** Whether the first byte of the block is escaped. */
  let carry: u64 = 0
  for (let at = from; ; at += 64) {
    const b0 = v128.load(at)
    const b1 = v128.load(at, 16)
    const b2 = v128.load(at, 32)
    const b3 = v128.load(at, 48)
    const high = masks(b0, b1, b2, b3)
    const low =
      masks(
        i8x16.lt_s(b0, blank),
        i8x16.lt_s(b1, blank),
        i8x16.lt_s(b2, blank),
        i8x16.lt_s(b3, blank),
      ) & ~high
    let ends = masks(
      i8x16.eq(b0, quote),
      i8x16.eq(b1, quote),
      i8x16.eq(b2, quote),
      i8x16.eq(b3, quote),
    )
    const slashes = masks(
      i8x16.eq(b0, backslash),
      i8x16.eq(b1, backslash),
      i8x16.eq(b2, backslash),
      i8x16.eq(b3, backslash),
    )
    let others: u64 = 0
    if ((slashes | carry) != 0) {
      // A run of backslashes escapes what is behind it if it is odd (Langdale and Lemire, "Parsing
      // gigabytes of JSON per second", 2019, 3.1.1).
      const begin = slashes & ~carry
      const follows = (begin << 1) | carry
      const oddStarts = begin & ~EVEN & ~follows
      const sum = oddStarts + begin
      const escaped = (EVEN ^ (sum << 1)) & follows
      carry = sum < oddStarts ? 1 : 0
      others = escaped & ~slashes & ~ends
      ends &= ~escaped
    }
    const stops = ends | low
    const end = ctz(stops)
    const before = stops == 0 ? ~(<u64>0) : ((<u64>1) << end) - 1
    if (slashes & before) flags |= HAS_ESCAPE
    if (high & before) flags |= NOT_ASCII
    for (others &= before; others != 0; others &= others - 1) {
      const place = at + <usize>ctz(others)
      if (load<u8>(place) == 0x75) flags |= HAS_UNICODE_ESCAPE
      if (!isEscape(place)) return 0
    }
    if (stops == 0) continue
    const place = at + <usize>end
    if (load<u8>(place) != 0x22) return 0
    stringFlags = flags
    return place
  }
  // The compiler does not see that the loop has no end.
  return 0
}

// As two bytes.
const QUOTE_COLON: u32 = 0x3a22
const COMMA_QUOTE: u32 = 0x222c
/** So much is looked at in blocks of 16 bytes, as long as it is plain. */
const PLAIN_BYTES: usize = 64
const EVEN: u64 = 0x5555555555555555

/** A bit for each of 64 bytes whose highest bit is set. */
function masks(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a) | ((<u32>i8x16.bitmask(b)) << 16)) |
    ((<u64>(<u32>i8x16.bitmask(c) | ((<u32>i8x16.bitmask(d)) << 16))) << 32)
  )
}

/** Whether what stands behind a backslash makes a whole escape, but for quotes and backslashes. */
function isEscape(place: usize): bool {
  const byte = <u32>load<u8>(place)
  if (byte == 0x75)
    return (
      isHex(load<u8>(place, 1)) &&
      isHex(load<u8>(place, 2)) &&
      isHex(load<u8>(place, 3)) &&
      isHex(load<u8>(place, 4))
    )
  if (byte < 0x62) return byte == 0x2f
  // b, f, n, r and t, counted from b.
  const bit = byte - 0x62
  return bit < 19 && ((0x51011 >> bit) & 1) != 0
}

/** A mix of the first and last bytes of a key, its length and the node it belongs to. */
export function hashKey(parent: u32, at: usize, length: u32): u32 {
  let first: u64
  let last: u64 = 0
  if (length >= 8) {
    first = load<u64>(at)
    last = load<u64>(at + length - 8)
  } else {
    // Bytes behind the key are shifted out.
    first = length == 0 ? 0 : load<u64>(at) << ((8 - <u64>length) << 3)
  }
  const mixed =
    (first ^ rotl(last, 29) ^ ((<u64>(parent + 1)) << 40) ^ <u64>length) * 0x9e3779b97f4a7c15
  return <u32>((mixed ^ (mixed >> 29)) >> 32)
}

/** Whether two runs of bytes are equal. */
export function isSame(a: usize, b: usize, length: u32): bool {
  let at: usize = 0
  const end = <usize>length
  while (at + 8 <= end) {
    if (load<u64>(a + at) != load<u64>(b + at)) return false
    at += 8
  }
  while (at < end) {
    if (load<u8>(a + at) != load<u8>(b + at)) return false
    at++
  }
  return true
}

/** Entries of the table of keys: hash, place of the key, its length and parent, node. */
const KEY_ENTRY_BYTES: usize = 20

/** Before the table are bits that say which hashes it has; most keys of an event end here. */
export const KEY_BITS_BYTES: usize = 4096
const KEY_BITS_SHIFT: u32 = 17

function lookUp(parent: u32, at: usize, length: u32): u32 {
  const hash = hashKey(parent, at, length)
  const bit = hash >> KEY_BITS_SHIFT
  if (((load<u8>(keyTable - KEY_BITS_BYTES + (bit >> 3)) >> (bit & 7)) & 1) == 0) return NO_NODE
  let slot = hash & keyMask
  while (true) {
    const entry = keyTable + <usize>slot * KEY_ENTRY_BYTES
    const node = load<u32>(entry, 16)
    if (node == NO_NODE) return NO_NODE
    const isIt =
      load<u32>(entry) == hash &&
      load<u32>(entry, 8) == length &&
      load<u32>(entry, 12) == parent &&
      isSame(load<u32>(entry, 4), at, length)
    if (isIt) return node
    slot = (slot + 1) & keyMask
  }
}

/** Behind a number of JSON; 0 if it is none. An exponent has nine digits at most, as in `decimal.ts`. */
function skipNumber(from: usize): usize {
  let at = from
  if (load<u8>(at) == 0x2d) at++
  const digits = digitsAt(at)
  if (digits == 0 || (digits > 1 && load<u8>(at) == 0x30)) return 0
  at += digits
  if (load<u8>(at) == 0x2e) {
    const decimals = digitsAt(at + 1)
    if (decimals == 0) return 0
    at += 1 + decimals
  }
  if ((<u32>load<u8>(at) | 0x20) == 0x65) {
    at++
    const sign = <u32>load<u8>(at)
    if (sign == 0x2b || sign == 0x2d) at++
    const exponent = digitsAt(at)
    if (exponent == 0 || exponent > 9) return 0
    at += exponent
  }
  return at
}

/** How many digits stand there. */
function digitsAt(from: usize): usize {
  const block = v128.load(from)
  const digits = v128.and(i8x16.gt_s(block, beforeZero()), i8x16.lt_s(block, behindNine()))
  const count = <usize>ctz(~i8x16.bitmask(digits))
  return count == 16 ? 16 + moreDigitsAt(from + 16) : count
}

function moreDigitsAt(from: usize): usize {
  let at = from
  while (<u32>load<u8>(at) - 0x30 <= 9) at++
  return at - from
}

function pushToken(count: u32, node: u32, type: u32, flags: u32, start: usize, end: usize): void {
  const token = tokens + <usize>count * TOKEN_BYTES
  store<u32>(token, node)
  store<u32>(token, type | (flags << 8), 4)
  store<u32>(token, <u32>start, 8)
  store<u32>(token, <u32>end, 12)
}

/**
 * Reads the object that begins at `from`. Behind it, or 0 if the line needs the host: it is
 * malformed, nested too deeply, has a key twice that a rule names, or is a nested event of Windows.
 */
export function tokenise(from: usize): usize {
  let at = from + 1
  let count: u32 = 0
  let flags: u32 = 0
  let depth: u32 = 0
  let frame = stack
  let node: u32 = 0
  let isObject = true
  let isFirst = true
  let object = ++objectSerial
  let seenFlags: u32 = 0
  store<u32>(frame, 0, 12)
  while (true) {
    let child = node
    let childFlags: u32 = 0
    let isEmpty = false
    // Mostly this is the quote of a key, without blanks before it.
    if (!isObject || load<u8>(at) != 0x22) {
      at = skipBlanks(at)
      isEmpty = isFirst && load<u8>(at) == (isObject ? 0x7d : 0x5d)
    }
    if (isObject && !isEmpty) {
      if (load<u8>(at) == 0x22) {
        const key = at + 1
        const keyEnd = scanString(key)
        if (keyEnd == 0) return 0
        flags |= stringFlags
        // Mostly there are no blanks.
        if (load<u16>(keyEnd) == QUOTE_COLON) at = keyEnd + 2
        else {
          at = skipBlanks(keyEnd + 1)
          if (load<u8>(at) != 0x3a) return 0
          at++
        }
        at = skipBlanks(at)
        if (node != NO_NODE) {
          child =
            stringFlags & HAS_ESCAPE
              ? lookUp(node, slowKeyPlace(), slowKey(key, keyEnd))
              : lookUp(node, key, <u32>(keyEnd - key))
          if (child != NO_NODE) {
            // Of a key that comes twice the last counts, which the host sees to.
            const seen = nodeObjects + ((<usize>child) << 2)
            if (load<u32>(seen) == object) return 0
            store<u32>(seen, object)
            childFlags = load<u8>(nodeFlags + child)
            if (count == tokensMax) return 0
            if (childFlags & NODE_NESTED && !isCanonical) return 0
            seenFlags |= childFlags
          }
        }
      } else {
        return 0
      }
    }
    const byte = <u32>load<u8>(at)
    const isWanted = (childFlags & (NODE_FIELD | NODE_ROUTE)) != 0
    if (isEmpty) {
      // Closed below.
    } else if (byte == 0x22) {
      const start = at + 1
      const end = scanString(start)
      if (end == 0) return 0
      flags |= stringFlags
      if (isWanted) pushToken(count++, child, TYPE_STRING, stringFlags, start, end)
      at = end + 1
    } else if (byte == 0x7b || byte == 0x5b) {
      if (++depth > DEPTH_MAX && !isCanonical) return 0
      frame += FRAME_BYTES
      store<u32>(frame - FRAME_BYTES, node)
      store<u32>(frame - FRAME_BYTES, isObject ? 1 : 0, 4)
      store<u32>(frame - FRAME_BYTES, object, 8)
      store<u32>(frame, 0, 12)
      node = child
      isObject = byte == 0x7b
      if (isWanted) {
        store<u32>(frame, count + 1, 12)
        pushToken(count++, child, isObject ? TYPE_OBJECT : TYPE_LIST, 0, at, 0)
      }
      if (isObject) object = ++objectSerial
      at++
      isFirst = true
      continue
    } else if (byte == 0x74) {
      if (load<u32>(at) != 0x65757274) return 0
      if (isWanted) pushToken(count++, child, TYPE_TRUE, 0, at, at + 4)
      at += 4
    } else if (byte == 0x66) {
      if (load<u32>(at, 1) != 0x65736c61) return 0
      if (isWanted) pushToken(count++, child, TYPE_FALSE, 0, at, at + 5)
      at += 5
    } else if (byte == 0x6e) {
      if (load<u32>(at) != 0x6c6c756e) return 0
      if (isWanted) pushToken(count++, child, TYPE_NULL, 0, at, at + 4)
      at += 4
    } else {
      const end = skipNumber(at)
      if (end == 0) return 0
      if (isWanted) pushToken(count++, child, TYPE_NUMBER, 0, at, end)
      at = end
    }
    isFirst = false
    if (isObject && load<u16>(at) == COMMA_QUOTE) {
      at++
      continue
    }
    while (true) {
      at = skipBlanks(at)
      const next = <u32>load<u8>(at)
      at++
      if (next == 0x2c) break
      if (next != (isObject ? 0x7d : 0x5d)) return 0
      const token = load<u32>(frame, 12)
      if (token != 0) store<u32>(tokens + <usize>(token - 1) * TOKEN_BYTES, <u32>at, 12)
      if (depth == 0) {
        // Which of the two ways counts is decided for each name alone.
        if (seenFlags & NODE_OTHER_LITERAL && seenFlags & NODE_OTHER_PATH) return 0
        setTokenCount(count)
        setLineFlags(lineFlags | flags)
        return at
      }
      depth--
      frame -= FRAME_BYTES
      node = load<u32>(frame)
      isObject = load<u32>(frame, 4) != 0
      object = load<u32>(frame, 8)
    }
  }
}
