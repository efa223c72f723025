import { isDigit } from '../decimal.ts'
import { limits } from '../limits.ts'
import { type CharacterSet, type CodePointRange, lineFeed, type Regex } from './ast.ts'
import { Cursor } from './cursor.ts'
import { escapedCharacters } from './escape.ts'

/** `i` ignores case, `m` lets ^ and $ match at line ends, `s` lets the dot match line feeds. */
export type RegexFlags = Readonly<{ i: boolean; m: boolean; s: boolean }>

/**
 * Parses the part of PCRE that needs no memory of what was matched, so that a match takes time
 * linear in the text. `\d`, `\w`, `\s` and `\b` are ASCII, `$` is the very end, the dot is anything
 * but a line feed.
 *
 * @throws SigmaError REGEX_SYNTAX, REGEX_UNSUPPORTED, REGEX_TOO_LARGE
 */
export function parseRegex(text: string, flags: RegexFlags, line: number | null = null): Regex {
  const cursor = new Cursor(text, line)
  const parser = new Parser(cursor)
  const regex = parser.choice(flags, 0)
  if (!cursor.isAtEnd()) throw cursor.syntax('closing bracket')
  if (statesOf(regex) > limits.regexStatesMax) {
    throw cursor.tooLarge(`more than ${limits.regexStatesMax} states`)
  }
  return regex
}

/** States of the automaton that a simple construction makes. */
function statesOf(regex: Regex): number {
  switch (regex.kind) {
    case 'sequence':
    case 'choice':
      return regex.of.reduce((sum, part) => sum + statesOf(part), 1)
    case 'repeat':
      return (statesOf(regex.of) + 1) * Math.max(1, regex.max ?? regex.min + 1)
    case 'set':
    case 'assert':
      return 1
  }
}

/** Recursive descent; `flags` may change inside a group by `(?i)`, so they are passed on. */
class Parser {
  readonly #cursor: Cursor

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  choice(outer: RegexFlags, depth: number): Regex {
    if (depth > limits.regexDepthMax) throw this.#cursor.tooLarge('groups nested too deeply')
    let flags = outer
    let sequence: Regex[] = []
    const branches: Regex[] = []
    while (!this.#cursor.isAtEnd() && this.#cursor.peek() !== ')') {
      if (this.#cursor.take('|')) {
        branches.push({ kind: 'sequence', of: sequence })
        sequence = []
        continue
      }
      const changed = this.#flagsAlone(flags)
      if (changed) flags = changed
      else sequence.push(this.#quantified(this.#atom(flags, depth)))
    }
    branches.push({ kind: 'sequence', of: sequence })
    return branches.length === 1 ? (branches[0] as Regex) : { kind: 'choice', of: branches }
  }

  /** `(?i)`, `(?s-m)`: flags for the rest of the group. Null if something else comes next. */
  #flagsAlone(flags: RegexFlags): RegexFlags | null {
    const start = this.#cursor.at
    if (this.#cursor.take('(?')) {
      const changed = this.#flags(flags)
      if (changed && this.#cursor.take(')')) return changed
    }
    this.#cursor.at = start
    return null
  }

  #flags(flags: RegexFlags): RegexFlags | null {
    const changed = { ...flags }
    let isOn = true
    const start = this.#cursor.at
    for (;;) {
      const letter = this.#cursor.peek()
      if (letter === '-' && isOn) isOn = false
      else if (letter === 'i' || letter === 'm' || letter === 's') changed[letter] = isOn
      else break
      this.#cursor.next()
    }
    return this.#cursor.at > start ? changed : null
  }

