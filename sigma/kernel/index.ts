// The kernel of the fast engine: lines of JSON in, numbers of rules out. It keeps nothing from line
// to line but counters; the host builds all tables, and reads what is unusual.

import { IS_TEXT, NOT_ASCII } from './flags'
import { foldPlain, foldString } from './fold'
import { hashKey, isSame, scanString, setMode, stringFlags, tokenise } from './json'
import { findFingerprints } from './keywords'
import {
  CELL_ALWAYS,
  CELL_ALWAYS_COUNT,
  CELL_EVENTS,
  CELL_FIELDS,
  CELL_FINGERPRINTS,
  CELL_IS_COMPLEX,
  CELL_NODES,
  CELL_RULE_IDS,
  FIELD_BYTES,
  FIELD_FLAGS,
  HAS_HASH,
  HAS_TEXT,
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
import { setSpentMax, spent } from './machine'
import { MEMO_BYTES, recall, recalledHash, remember, stopRecording } from './memo'
import { foldObject } from './object'
import { addCandidate, candidateCount, clearCandidates, evaluate } from './rules'
import { markNumber, scan } from './scan'
import { feeds } from './sixteen'
import {
  begin,
  candidates,
  cell,
  FIELD_STAMP_BYTES,
  failed,
  fieldStamps,
  lineEnd,
  lineFlags,
  lineStart,
  nodeFlags,
  routeKey,
  routeMask,
  routeTable,
  rule,
  scratch,
  serial,
  setCell,
  setLine,
  setLineFlags,
  setMemo,
  setRecordStamps,
  setRoutes,
  setScratch,
  setSerial,
  setStamps,
  setTables,
  setTokenCount,
  setTokens,
  tokenCount,
  tokens,
} from './state'

/** Writes the folded compact JSON of an object to the scratch; its length. */
declare function slowObject(start: usize, end: usize): u32

export {
  cell,
  hashKey,
  lineEnd,
  lineStart,
  markNumber,
  rule,
  serial,
  setMemo,
  setRecordStamps,
  setRoutes,
  setScratch,
  setSpentMax,
  setStamps,
  setTables,
  setTokens,
  spent,
  tokenCount,
}

/** All lines were read. */
export const DONE: u32 = 0
/** The line needs the host; `cursor` is where it begins. */
export const BAILED: u32 = 1
/** The line is from where none was before: the host says which rules apply. */
export const NEW_CELL: u32 = 2
/** There is no room for more matches. */
export const FULL: u32 = 3

/** In place of a length: the host has to make the text. */
const UNUSUAL: u32 = 0xffffffff
/** Where no rule applies. */
const EMPTY_CELL: usize = 1
/** Longer keys are not remembered. */
const ROUTE_BYTES_MAX: u32 = 4096

/** Bytes that the host keeps for what is remembered of values. */
export const memoBytes: u32 = MEMO_BYTES

export let cursor: usize = 0
export let lineIndex: u32 = 0
export let routeLength: u32 = 0
export let routeHash: u32 = 0
export let matchCount: u32 = 0

let inputEnd: usize = 0
let hasLines: bool = false
let sourceId: u32 = 0
let forcedCell: usize = 0
let matches: usize = 0
let matchesMax: u32 = 0

export function setOutput(at: usize, max: u32): void {
  matches = at
  matchesMax = max
}

/** What stands from `start` to `end` is to be read, as lines or as one event. 64 zero bytes must follow it. */
export function setInput(
  start: usize,
  end: usize,
  lines: bool,
  canonical: bool,
  source: u32,
): void {
  cursor = start
  inputEnd = end
  hasLines = lines
  sourceId = source
  forcedCell = 0
  setMode(!lines, canonical)
}
export function setLineIndex(index: u32): void {
  lineIndex = index
}
export function clearMatches(): void {
  matchCount = 0
}
/** The cell of the next line, whatever its key says. */
export function forceCell(to: usize): void {
  forcedCell = to
}
/** Goes on behind the line that begins at `cursor`. */
export function skipLine(): void {
  cursor = endOfLine(cursor)
  if (cursor < inputEnd) cursor++
  lineIndex++
}

/** Where the line that begins at `from` ends. */
export function endOfLine(from: usize): usize {
  let at = from
  const feed = feeds()
  while (at < inputEnd) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), feed))
    if (mask != 0) return min<usize>(at + <usize>ctz(mask), inputEnd)
    at += 16
  }
  return inputEnd
}

