import { isDigit } from '../decimal.ts'
import { limits } from '../limits.ts'
import { type Remark, SigmaError } from '../refusal.ts'
import type { YamlMap, YamlScalar } from '../yaml.ts'
import type { Condition } from './ast.ts'

/**
 * Reads the `condition` of a section, one or a list of them (any of the list is enough), over the
 * detections named.
 *
 * @throws SigmaError CONDITION_MISSING, CONDITION_…
 */
export function parseConditions(
  section: YamlMap,
  names: readonly string[],
  remarks: Remark[],
): Condition {
  const node = section.entries.get('condition')?.node
  const nodes = node?.kind === 'list' ? node.items : node ? [node] : []
  if (nodes.length === 0) throw new SigmaError('CONDITION_MISSING', 'condition', section.at)
  const conditions = nodes.map(node => {
    if (node.kind !== 'scalar' || node.type === 'null') {
      throw new SigmaError('CONDITION_SYNTAX', 'no text', node.at)
    }
    return parseCondition(node, names, remarks)
  })
  return conditions.length === 1 ? (conditions[0] as Condition) : { kind: 'or', of: conditions }
}

/**
 * Parses one condition. `or` binds less than `and`, `and` less than `not`, `not` less than `of`.
 *
 * @throws SigmaError CONDITION_SYNTAX, CONDITION_TOO_DEEP, CONDITION_TOO_LARGE, CONDITION_UNKNOWN,
 * CONDITION_PATTERN_EMPTY, CONDITION_QUANTIFIER, CONDITION_AGGREGATION
 */
export function parseCondition(
  scalar: Pick<YamlScalar, 'text' | 'at'>,
  names: readonly string[],
  remarks: Remark[],
): Condition {
  const tokens = tokenise(scalar.text, scalar.at)
  const parser = new Parser(tokens, names, scalar.at)
  const condition = parser.or(0)
  parser.finish()
  const upper = tokens.find(
    token => keywords.includes(token.toLowerCase()) && !keywords.includes(token),
  )
  if (upper !== undefined)
    remarks.push({ code: 'CONDITION_UPPER_CASE', at: scalar.at, detail: upper })
  return condition
}

const keywords = ['and', 'or', 'not', 'of', 'them', 'any', 'all']

/** Brackets, and runs of letters, digits, `_`, `-` and `*`. */
function tokenise(text: string, at: number): string[] {
  const tokens: string[] = []
  let from = 0
  while (from < text.length) {
    const char = text[from] as string
    let to = from + 1
    if (isTokenCharacter(char))
      while (to < text.length && isTokenCharacter(text[to] as string)) to++
    else if (char === '|') throw new SigmaError('CONDITION_AGGREGATION', text.slice(from), at)
    else if (char !== '(' && char !== ')' && char.trim() !== '') {
      throw new SigmaError('CONDITION_SYNTAX', char, at)
    }
    if (char.trim() !== '') tokens.push(text.slice(from, to))
    if (tokens.length > limits.conditionTokensMax) {
      throw new SigmaError(
        'CONDITION_TOO_LARGE',
        `more than ${limits.conditionTokensMax} words`,
        at,
      )
    }
    from = to
  }
  return tokens
}

const isTokenCharacter = (char: string): boolean =>
  isDigit(char.charCodeAt(0)) ||
  (char >= 'a' && char <= 'z') ||
  (char >= 'A' && char <= 'Z') ||
  char === '_' ||
  char === '-' ||
  char === '*'

class Parser {
  readonly #tokens: readonly string[]
  readonly #names: readonly string[]
  readonly #known: ReadonlySet<string>
  readonly #line: number
  #at = 0

  constructor(tokens: readonly string[], names: readonly string[], line: number) {
    this.#tokens = tokens
    this.#names = names
    this.#known = new Set(names)
    this.#line = line
  }

  finish(): void {
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw this.#syntax(rest)
  }

  or(depth: number): Condition {
    if (depth > limits.conditionDepthMax) {
      throw new SigmaError('CONDITION_TOO_DEEP', 'nested too deeply', this.#line)
    }
    return this.#chain('or', () => this.#chain('and', () => this.#not(depth)))
  }

  #chain(kind: 'and' | 'or', part: () => Condition): Condition {
    const of = [part()]
    while (this.#takeWord(kind)) of.push(part())
    return of.length === 1 ? (of[0] as Condition) : { kind, of }
  }

  #not(depth: number): Condition {
    if (depth > limits.conditionDepthMax) {
      throw new SigmaError('CONDITION_TOO_DEEP', 'nested too deeply', this.#line)
    }
    if (this.#takeWord('not')) return { kind: 'not', of: this.#not(depth + 1) }
    return this.#operand(depth)
  }

  #operand(depth: number): Condition {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw this.#syntax('the end')
    if (token === '(') {
      const condition = this.or(depth + 1)
      if (this.#tokens[this.#at++] !== ')') throw this.#syntax('missing )')
      return condition
    }
    if (this.#takeWord('of')) return this.#quantified(token.toLowerCase())
    if (this.#known.has(token)) return { kind: 'name', name: token }
    if (token === ')' || keywords.includes(token.toLowerCase())) throw this.#syntax(token)
    throw new SigmaError('CONDITION_UNKNOWN', token, this.#line)
  }

  #quantified(quantity: string): Condition {
    const pattern = this.#tokens[this.#at++]
    if (quantity !== '1' && quantity !== 'any' && quantity !== 'all') {
      throw new SigmaError('CONDITION_QUANTIFIER', `${quantity} of`, this.#line)
    }
    if (pattern === undefined || pattern === '(' || pattern === ')') throw this.#syntax('of')
    const isThem = pattern.toLowerCase() === 'them'
    const names = this.#names.filter(name => {
      if (name.startsWith('_') && !pattern.startsWith('_')) return false
      return isThem || isSelected(name, pattern)
    })
    if (names.length === 0) throw new SigmaError('CONDITION_PATTERN_EMPTY', pattern, this.#line)
    return { kind: 'quantified', quantifier: quantity === 'all' ? 'all' : 'any', names }
  }

  #takeWord(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false
    this.#at++
    return true
  }

  #syntax(token: string): SigmaError {
    return new SigmaError('CONDITION_SYNTAX', `${token} at word ${this.#at}`, this.#line)
  }
}

/** `*` stands for any run of characters: each piece is looked for where the one before it ended. */
function isSelected(name: string, pattern: string): boolean {
  const star = pattern.indexOf('*')
  if (star === pattern.length - 1 && star >= 0) return name.startsWith(pattern.slice(0, star))
  const [head = '', ...pieces] = pattern.split('*')
  const tail = pieces.pop()
  if (tail === undefined) return name === pattern
  if (!name.startsWith(head)) return false
  let at = head.length
  for (const piece of pieces) {
    const found = name.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return name.length - tail.length >= at && name.endsWith(tail)
}
