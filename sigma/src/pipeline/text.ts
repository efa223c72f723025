import { limits } from '../limits.ts'
import { refusalOf, SigmaError } from '../refusal.ts'
import type { Regex } from '../regex/ast.ts'
import { parseRegex } from '../regex/parse.ts'
import { any, joinPatterns, one, type Pattern, type PatternPart } from '../rule/pattern.ts'

/** The text of a pattern as expressions of pipelines see it: wildcards as letters, no escapes. */
export const plainText = (pattern: Pattern): string =>
  pattern
    .map(part => (typeof part === 'string' ? part : part.wildcard === 'any' ? '*' : '?'))
    .join('')

/** The other way: `*` and `?` become wildcards, a backslash is itself. */
export function fromPlainText(text: string): Pattern {
  const parts = text.split(/([*?])/).map<PatternPart>(part => {
    if (part === '*') return any
    return part === '?' ? one : part
  })
  return joinPatterns([parts])
}

const hasLetterWildcard = (pattern: Pattern): boolean =>
  pattern.some(part => typeof part === 'string' && (part.includes('*') || part.includes('?')))

/**
 * Replaces in a pattern what an expression matches. The expression sees wildcards as letters, so it
 * may take them away and put others there; with `isSkipping` it sees only what lies between them.
 * That is so as well if the pattern has a star that is a letter, which could not be told apart.
 */
export type Replace = (pattern: Pattern) => Pattern

/**
 * @throws SigmaError PIPELINE_REGEX for what our expressions do not know, and for more than one
 * repetition without an end or one inside another, since then time is not bounded
 */
export function replacer(
  regex: string,
  replacement: string,
  isSkipping: boolean,
  at: number,
): Replace {
  const expression = expressionOf(regex, at)
  const pieces = piecesOf(replacement)
  const replace = (text: string): string => {
    if (text.length > limits.pipelineTextMax) return text
    return text.replaceAll(expression, (...found) =>
      pieces
        .map(piece => (typeof piece === 'string' ? piece : String(found[piece] ?? '')))
        .join(''),
    )
  }
  return pattern =>
    isSkipping || hasLetterWildcard(pattern)
      ? joinPatterns([pattern.map(part => (typeof part === 'string' ? replace(part) : part))])
      : fromPlainText(replace(plainText(pattern)))
}

function expressionOf(regex: string, at: number): RegExp {
  const refused = new SigmaError('PIPELINE_REGEX', regex, at)
  const parsed = refusalOf(() => parseRegex(regex, { i: false, m: false, s: false }, at))
  if ('refused' in parsed || openRepeats(parsed.done, false) > 1) throw refused
  try {
    return new RegExp(regex, 'g')
  } catch {
    throw refused
  }
}

/** How many repetitions have no end; one inside another counts for more than is allowed. */
function openRepeats(regex: Regex, isInside: boolean): number {
  switch (regex.kind) {
    case 'sequence':
    case 'choice':
      return regex.of.reduce((sum, part) => sum + openRepeats(part, isInside), 0)
    case 'repeat': {
      // `a{0,9}` tries again too, so it counts unless it is the plain `?`.
      const isOpen = regex.max === null || regex.max > 1
      return (isOpen ? (isInside ? 2 : 1) : 0) + openRepeats(regex.of, isInside || isOpen)
    }
    case 'set':
    case 'assert':
      return 0
  }
}

/** A replacement with `\1` and `\g<1>` for groups and `\\` for a backslash, as Python writes it. */
function piecesOf(replacement: string): (string | number)[] {
  return replacement.split(/(\\(?:\d|g<\d>|\\))/).map(piece => {
    if (piece === '\\\\') return '\\'
    const group = /^\\(?:(\d)|g<(\d)>)$/.exec(piece)
    return group ? Number(group[1] ?? group[2]) : piece
  })
}