function skipBlanks(from: usize): usize {
  let at = from
  while (true) {
    const byte = <u32>load<u8>(at)
    const isBlank =
      byte == 0x20 || byte == 0x09 || byte == 0x0d || (byte == 0x0a && !hasLines && at < inputEnd)
    if (!isBlank) return at
    at++
  }
}

/** Reads line after line until one needs the host or all are read. */
export function run(): u32 {
  while (cursor < inputEnd) {
    const start = skipBlanks(cursor)
    if (start >= inputEnd) {
      cursor = inputEnd
      if (hasLines) lineIndex++
      return DONE
    }
    const byte = <u32>load<u8>(start)
    if (byte == 0x0a) {
      cursor = start + 1
      lineIndex++
      continue
    }
    if (byte != 0x7b) return BAILED
    setLineFlags(0)
    const end = tokenise(start)
    if (end == 0 || end > inputEnd) return BAILED
    const rest = skipBlanks(end)
    if (rest < inputEnd && !(hasLines && load<u8>(rest) == 0x0a)) return BAILED
    setLine(start, end)
    const at = forcedCell != 0 ? forcedCell : route()
    if (at == 0) return NEW_CELL
    if (at != EMPTY_CELL) {
      setCell(at)
      const status = matchLine()
      if (status != DONE) return status
    }
    forcedCell = 0
    cursor = rest < inputEnd ? rest + 1 : inputEnd
    lineIndex++
  }
  return DONE
}

/** The cell of the line by the values that say where it is from; 0 if they are new. */
function route(): usize {
  let to = routeKey
  store<u64>(to, sourceId)
  to += 8
  const last = tokens + <usize>tokenCount * TOKEN_BYTES
  for (let token = tokens; token < last; token += TOKEN_BYTES) {
    const node = load<u32>(token)
    if ((load<u8>(nodeFlags + node) & NODE_ROUTE) == 0) continue
    const start = <usize>load<u32>(token, 8)
    const length = load<u32>(token, 12) - <u32>start
    if (<u32>(to - routeKey) + length > ROUTE_BYTES_MAX) {
      routeLength = 0
      return 0
    }
    store<u64>(to, ((<u64>node) << 40) | ((<u64>(load<u32>(token, 4) & 0xff)) << 32) | <u64>length)
    to += 8
    for (let at: usize = 0; at < <usize>length; at += 8) {
      const left = <usize>length - at
      const word = load<u64>(start + at)
      // What stands behind the value is not part of it.
      store<u64>(to, left >= 8 ? word : word & (((<u64>1) << ((<u64>left) << 3)) - 1))
      to += 8
    }
  }
  let hash: u64 = 0x9e3779b97f4a7c15
  for (let at = routeKey; at < to; at += 8)
    hash = (rotl(hash, 23) ^ load<u64>(at)) * 0xff51afd7ed558ccd
  routeHash = <u32>(hash >> 32)
  routeLength = <u32>(to - routeKey)
  let slot = routeHash & routeMask
  while (true) {
    const entry = routeTable + ((<usize>slot) << 4)
    const found = <usize>load<u32>(entry, 12)
    if (found == 0) return 0
    const isIt =
      load<u32>(entry) == routeHash &&
      load<u32>(entry, 8) == routeLength &&
      isSame(load<u32>(entry, 4), routeKey, routeLength)
    if (isIt) return found
    slot = (slot + 1) & routeMask
  }
}

