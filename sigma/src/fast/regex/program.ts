import { caseVariants } from '../../fold.ts'
import type { Assertion, CharacterSet, CodePointRange, Regex } from '../../regex/ast.ts'
import { codePointMax, complement, lineFeed, word } from '../../regex/ast.ts'

/** An instruction, by its number: what it does, and where it goes on. */
export type Instruction =
  | Readonly<{ op: 'class'; classes: Uint8Array; next: number }>
  | Readonly<{ op: 'assert'; what: Assertion; next: number }>
  | Readonly<{ op: 'fork'; to: readonly number[] }>
  | Readonly<{ op: 'match' }>

/**
 * A regular expression as a program over classes of characters that it cannot tell apart.
 * `ascii` has the class of each code point below 128; `starts` are where the pieces of all code
 * points begin, in order, and `classOf` their classes.
 */
export type Program = Readonly<{
  instructions: readonly Instruction[]
  start: number
  ascii: Uint16Array
  starts: Uint32Array
  classOf: Uint16Array
  classes: number
  /** Of each class: 0 a line feed, 1 a character of a word, 2 any other. */
  kinds: Uint8Array
}>

/** An expression that tells more apart would take too much memory. */
const classesMax = 2_000

/** Null if the expression tells too many kinds of characters apart. */
export function programOf(regex: Regex): Program | null {
  const sets = new Map<CharacterSet, readonly CodePointRange[]>()
  collect(regex, sets)
  const edges = new Set<number>([0, lineFeed, lineFeed + 1])
  for (const ranges of [...sets.values(), word])
    for (const [from, to] of ranges) edges.add(from).add(to + 1)
  edges.delete(codePointMax + 1)
  const starts = Uint32Array.from([...edges].sort((a, b) => a - b))
  // Pieces that lie in the same sets are one class.
  const lists = [...sets.values()]
  const byMembership = new Map<string, number>()
  const numbers = Array.from(starts, start => {
    const membership = [
      start === lineFeed ? 'l' : isIn(word, start) ? 'w' : 'o',
      ...lists.map(ranges => (isIn(ranges, start) ? '1' : '0')),
    ].join('')
    const known = byMembership.get(membership) ?? byMembership.size
    byMembership.set(membership, known)
    return known
  })
  if (byMembership.size > classesMax) return null
  const classOf = Uint16Array.from(numbers)
  const kinds = new Uint8Array(byMembership.size)
  const memberships = new Map<CharacterSet, Uint8Array>()
  for (const set of sets.keys()) memberships.set(set, new Uint8Array(byMembership.size))
  for (const [index, start] of starts.entries()) {
    const number = numbers[index] as number
    kinds[number] = start === lineFeed ? 0 : isIn(word, start) ? 1 : 2
    for (const [set, ranges] of sets)
      if (isIn(ranges, start)) (memberships.get(set) as Uint8Array)[number] = 1
  }
  const builder = new Builder(memberships)
  const start = builder.add(regex, builder.match)
  const ascii = new Uint16Array(128)
  for (let codePoint = 0; codePoint < 128; codePoint++)
    ascii[codePoint] = classOf[pieceOf(starts, codePoint)] as number
  const { instructions } = builder
  return { instructions, start, ascii, starts, classOf, classes: byMembership.size, kinds }
}

/** The class of any code point. */
export function classAt(program: Program, codePoint: number): number {
  if (codePoint < 128) return program.ascii[codePoint] as number
  return program.classOf[pieceOf(program.starts, codePoint)] as number
}

function pieceOf(starts: Uint32Array, codePoint: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= codePoint) low = middle
    else high = middle - 1
  }
  return low
}

/** All sets of the expression, each as the ranges it has in the end. */
function collect(regex: Regex, sets: Map<CharacterSet, readonly CodePointRange[]>): void {
  switch (regex.kind) {
    case 'set':
      sets.set(regex, rangesOf(regex))
      return
    case 'sequence':
    case 'choice':
      for (const part of regex.of) collect(part, sets)
      return
    case 'repeat':
      collect(regex.of, sets)
      return
    case 'assert':
  }
}

/** Ranges wider than this have their cases added letter by letter only where letters have any. */
const caseEnd = 0x1ffff

function rangesOf({ ranges, negated, ignoreCase }: CharacterSet): readonly CodePointRange[] {
  let all = ranges
  if (ignoreCase) {
    const more: CodePointRange[] = [...ranges]
    for (const [from, to] of ranges) {
      for (let codePoint = from; codePoint <= Math.min(to, caseEnd); codePoint++) {
        for (const variant of caseVariants(codePoint))
          if (variant !== codePoint) more.push([variant, variant])
      }
    }
    all = more
  }
  return negated ? complement(all) : merged(all)
}

function merged(ranges: readonly CodePointRange[]): CodePointRange[] {
  const all: [number, number][] = []
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = all.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else all.push([from, to])
  }
  return all
}

/** The ranges are in order and apart. */
function isIn(ranges: readonly CodePointRange[], codePoint: number): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const [from, to] = ranges[middle] as CodePointRange
    if (codePoint < from) high = middle - 1
    else if (codePoint > to) low = middle + 1
    else return true
  }
  return false
}

/** Writes instructions from the end to the start, so that each knows where it goes on. */
class Builder {
  readonly instructions: Instruction[] = [{ op: 'match' }]
  readonly match = 0
  readonly #memberships: ReadonlyMap<CharacterSet, Uint8Array>

  constructor(memberships: ReadonlyMap<CharacterSet, Uint8Array>) {
    this.#memberships = memberships
  }

  add(regex: Regex, next: number): number {
    switch (regex.kind) {
      case 'set': {
        const classes = this.#memberships.get(regex) as Uint8Array
        return this.#push({ op: 'class', classes, next })
      }
      case 'assert':
        return this.#push({ op: 'assert', what: regex.what, next })
      case 'sequence': {
        let to = next
        for (const part of regex.of.toReversed()) to = this.add(part, to)
        return to
      }
      case 'choice':
        return this.#push({ op: 'fork', to: regex.of.map(part => this.add(part, next)) })
      case 'repeat':
        return this.#repeat(regex, next)
    }
  }

  #repeat({ of, min, max }: Extract<Regex, { kind: 'repeat' }>, next: number): number {
    let to = next
    if (max === null) {
      const loop = this.#push({ op: 'fork', to: [] })
      this.instructions[loop] = { op: 'fork', to: [this.add(of, loop), next] }
      to = loop
    } else {
      for (let times = min; times < max; times++)
        to = this.#push({ op: 'fork', to: [this.add(of, to), next] })
    }
    for (let times = 0; times < min; times++) to = this.add(of, to)
    return to
  }

  #push(instruction: Instruction): number {
    return this.instructions.push(instruction) - 1
  }
}