  #atom(flags: RegexFlags, depth: number): Regex {
    const cursor = this.#cursor
    const character = cursor.next()
    switch (character) {
      case '(':
        return this.#group(flags, depth)
      case '[':
        return this.#class(flags)
      case '.':
        return {
          kind: 'set',
          ranges: flags.s ? [] : [[lineFeed, lineFeed]],
          negated: true,
          ignoreCase: false,
        }
      case '^':
        return { kind: 'assert', what: flags.m ? 'line-start' : 'text-start' }
      case '$':
        return { kind: 'assert', what: flags.m ? 'line-end' : 'text-end' }
      case '*':
      case '+':
      case '?':
        throw cursor.syntax('nothing to repeat')
      case '\\':
        return this.#escape(flags)
      default:
        return set([pointRange(character)], false, flags)
    }
  }

  #escape(flags: RegexFlags): Regex {
    const asserted = { b: 'word-edge', B: 'no-word-edge', A: 'text-start', z: 'text-end' } as const
    const letter = this.#cursor.peek()
    if (letter === 'b' || letter === 'B' || letter === 'A' || letter === 'z') {
      this.#cursor.next()
      return { kind: 'assert', what: asserted[letter] }
    }
    return set(escapedCharacters(this.#cursor), false, flags)
  }

  #group(outer: RegexFlags, depth: number): Regex {
    let flags = outer
    if (this.#cursor.take('?')) flags = this.#groupKind(outer)
    else if (this.#cursor.peek() === '*') throw this.#cursor.unsupported('verb')
    const regex = this.choice(flags, depth + 1)
    if (!this.#cursor.take(')')) throw this.#cursor.syntax('missing closing bracket')
    return regex
  }

  /** What stands between `(?` and the content of a group: the flags that hold in it. */
  #groupKind(flags: RegexFlags): RegexFlags {
    const cursor = this.#cursor
    if (cursor.take(':')) return flags
    for (const look of ['=', '!', '<=', '<!']) {
      if (cursor.take(look)) throw cursor.unsupported('look-around')
    }
    if (cursor.take('P<') || cursor.take('<')) {
      if (cursor.takeWhile(isNameCharacter) === '' || !cursor.take('>')) {
        throw cursor.syntax('name of a group')
      }
      return flags
    }
    const changed = this.#flags(flags)
    if (changed && cursor.take(':')) return changed
    throw cursor.unsupported('kind of group')
  }

  #class(flags: RegexFlags): CharacterSet {
    const cursor = this.#cursor
    const negated = cursor.take('^')
    const ranges: CodePointRange[] = []
    for (let isFirst = true; isFirst || cursor.peek() !== ']'; isFirst = false) {
      if (cursor.isAtEnd()) throw cursor.syntax('missing ]')
      if (cursor.peek() === '[' && [':', '.', '='].includes(cursor.peek(1))) {
        throw cursor.unsupported('named class')
      }
      ranges.push(...this.#classRange())
    }
    cursor.next()
    return set(ranges, negated, flags)
  }

  /** One character, one escape, or `a-z`. A dash that can be no range is itself. */
  #classRange(): readonly CodePointRange[] {
    const cursor = this.#cursor
    const low = this.#classCharacter()
    if (cursor.peek() !== '-' || cursor.peek(1) === ']' || cursor.peek(1) === '') return low
    if (!isSingle(low)) return low
    cursor.next()
    const high = this.#classCharacter()
    if (!isSingle(high)) return [...low, pointRange('-'), ...high]
    const [from, to] = [low[0][0], high[0][0]]
    if (from > to) throw cursor.syntax('range out of order')
    return [[from, to]]
  }

  #classCharacter(): readonly CodePointRange[] {
    const character = this.#cursor.next()
    if (character === '') throw this.#cursor.syntax('missing ]')
    if (character !== '\\') return [pointRange(character)]
    if (this.#cursor.take('b')) return [[0x08, 0x08]]
    return escapedCharacters(this.#cursor)
  }

  #quantified(atom: Regex): Regex {
    let regex = atom
    for (let count = 0; ; count++) {
      const range = this.#quantifier()
      if (!range) return regex
      if (count > 0 || atom.kind === 'assert') throw this.#cursor.syntax('nothing to repeat')
      regex = { kind: 'repeat', of: atom, ...range }
      if (this.#cursor.take('+')) throw this.#cursor.unsupported('possessive quantifier')
      this.#cursor.take('?')
    }
  }

  #quantifier(): { min: number; max: number | null } | null {
    const cursor = this.#cursor
    if (cursor.take('*')) return { min: 0, max: null }
    if (cursor.take('+')) return { min: 1, max: null }
    if (cursor.take('?')) return { min: 0, max: 1 }
    const start = cursor.at
    if (!cursor.take('{')) return null
    const range = this.#braces()
    // A brace that begins no quantifier is itself, as in PCRE.
    if (range === null) cursor.at = start
    return range
  }

  #braces(): { min: number; max: number | null } | null {
    const cursor = this.#cursor
    const min = cursor.takeWhile(isDigitCharacter)
    if (min === '') return null
    const isRange = cursor.take(',')
    const max = isRange ? cursor.takeWhile(isDigitCharacter) : min
    if (!cursor.take('}')) return null
    const range = { min: Number(min), max: max === '' ? null : Number(max) }
    if (Math.max(range.min, range.max ?? 0) > limits.regexRepeatMax) {
      throw cursor.tooLarge(`more than ${limits.regexRepeatMax} repetitions`)
    }
    if (range.max !== null && range.max < range.min) throw cursor.syntax('quantifier out of order')
    return range
  }
}

function set(ranges: readonly CodePointRange[], negated: boolean, flags: RegexFlags): CharacterSet {
  return { kind: 'set', ranges, negated, ignoreCase: flags.i }
}

function pointRange(character: string): CodePointRange {
  const codePoint = character.codePointAt(0) as number
  return [codePoint, codePoint]
}

function isSingle(ranges: readonly CodePointRange[]): ranges is readonly [CodePointRange] {
  return ranges.length === 1 && ranges[0]?.[0] === ranges[0]?.[1]
}

const isDigitCharacter = (character: string): boolean => isDigit(character.charCodeAt(0))

const isNameCharacter = (character: string): boolean =>
  character === '_' ||
  isDigitCharacter(character) ||
  character.toLowerCase() !== character.toUpperCase()