/** The rules of the cell over the line that was read. */
function matchLine(): u32 {
  setSerial(serial + 1)
  begin()
  clearCandidates()
  const fingerprints = <usize>load<u32>(cell, CELL_FINGERPRINTS)
  if (fingerprints != 0) findFingerprints(fingerprints, lineStart, lineEnd)
  if (failed) return BAILED
  if (load<u32>(cell, CELL_IS_COMPLEX) != 0) findPriorities()
  const lists = <usize>load<u32>(cell, CELL_NODES)
  const last = tokens + <usize>tokenCount * TOKEN_BYTES
  for (let token = tokens; token < last; token += TOKEN_BYTES) {
    const list = <usize>load<u32>(lists + ((<usize>load<u32>(token)) << 2))
    if (list != 0) matchToken(token, list)
    if (failed) return BAILED
  }
  const always = <usize>load<u32>(cell, CELL_ALWAYS)
  const alwaysEnd = always + ((<usize>load<u32>(cell, CELL_ALWAYS_COUNT)) << 2)
  for (let at = always; at < alwaysEnd; at += 4) addCandidate(load<u32>(at))
  if (matchCount + candidateCount > matchesMax) return FULL
  store<u32>(cell, load<u32>(cell, CELL_EVENTS) + 1, CELL_EVENTS)
  const ids = <usize>load<u32>(cell, CELL_RULE_IDS)
  for (let at: u32 = 0; at < candidateCount; at++) {
    const candidate = load<u32>(candidates + ((<usize>at) << 2))
    if (!evaluate(candidate)) continue
    const match = matches + ((<usize>matchCount) << 4)
    store<u32>(match, lineIndex)
    store<u32>(match, <u32>lineStart, 4)
    store<u32>(match, <u32>lineEnd, 8)
    store<u32>(match, load<u32>(ids + ((<usize>candidate) << 2)), 12)
    matchCount++
  }
  return DONE
}

/** Of a field with several names, those count that go before: the least priority that is there. */
function findPriorities(): void {
  const lists = <usize>load<u32>(cell, CELL_NODES)
  const last = tokens + <usize>tokenCount * TOKEN_BYTES
  for (let token = tokens; token < last; token += TOKEN_BYTES) {
    const list = <usize>load<u32>(lists + ((<usize>load<u32>(token)) << 2))
    if (list == 0) continue
    const end = list + 4 + ((<usize>load<u32>(list)) << 3)
    for (let at = list + 4; at < end; at += 8) {
      const stamp = fieldStamps + <usize>load<u32>(at) * FIELD_STAMP_BYTES
      const priority = load<u32>(at, 4)
      if (load<u32>(stamp, 8) == serial && load<u32>(stamp, 12) <= priority) continue
      store<u32>(stamp, serial, 8)
      store<u32>(stamp, priority, 12)
    }
  }
}

function matchToken(token: usize, list: usize): void {
  const isComplex = load<u32>(cell, CELL_IS_COMPLEX) != 0
  const end = list + 4 + ((<usize>load<u32>(list)) << 3)
  for (let at = list + 4; at < end; at += 8) {
    const field = load<u32>(at)
    const stamp = fieldStamps + <usize>field * FIELD_STAMP_BYTES
    if (isComplex && load<u32>(stamp, 12) != load<u32>(at, 4)) continue
    store<u32>(stamp, load<u32>(stamp) == serial ? 0 : <u32>token, 28)
    store<u32>(stamp, serial)
    const type = load<u32>(token, 4) & 0xff
    const flags = load<u32>(token, 4) >> 8
    const start = <usize>load<u32>(token, 8)
    if (type == TYPE_LIST) matchMembers(field, start)
    else matchValue(field, type, flags, start, load<u32>(token, 12))
  }
}

