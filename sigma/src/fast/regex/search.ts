import { automatonOf, search } from '../../reference/regex.ts'
import type { Assertion, Regex } from '../../regex/ast.ts'
import { classAt, type Program, programOf } from './program.ts'

/** What a search may cost, in characters read and instructions followed; negative once it is spent. */
export type Budget = { left: number }

/** States kept for one expression; beyond it all are forgotten and made anew. */
const statesMax = 1_000

/** What is before a character, or behind it: a line feed, a word, anything else, or no text at all. */
const textEdge = 3
const wordKind = 1
const lineKind = 0

/**
 * A search in time linear in the text: where the program may be is a state, and what a state and
 * the next character lead to is worked out once and remembered.
 */
export class Searcher {
  readonly #program: Program
  readonly #states = new Map<string, State>()
  readonly #isAnchored: boolean
  #first: State
  /** Told of a state when something of it was worked out. */
  onLearnt: ((state: State) => void) | null = null

  constructor(program: Program) {
    this.#program = program
    this.#isAnchored = isAnchored(program)
    this.#first = this.#stateOf([], textEdge)
  }

  /** Where a search begins. */
  get first(): State {
    return this.#first
  }

  /** The class of a character. */
  classOf(character: string): number {
    return classAt(this.#program, character.codePointAt(0) as number)
  }

  /** Whether the expression matches anywhere in the text; null if the budget did not last. */
  finds(text: string, budget: Budget): boolean | null {
    const { ascii } = this.#program
    let state = this.#first
    for (let at = 0; at < text.length; at++) {
      let number: number
      const unit = text.charCodeAt(at)
      if (unit < 128) number = ascii[unit] as number
      else {
        const codePoint = text.codePointAt(at) as number
        if (codePoint > 0xffff) at++
        number = classAt(this.#program, codePoint)
      }
      const next = state.next[number] ?? this.#step(state, number, budget)
      if (next === matched) return true
      state = next
      if (--budget.left < 0) return null
      if (state.isOver) return false
    }
    if (state.atEnd === null) {
      state.atEnd = this.#follow(state, textEdge, budget) === null
      this.onLearnt?.(state)
    }
    return state.atEnd
  }

  #step(state: State, number: number, budget: Budget): State {
    const kind = this.#program.kinds[number] as number
    const reached = this.#follow(state, kind, budget)
    let next = matched
    if (reached !== null) {
      const passed = new Set<number>()
      for (const at of reached) {
        const instruction = this.#program.instructions[at]
        if (instruction?.op === 'class' && instruction.classes[number] === 1)
          passed.add(instruction.next)
      }
      next = this.#stateOf(
        [...passed].sort((a, b) => a - b),
        kind,
      )
    }
    state.next[number] = next
    this.onLearnt?.(state)
    return next
  }

  /** All instructions that may come next without reading; null if the end is among them. */
  #follow(state: State, behind: number, budget: Budget): ReadonlySet<number> | null {
    const { instructions, start } = this.#program
    const reached = new Set<number>()
    // A match may begin at every character.
    const open = [...state.at, start]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached.has(at)) continue
      reached.add(at)
      budget.left--
      const instruction = instructions[at]
      if (instruction?.op === 'match') return null
      if (instruction?.op === 'fork') open.push(...instruction.to)
      if (instruction?.op === 'assert' && holds(instruction.what, state.before, behind))
        open.push(instruction.next)
    }
    return reached
  }

  #stateOf(at: readonly number[], before: number): State {
    const key = `${before}:${at.join()}`
    const known = this.#states.get(key)
    if (known) return known
    if (this.#states.size >= statesMax) {
      this.#states.clear()
      // It leads to states that are forgotten.
      this.#first = { at: [], before: textEdge, next: [], atEnd: null, isOver: false }
      this.#states.set(`${textEdge}:`, this.#first)
    }
    const isOver = this.#isAnchored && at.length === 0 && before !== textEdge
    const made: State = { at, before, next: [], atEnd: null, isOver }
    this.#states.set(key, made)
    return made
  }
}

/** Where the program may be, and what was before. `next` is by the class of the character. */
export type State = {
  readonly at: readonly number[]
  readonly before: number
  readonly next: State[]
  atEnd: boolean | null
  /** Whatever comes, nothing will match. */
  readonly isOver: boolean
}

/** Where it has matched, whatever comes. */
export const matched: State = { at: [], before: textEdge, next: [], atEnd: true, isOver: false }

/** Whether it can begin to match at the beginning of the text alone. */
function isAnchored({ instructions, start }: Program): boolean {
  const seen = new Set<number>()
  const open = [start]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    const instruction = instructions[at]
    if (instruction?.op === 'fork') open.push(...instruction.to)
    else if (instruction?.op !== 'assert') return false
    else if (instruction.what !== 'text-start') open.push(instruction.next)
  }
  return true
}

function holds(what: Assertion, before: number, behind: number): boolean {
  switch (what) {
    case 'text-start':
      return before === textEdge
    case 'text-end':
      return behind === textEdge
    case 'line-start':
      return before === textEdge || before === lineKind
    case 'line-end':
      return behind === textEdge || behind === lineKind
    case 'word-edge':
      return (before === wordKind) !== (behind === wordKind)
    case 'no-word-edge':
      return (before === wordKind) === (behind === wordKind)
  }
}

/**
 * The expression without what a search does not need: of a repetition at either end only the least
 * is asked for.
 */
function trimmed(regex: Regex): Regex {
  if (regex.kind === 'repeat') {
    if (regex.min === 0) return { kind: 'sequence', of: [] }
    return regex.max === regex.min ? regex : { ...regex, max: regex.min }
  }
  if (regex.kind !== 'sequence' || regex.of.length === 0) return regex
  const parts = [...regex.of]
  for (const at of [0, parts.length - 1]) parts[at] = trimmed(parts[at] as Regex)
  return { kind: 'sequence', of: parts }
}

/** A run of characters of one set, as `.{1000,}` asks: counting needs no states. */
function runOf(regex: Regex): { program: Program; min: number } | null {
  const [only, ...others] = regex.kind === 'sequence' ? regex.of : [regex]
  if (only?.kind !== 'repeat' || only.of.kind !== 'set' || others.length > 0) return null
  const program = programOf(only.of)
  return program && { program, min: only.min }
}

function findsRun(program: Program, min: number, text: string, budget: Budget): boolean | null {
  const first = program.instructions[program.start]
  const passes = first?.op === 'class' ? first.classes : new Uint8Array(0)
  budget.left -= text.length
  let run = 0
  for (let at = 0; at < text.length; at++) {
    const codePoint = text.codePointAt(at) as number
    if (codePoint > 0xffff) at++
    run = passes[classAt(program, codePoint)] === 1 ? run + 1 : 0
    if (run >= min) return true
  }
  return budget.left < 0 ? null : false
}

/** A search for the expression. */
export function searcherOf(whole: Regex): Pick<Searcher, 'finds'> {
  const regex = trimmed(whole)
  const run = runOf(regex)
  if (run) return { finds: (text, budget) => findsRun(run.program, run.min, text, budget) }
  const program = programOf(regex)
  if (program !== null) return new Searcher(program)
  // It tells too many kinds of characters apart to remember what follows what.
  const automaton = automatonOf(regex)
  return {
    finds(text, budget) {
      budget.left -= text.length * automaton.length
      return budget.left < 0 ? null : search(automaton, text)
    },
  }
}
