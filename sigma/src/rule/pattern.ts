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
  const parts: PatternPart[] = []
  let literal = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    const next = text[at + 1]
    if (char === '\\' && (next === '\\' || next === '*' || next === '?')) {
      literal += next
      at++
    } else if (char === '*' || char === '?') {
      parts.push(literal, char === '*' ? any : one)
      literal = ''
    } else {
      literal += char
    }
  }
  return joinPatterns([[...parts, literal]])
}

export const literalPattern = (text: string): Pattern => (text === '' ? [] : [text])

/** One pattern after the other, brought into the form that `Pattern` promises. */
export function joinPatterns(patterns: readonly Pattern[]): Pattern {
  const joined: PatternPart[] = []
  for (const part of patterns.flat()) {
    const last = joined.at(-1)
    if (part === '' || (isAny(part) && isAny(last))) continue
    if (typeof part === 'string' && typeof last === 'string')
      joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined
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