function matchValue(field: u32, type: u32, flags: u32, start: usize, end: usize): void {
  if (type == TYPE_NULL) {
    store<u32>(fieldStamps + <usize>field * FIELD_STAMP_BYTES, serial, 4)
    return
  }
  const place = <usize>load<u32>(cell, CELL_FIELDS) + <usize>field * FIELD_BYTES
  if ((load<u32>(place, FIELD_FLAGS) & HAS_TEXT) == 0) return
  const isHashed = (load<u32>(place, FIELD_FLAGS) & HAS_HASH) != 0
  const isPlain = type != TYPE_OBJECT
  const rawLength = <u32>(end - start)
  stopRecording()
  if (isPlain && recall(field, type, start, rawLength)) {
    if (isHashed) noteHash(field, recalledHash())
    return
  }
  let length: u32
  if (type == TYPE_STRING) length = foldString(start, end, flags, scratch)
  else if (isPlain) length = foldPlain(start, end, scratch)
  else {
    length = foldObject(start, end, scratch)
    if (length == UNUSUAL) length = slowObject(start, end)
  }
  if (failed) return
  const hash = isHashed ? hashText(scratch, length) : 0
  if (isHashed) noteHash(field, hash)
  scan(place, scratch, length, type)
  if (isPlain) remember(field, type, start, rawLength, hash)
}

function hashText(text: usize, length: u32): u32 {
  let hash: u32 = length
  const end = text + length
  for (let at = text; at < end; at++) hash = (hash ^ <u32>load<u8>(at)) * 0x01000193
  return hash
}

/** What a value is compared with another by, before the host is asked. */
function noteHash(field: u32, hash: u32): void {
  const stamp = fieldStamps + <usize>field * FIELD_STAMP_BYTES
  const isFirst = load<u32>(stamp, 16) != serial
  store<u32>(stamp, serial, 16)
  store<u32>(stamp, hash, 20)
  store<u32>(stamp, isFirst ? 1 : load<u32>(stamp, 24) + 1, 24)
}

/** Each member of a list that is known to be well formed; lists in it are opened too. */
function matchMembers(field: u32, start: usize): void {
  let at = start
  let depth = 0
  while (!failed) {
    const byte = <u32>load<u8>(at)
    if (byte == 0x22) {
      const end = scanString(at + 1)
      matchValue(field, TYPE_STRING, stringFlags, at + 1, end)
      at = end + 1
    } else if (byte == 0x7b) {
      const end = endOfObject(at)
      matchValue(field, TYPE_OBJECT, 0, at, end)
      at = end
    } else if (byte == 0x5b) {
      depth++
      at++
    } else if (byte == 0x5d) {
      at++
      if (--depth == 0) return
    } else if (byte == 0x2c || byte <= 0x20) {
      at++
    } else {
      const from = at
      while (!isEndOfWord(load<u8>(at))) at++
      matchValue(field, typeOfWord(byte), 0, from, at)
    }
  }
}

function isEndOfWord(byte: u32): bool {
  return byte == 0x2c || byte == 0x5d || byte <= 0x20
}

function typeOfWord(first: u32): u32 {
  if (first == 0x74) return TYPE_TRUE
  if (first == 0x66) return TYPE_FALSE
  return first == 0x6e ? TYPE_NULL : TYPE_NUMBER
}

function endOfObject(start: usize): usize {
  let at = start
  let depth = 0
  while (true) {
    const byte = <u32>load<u8>(at)
    if (byte == 0x22) at = scanString(at + 1)
    else if (byte == 0x7b) depth++
    else if (byte == 0x7d && --depth == 0) return at + 1
    at++
  }
}

/** A line that is no JSON: keywords alone see it. The host has set its cell. */
export function matchRaw(start: usize, end: usize): u32 {
  setLine(start, end)
  setTokenCount(0)
  setCell(forcedCell)
  forcedCell = 0
  setLineFlags(NOT_ASCII | IS_TEXT)
  return matchLine()
}
