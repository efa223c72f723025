// From what was found in the values to the rules that match.
import {
  CELL_CODE,
  CELL_EVALUATIONS,
  CELL_GROUP_LISTS,
  CELL_GROUP_RULES,
  CELL_HITS,
  CELL_PREDICATE_GROUPS,
  CELL_QUARANTINE,
  CELL_RULE_LISTS,
} from './layout'
import { ASK_HOST, askMachine, clearSpent } from './machine'
import {
  candidates,
  cell,
  FIELD_STAMP_BYTES,
  fieldStamps,
  groupStamps,
  lazyStamps,
  predicateStamps,
  ruleStamps,
  serial,
  setRule,
} from './state'

/** Asks the host whether a predicate holds that is more than finding literals. */
declare function lazy(predicate: u32): u32

export let candidateCount: u32 = 0
export function clearCandidates(): void {
  candidateCount = 0
}

export function addCandidate(rule: u32): void {
  const stamp = ruleStamps + ((<usize>rule) << 2)
  if (load<u32>(stamp) == serial) return
  store<u32>(stamp, serial)
  store<u32>(candidates + ((<usize>candidateCount) << 2), rule)
  candidateCount++
}

/** Whether the predicate is known to hold for the line. */
export function isMarked(predicate: u32): bool {
  return load<u32>(predicateStamps + ((<usize>predicate) << 2)) == serial
}

/** A predicate holds: so do the groups it is in, and rules that wait for one of them become candidates. */
export function mark(predicate: u32): void {
  const stamp = predicateStamps + ((<usize>predicate) << 2)
  if (load<u32>(stamp) == serial) return
  store<u32>(stamp, serial)
  const hits = <usize>load<u32>(cell, CELL_HITS) + ((<usize>predicate) << 2)
  store<u32>(hits, load<u32>(hits) + 1)
  const ends = <usize>load<u32>(cell, CELL_PREDICATE_GROUPS) + ((<usize>predicate) << 2)
  const lists = <usize>load<u32>(cell, CELL_GROUP_LISTS)
  const last = lists + ((<usize>load<u32>(ends, 4)) << 2)
  for (let at = lists + ((<usize>load<u32>(ends)) << 2); at < last; at += 4)
    markGroup(load<u32>(at))
}

function markGroup(group: u32): void {
  const stamp = groupStamps + ((<usize>group) << 2)
  if (load<u32>(stamp) == serial) return
  store<u32>(stamp, serial)
  const ends = <usize>load<u32>(cell, CELL_GROUP_RULES) + ((<usize>group) << 2)
  const lists = <usize>load<u32>(cell, CELL_RULE_LISTS)
  const last = lists + ((<usize>load<u32>(ends, 4)) << 2)
  for (let at = lists + ((<usize>load<u32>(ends)) << 2); at < last; at += 4)
    addCandidate(load<u32>(at))
}

/** The host gave up: there is no verdict of the rule on this line, and the host has told so. */
const UNKNOWN: u32 = 2

const IS_GROUP: u32 = 0
const IS_LAZY: u32 = 1
const IS_NULL: u32 = 2
const IS_SAME: u32 = 4

/** Step of a rule: what is asked, and where it goes on if it holds or not; 1 is a match and 0 is none. */
export function evaluate(rule: u32): bool {
  if (load<u8>(<usize>load<u32>(cell, CELL_QUARANTINE) + rule) != 0) return false
  setRule(rule)
  clearSpent()
  const counter = <usize>load<u32>(cell, CELL_EVALUATIONS) + ((<usize>rule) << 2)
  store<u32>(counter, load<u32>(counter) + 1)
  let step = <usize>load<u32>(<usize>load<u32>(cell, CELL_CODE) + ((<usize>rule) << 2))
  while (step > 1) {
    const question = load<u32>(step)
    const argument = question >> 3
    const kind = question & 7
    let holds: bool
    if (kind == IS_GROUP) holds = load<u32>(groupStamps + ((<usize>argument) << 2)) == serial
    else if (kind == IS_LAZY) {
      const answer = askLazily(argument)
      if (answer == UNKNOWN) return false
      holds = answer != 0
    } else if (kind == IS_SAME) holds = maySame(argument >> 14, argument & 0x3fff)
    else {
      const field = fieldStamps + <usize>argument * FIELD_STAMP_BYTES
      const isPresent = load<u32>(field) == serial
      holds = kind == IS_NULL ? !isPresent || load<u32>(field, 4) == serial : isPresent
    }
    step = holds ? load<u32>(step, 4) : load<u32>(step, 8)
  }
  return step == 1
}

/** Whether two fields may have a value in common: not if each has one, and their hashes differ. */
function maySame(one: u32, other: u32): bool {
  const a = fieldStamps + <usize>one * FIELD_STAMP_BYTES
  const b = fieldStamps + <usize>other * FIELD_STAMP_BYTES
  if (load<u32>(a, 16) != serial || load<u32>(b, 16) != serial) return false
  const isSingle = load<u32>(a, 24) == 1 && load<u32>(b, 24) == 1
  return !isSingle || load<u32>(a, 20) == load<u32>(b, 20)
}

/** Two words for each: the line for which it was asked, and the answer. */
function askLazily(predicate: u32): u32 {
  const stamp = lazyStamps + ((<usize>predicate) << 3)
  if (load<u32>(stamp) == serial) return load<u32>(stamp, 4)
  let answer = askMachine(predicate)
  if (answer == ASK_HOST) answer = lazy(predicate)
  if (answer == UNKNOWN) return UNKNOWN
  store<u32>(stamp, serial)
  store<u32>(stamp, answer, 4)
  return answer
}
