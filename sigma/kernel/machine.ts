// Follows the table of a search over a value as it stands in the line, where the value is ASCII; what is
// more is the host's. The host makes the table once the search has been asked for often enough.
import { HAS_ESCAPE, HAS_UNICODE_ESCAPE, NOT_ASCII } from './flags'
import { unescaped } from './fold'
import {
  CELL_LAZIES,
  CELL_STEPS,
  MACHINE_CLASSES,
  MACHINE_END,
  MACHINE_FIRST,
  MACHINE_TABLE,
  TYPE_NULL,
  TYPE_STRING,
} from './layout'
import { cell, FIELD_STAMP_BYTES, fieldStamps, rule, serial } from './state'

/** In place of an answer. */
export const ASK_HOST: u32 = 3

// What stands in a table in place of a state.
const UNKNOWN_STATE: u32 = 0
const MATCHED: u32 = 1
const OVER: u32 = 2

/** Characters that a rule has had read on this line. */
export let spent: u32 = 0
let spentMax: u32 = 0
export function setSpentMax(max: u32): void {
  spentMax = max
}
export function clearSpent(): void {
  spent = 0
}

/** Whether a search finds anything in its field; or ASK_HOST. */
export function askMachine(predicate: u32): u32 {
  const entry = <usize>load<u32>(cell, CELL_LAZIES) + ((<usize>predicate) << 3)
  const machine = <usize>load<u32>(entry)
  if (machine == 0) return ASK_HOST
  const stamp = fieldStamps + <usize>load<u32>(entry, 4) * FIELD_STAMP_BYTES
  if (load<u32>(stamp) != serial) return 0
  const token = <usize>load<u32>(stamp, 28)
  if (token == 0) return ASK_HOST
  const type = load<u32>(token, 4) & 0xff
  if (type == TYPE_NULL) return 0
  const flags = load<u32>(token, 4) >> 8
  if (type > TYPE_STRING || flags & (NOT_ASCII | HAS_UNICODE_ESCAPE)) return ASK_HOST
  const start = <usize>load<u32>(token, 8)
  const end = <usize>load<u32>(token, 12)
  if (<u32>(end - start) >= spentMax - spent) return ASK_HOST
  const state =
    flags & HAS_ESCAPE ? followEscaped(machine, start, end) : follow(machine, start, end)
  return state == UNKNOWN_STATE ? ASK_HOST : state == MATCHED ? 1 : 0
}

function spend(steps: u32): void {
  spent += steps
  const counter = <usize>load<u32>(cell, CELL_STEPS) + ((<usize>rule) << 3)
  store<f64>(counter, load<f64>(counter) + <f64>steps)
}

function follow(machine: usize, start: usize, end: usize): u32 {
  const table = <usize>load<u32>(machine, MACHINE_TABLE)
  let state = load<u32>(machine, MACHINE_FIRST)
  let at = start
  while (at < end && state > OVER) {
    const kind = <u32>load<u8>(machine + <usize>load<u8>(at), MACHINE_CLASSES)
    state = <u32>load<u16>(table + ((<usize>(state + kind)) << 1))
    at++
  }
  return ended(machine, state, <u32>(at - start))
}

function followEscaped(machine: usize, start: usize, end: usize): u32 {
  const table = <usize>load<u32>(machine, MACHINE_TABLE)
  let state = load<u32>(machine, MACHINE_FIRST)
  let at = start
  while (at < end && state > OVER) {
    let byte = <u32>load<u8>(at)
    if (byte == 0x5c) byte = unescaped(<u32>load<u8>(++at))
    const kind = <u32>load<u8>(machine + <usize>byte, MACHINE_CLASSES)
    state = <u32>load<u16>(table + ((<usize>(state + kind)) << 1))
    at++
  }
  return ended(machine, state, <u32>(at - start))
}

/** What the end of the text leads to, if that is where it has come. */
function ended(machine: usize, state: u32, read: u32): u32 {
  spend(read + 1)
  if (state <= OVER) return state
  const place = state + load<u32>(machine, MACHINE_END)
  return <u32>load<u16>(<usize>load<u32>(machine, MACHINE_TABLE) + ((<usize>place) << 1))
}
