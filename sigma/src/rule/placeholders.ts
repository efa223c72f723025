import { isDigit } from '../decimal.ts'
import { limits } from '../limits.ts'
import { SigmaError } from '../refusal.ts'
import { joinPatterns, type Pattern, type PatternPart, parsePattern } from './pattern.ts'

/** The values of each placeholder, written as in rules: wildcards and escapes have their meaning. */
export type Placeholders = ReadonlyMap<string, readonly string[]>

/**
 * Puts values in the place of each `%name%`: one pattern for each choice of values. `\%` is a
 * percent sign, and so is one that begins no name.
 *
 * @throws SigmaError PLACEHOLDER_UNKNOWN (also if there are no values), VALUE_TOO_MANY
 */
export function expandPlaceholders(
  pattern: Pattern,
  placeholders: Placeholders,
  at: number,
): Pattern[] {
  let ways: Pattern[] = [[]]
  const parts = pattern.flatMap<PatternPart | Placeholder>(part =>
    typeof part === 'string' ? cut(part) : part,
  )
  for (const part of parts) {
    const choices = choicesOf(part, placeholders, at)
    if (ways.length * choices.length > limits.expansionsMax) {
      throw new SigmaError('VALUE_TOO_MANY', 'expand', at)
    }
    ways = ways.flatMap(way => choices.map(choice => joinPatterns([way, choice])))
  }
  return ways
}

type Placeholder = Readonly<{ placeholder: string }>

function choicesOf(
  part: PatternPart | Placeholder,
  placeholders: Placeholders,
  at: number,
): readonly Pattern[] {
  if (typeof part === 'string' || !('placeholder' in part)) return [[part]]
  const values = placeholders.get(part.placeholder) ?? []
  if (values.length === 0) throw new SigmaError('PLACEHOLDER_UNKNOWN', part.placeholder, at)
  return values.map(parsePattern)
}

/** The text between placeholders and the placeholders, in order. */
function cut(text: string): (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = []
  let literal = ''
  for (let at = 0; at < text.length; at++) {
    const end = text[at] === '%' ? nameEnd(text, at + 1) : at
    if (text[at] === '\\' && text[at + 1] === '%') {
      literal += '%'
      at++
    } else if (end > at + 1) {
      parts.push(literal, { placeholder: text.slice(at + 1, end) })
      literal = ''
      at = end
    } else {
      literal += text[at]
    }
  }
  return [...parts, literal]
}

/** Where the `%` stands that closes a name which begins at `from`; `from` if there is none. */
function nameEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && isNameCharacter(text[at] as string)) at++
  return text[at] === '%' ? at : from
}

const isNameCharacter = (character: string): boolean =>
  isDigit(character.charCodeAt(0)) ||
  character === '_' ||
  character === '-' ||
  character === '.' ||
  character.toLowerCase() !== character.toUpperCase()
