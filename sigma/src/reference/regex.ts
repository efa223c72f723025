import { caseVariants } from '../fold.ts'
import { type Assertion, type CharacterSet, lineFeed, type Regex, word } from '../regex/ast.ts'

/** A step of the automaton. `go` names the next states; a set is passed by reading one character. */
type State =
  | { kind: 'set'; set: CharacterSet; go: number }
  | { kind: 'assert'; what: Assertion; go: number }
  | { kind: 'split'; go: readonly number[] }
  | { kind: 'end' }

export type Automaton = readonly State[]

/** Thompson's construction. It begins with the state that was added last. */
export function automatonOf(regex: Regex): Automaton {
  const states: State[] = [{ kind: 'end' }]
  const start = build(regex, 0, states)
  states.push({ kind: 'split', go: [start] })
  return states
}

/** Adds the states of `regex` before the state `next`; gives the state to begin with. */
function build(regex: Regex, next: number, states: State[]): number {
  const add = (state: State): number => states.push(state) - 1
  switch (regex.kind) {
    case 'set':
      return add({ kind: 'set', set: regex, go: next })
    case 'assert':
      return add({ kind: 'assert', what: regex.what, go: next })
    case 'sequence':
      return regex.of.reduceRight((after, part) => build(part, after, states), next)
    case 'choice':
      return add({ kind: 'split', go: regex.of.map(part => build(part, next, states)) })
    case 'repeat':
      return buildRepeat(regex, next, states)
  }
}

function buildRepeat(
  regex: Extract<Regex, { kind: 'repeat' }>,
  next: number,
  states: State[],
): number {
  let start = next
  if (regex.max === null) {
    const loop = states.push({ kind: 'split', go: [] }) - 1
    states[loop] = { kind: 'split', go: [build(regex.of, loop, states), next] }
    start = loop
  } else {
    for (let count = regex.min; count < regex.max; count++) {
      start = states.push({ kind: 'split', go: [build(regex.of, start, states), next] }) - 1
    }
  }
  for (let count = 0; count < regex.min; count++) start = build(regex.of, start, states)
  return start
}

/**
 * Whether the expression matches anywhere in the text. All states that may be reached are followed
 * side by side, so the time is at most states × characters.
 */
export function search(automaton: Automaton, text: string): boolean {
  const codePoints = Array.from(text, character => character.codePointAt(0) as number)
  let reached = new Set<number>()
  for (let at = 0; at <= codePoints.length; at++) {
    // A match may begin at every character.
    if (follow(automaton, automaton.length - 1, codePoints, at, reached)) return true
    if (at === codePoints.length) return false
    const next = new Set<number>()
    for (const index of reached) {
      const state = automaton[index] as State
      const passes = state.kind === 'set' && has(state.set, codePoints[at] as number)
      if (passes && follow(automaton, state.go, codePoints, at + 1, next)) return true
    }
    reached = next
  }
  return false
}

/** Adds to `reached` all states that lead on from one without reading; true at the end. */
function follow(
  automaton: Automaton,
  from: number,
  codePoints: readonly number[],
  at: number,
  reached: Set<number>,
): boolean {
  const open = [from]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue
    reached.add(index)
    const state = automaton[index] as State
    if (state.kind === 'end') return true
    if (state.kind === 'split') open.push(...state.go)
    if (state.kind === 'assert' && holds(state.what, codePoints, at)) open.push(state.go)
  }
  return false
}

function holds(what: Assertion, codePoints: readonly number[], at: number): boolean {
  switch (what) {
    case 'text-start':
      return at === 0
    case 'text-end':
      return at === codePoints.length
    case 'line-start':
      return at === 0 || codePoints[at - 1] === lineFeed
    case 'line-end':
      return at === codePoints.length || codePoints[at] === lineFeed
    case 'word-edge':
      return isWord(codePoints[at - 1]) !== isWord(codePoints[at])
    case 'no-word-edge':
      return isWord(codePoints[at - 1]) === isWord(codePoints[at])
  }
}

const isWord = (codePoint: number | undefined): boolean =>
  codePoint !== undefined && isIn(word, codePoint)

function has(set: CharacterSet, codePoint: number): boolean {
  const variants = set.ignoreCase ? caseVariants(codePoint) : [codePoint]
  return variants.some(variant => isIn(set.ranges, variant)) !== set.negated
}

function isIn(ranges: CharacterSet['ranges'], codePoint: number): boolean {
  return ranges.some(([from, to]) => codePoint >= from && codePoint <= to)
}
