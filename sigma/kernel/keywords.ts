// Looks for keywords in the line as it stands: each keyword is known by a few of its bytes that JSON
// never writes in another way, and three of those are looked for in 16 places at once, by the two
// halves of each byte. What is found is only a reason to have the host look closely.
import { LITERAL_BYTES } from './layout'

/** Six tables of 16 bytes, then the lists of eight buckets. */
const LISTS: usize = 96

export function hasFingerprint(table: usize, start: usize, end: usize): bool {
  const low0 = v128.load(table)
  const high0 = v128.load(table, 16)
  const low1 = v128.load(table, 32)
  const high1 = v128.load(table, 48)
  const low2 = v128.load(table, 64)
  const high2 = v128.load(table, 80)
  const half = i8x16.splat(0x0f)
  for (let at = start; at < end; at += 16) {
    const first = v128.load(at)
    const second = v128.load(at, 1)
    const third = v128.load(at, 2)
    const found = v128.and(
      v128.and(
        v128.and(
          i8x16.swizzle(low0, v128.and(first, half)),
          i8x16.swizzle(high0, i8x16.shr_u(first, 4)),
        ),
        v128.and(
          i8x16.swizzle(low1, v128.and(second, half)),
          i8x16.swizzle(high1, i8x16.shr_u(second, 4)),
        ),
      ),
      v128.and(
        i8x16.swizzle(low2, v128.and(third, half)),
        i8x16.swizzle(high2, i8x16.shr_u(third, 4)),
      ),
    )
    if (!v128.any_true(found)) continue
    let mask = i8x16.bitmask(i8x16.ne(found, i8x16.splat(0)))
    while (mask != 0) {
      const lane = ctz(mask)
      mask &= mask - 1
      if (isFingerprint(table, at + <usize>lane, end)) return true
    }
  }
  return false
}

/** All buckets are asked: it is rare, and a lane cannot be named by a variable. */
function isFingerprint(table: usize, at: usize, end: usize): bool {
  for (let bucket: usize = 0; bucket < 8; bucket++) {
    const list = <usize>load<u32>(table + LISTS + (bucket << 2))
    const last = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
    for (let one = list + 4; one < last; one += LITERAL_BYTES) {
      const size = load<u32>(one, 4)
      if (at + size <= end && isFolded(load<u32>(one), at, size)) return true
    }
  }
  return false
}

/** Whether the bytes are those of the literal, which is in lower case, but for the case of ASCII. */
function isFolded(literal: usize, text: usize, length: u32): bool {
  for (let at: usize = 0; at < <usize>length; at++) {
    let byte = <u32>load<u8>(text + at)
    if (byte - 0x41 < 26) byte |= 0x20
    if (byte != <u32>load<u8>(literal + at)) return false
  }
  return true
}
