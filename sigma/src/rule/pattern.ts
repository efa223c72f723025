/**
 * A Sigma string: literal runs between wildcards. Two literal runs never stand side by side, no run
 * is empty, and `*` never follows `*`.
 */
export type Pattern = readonly PatternPart[]
export type PatternPart = string | Wildcard
/** `any` is `*`, any run of characters, line ends among them; `one` is `?`, one code point. */
export type Wildcard = Readonly<{ wildcard: 'any' | 'one' }>

export const any: Wildcard = Object.freeze({ wildcard: 'any' })
export const one: Wildcard = Object.freeze({ wildcard: 'one' })

/**
 * Reads a string as rules write it: `*` and `?` are wildcards, a backslash before one of them or
 * before a backslash takes its meaning away, any other backslash is itself.
 */
export function parsePattern(text: string): Pattern {
  if (!isSpecial.test(text)) return literalPattern(text)
  const parts: PatternPart[] = []
  let literal = ''
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    const next = text[at + 1]
    if (char === '\\' && (next === '\\' || next === '*' || next === '?')) {
      literal += text.slice(from, at) + next
      at++
      from = at + 1
    } else if (char === '*' || char === '?') {
      parts.push(literal + text.slice(from, at), char === '*' ? any : one)
      literal = ''
      from = at + 1
    }
  }
  return joinPatterns([[...parts, literal + text.slice(from)]])
}

/** A wildcard, or a backslash that means something. */
const isSpecial = /[*?]|\\\\/

export const literalPattern = (text: string): Pattern => (text === '' ? [] : [text])

/** The pattern with anything before it, behind it or both. */
export function unanchored(pattern: Pattern, before: boolean, behind: boolean): Pattern {
  const text = literalOf(pattern)
  if (text === null) return joinPatterns([before ? [any] : [], pattern, behind ? [any] : []])
  if (text === '') return before || behind ? [any] : []
  // Written out, so that no array is longer than what is in it: there are very many.
  if (before) return behind ? [any, text, any] : [any, text]
  return behind ? [text, any] : [text]
}

/** One pattern after the other, brought into the form that `Pattern` promises. */
export function joinPatterns(patterns: readonly Pattern[]): Pattern {
  const joined: PatternPart[] = []
  for (const pattern of patterns) for (const part of pattern) append(joined, part)
  return joined
}

function append(joined: PatternPart[], part: PatternPart): void {
  const last = joined.at(-1)
  if (part === '' || (isAny(part) && isAny(last))) return
  if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
  else joined.push(part)
}

/** The text of a pattern without wildcards; null if it has one. */
export function literalOf(pattern: Pattern): string | null {
  if (pattern.length === 0) return ''
  return pattern.length === 1 && typeof pattern[0] === 'string' ? pattern[0] : null
}

const isAny = (part: PatternPart | undefined): boolean =>
  typeof part === 'object' && part.wildcard === 'any'

/** The pattern as a rule would write it. */
export function patternText(pattern: Pattern): string {
  return pattern
    .map(part => {
      if (typeof part !== 'string') return part.wildcard === 'any' ? '*' : '?'
      return part.replaceAll('\\', '\\\\').replaceAll('*', '\\*').replaceAll('?', '\\?')
    })
    .join('')
}
