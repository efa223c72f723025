// Looks for keywords in the line as it stands: each keyword is known by a few of its bytes that JSON
// never writes in another way, and three of those are looked for in 16 places at once, by the two
// halves of each byte. What is found is only a reason to ask the host, if all else of a rule holds.

import { HAS_ESCAPE, HAS_UNICODE_ESCAPE, IS_TEXT, NOT_ASCII } from './flags'
import { foldString } from './fold'
import { LITERAL_BYTES } from './layout'
import { mark } from './rules'
import { GRAM_FACTOR } from './scan'
import { lowHalves } from './sixteen'
import { failed, lineFlags, scratch } from './state'

/** Six tables of 16 bytes, then the lists of eight buckets, and of the numbers for what is not ASCII. */
const LISTS: usize = 96
const ON_NOT_ASCII: usize = 128
/** Fingerprints by four of their bytes, where there are many: bits, two shifts, and lists; or 0. */
const GRAM_BITS: usize = 132
const GRAM_SHIFT: usize = 136
const GRAM_LISTS: usize = 140
const GRAM_LIST_SHIFT: usize = 144
/** In place of a number: what was found folds into ASCII. */
const UNSURE: u32 = 0xffffffff

/** What folds into ASCII was found: the line has to be looked at folded. */
let isUnsure: bool = false

/**
 * Marks the fingerprints that are in the line. Where it has escapes for characters, or characters
 * that fold into ASCII, it is unescaped and folded first, as a whole.
 */
export function findFingerprints(table: usize, start: usize, end: usize): void {
  if (lineFlags & (NOT_ASCII | HAS_UNICODE_ESCAPE)) markNumbers(load<u32>(table, ON_NOT_ASCII))
  isUnsure = (lineFlags & HAS_UNICODE_ESCAPE) != 0
  if (!isUnsure) findIn(table, start, end)
  if (!isUnsure) return
  const escapes = lineFlags & IS_TEXT ? 0 : HAS_ESCAPE
  const length = foldString(start, end, escapes | NOT_ASCII, scratch)
  if (!failed) findIn(table, scratch, scratch + length)
}

function findIn(table: usize, start: usize, end: usize): void {
  if (load<u32>(table, GRAM_BITS) != 0) findGrams(table, start, end)
  const low0 = v128.load(table)
  const high0 = v128.load(table, 16)
  const low1 = v128.load(table, 32)
  const high1 = v128.load(table, 48)
  const half = lowHalves()
  for (let at = start; at < end; at += 16) {
    const first = v128.load(at)
    const second = v128.load(at, 1)
    const found = v128.and(
      v128.and(
        i8x16.swizzle(low0, v128.and(first, half)),
        i8x16.swizzle(high0, v128.and(i16x8.shr_u(first, 4), half)),
      ),
      v128.and(
        i8x16.swizzle(low1, v128.and(second, half)),
        i8x16.swizzle(high1, v128.and(i16x8.shr_u(second, 4), half)),
      ),
    )
    if (v128.any_true(found)) findInBlock(table, found, at, start, end)
  }
}

/** Two bytes are as they should be in some places of a block: the third one, and then the whole. */
function findInBlock(table: usize, found: v128, at: usize, start: usize, end: usize): void {
  const third = v128.load(at, 2)
  const half = lowHalves()
  const whole = v128.and(
    found,
    v128.and(
      i8x16.swizzle(v128.load(table, 64), v128.and(third, half)),
      i8x16.swizzle(v128.load(table, 80), v128.and(i16x8.shr_u(third, 4), half)),
    ),
  )
  let mask = i8x16.bitmask(i8x16.ne(whole, i8x16.splat(0)))
  while (mask != 0) {
    findAt(table, at + <usize>ctz(mask), start, end)
    mask &= mask - 1
  }
}

/** Sets a bit that letters differ in by case; other characters may become alike, which is looked at later. */
function lower(gram: u32): u32 {
  return gram | ((gram & 0x40404040) >> 1)
}

function findGrams(table: usize, start: usize, end: usize): void {
  const bits = <usize>load<u32>(table, GRAM_BITS)
  const shift = load<u32>(table, GRAM_SHIFT)
  const last = end - 3
  for (let at = start; at < last; at++) {
    const mixed = lower(load<u32>(at)) * GRAM_FACTOR
    const hash = mixed >> shift
    if (((load<u8>(bits + (hash >> 3)) >> (hash & 7)) & 1) == 0) continue
    const bucket = <usize>(mixed >> load<u32>(table, GRAM_LIST_SHIFT))
    const list = <usize>load<u32>(<usize>load<u32>(table, GRAM_LISTS) + (bucket << 2))
    if (list == 0) continue
    const listEnd = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
    for (let one = list + 4; one < listEnd; one += LITERAL_BYTES) {
      const from = at - <usize>load<u32>(one, 8)
      const size = load<u32>(one, 4)
      if (from >= start && from + size <= end && isFolded(load<u32>(one), from, size))
        mark(load<u32>(one, 12))
    }
  }
}

function markNumbers(list: usize): void {
  const end = list + 4 + ((<usize>load<u32>(list)) << 2)
  for (let at = list + 4; at < end; at += 4) mark(load<u32>(at))
}

/** All buckets are asked: it is rare, and a lane cannot be named by a variable. */
function findAt(table: usize, at: usize, start: usize, end: usize): void {
  for (let bucket: usize = 0; bucket < 8; bucket++) {
    const list = <usize>load<u32>(table + LISTS + (bucket << 2))
    const last = list + 4 + <usize>load<u32>(list) * LITERAL_BYTES
    for (let one = list + 4; one < last; one += LITERAL_BYTES) {
      const size = load<u32>(one, 4)
      const from = at - <usize>load<u32>(one, 8)
      if (from < start || from + size > end || !isFolded(load<u32>(one), from, size)) continue
      const number = load<u32>(one, 12)
      if (number == UNSURE) isUnsure = true
      else mark(number)
    }
  }
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
