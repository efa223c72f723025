import { fold } from '../fold.ts'
import { any, type Pattern, type PatternPart } from '../rule/pattern.ts'

/** Whether the pattern matches the whole text, character for character as they are. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const [head = [], ...segments] = segmentsOf(pattern)
  const tail = segments.pop()
  const from = matchAt(head, text, 0)
  if (tail === undefined) return from === text.length
  if (from < 0) return false
  const to = matchBefore(tail, text, text.length)
  let at = from
  // The leftmost place leaves the most for what follows.
  for (const segment of segments) {
    at = find(segment, text, at)
    if (at < 0) return false
  }
  return to >= at
}

/** The pattern with its literal parts folded. */
export function foldPattern(pattern: Pattern): Pattern {
  return pattern.map(part => (typeof part === 'string' ? fold(part) : part))
}

/** What stands between the `*` of a pattern. */
function segmentsOf(pattern: Pattern): PatternPart[][] {
  const segments: PatternPart[][] = [[]]
  for (const part of pattern) {
    if (typeof part === 'object' && part.wildcard === any.wildcard) segments.push([])
    else segments.at(-1)?.push(part)
  }
  return segments
}

/** Where the segment ends if it begins at `at`, or -1. */
function matchAt(segment: readonly PatternPart[], text: string, at: number): number {
  let end = at
  for (const part of segment) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, end)) return -1
      end += part.length
    } else {
      if (end >= text.length) return -1
      end += (text.codePointAt(end) as number) > 0xffff ? 2 : 1
    }
  }
  return end
}

/** Where the segment begins if it ends at `at`, or -1. */
function matchBefore(segment: readonly PatternPart[], text: string, at: number): number {
  let start = at
  for (const part of segment.toReversed()) {
    if (typeof part === 'string') {
      if (start < part.length || !text.startsWith(part, start - part.length)) return -1
      start -= part.length
    } else {
      if (start <= 0) return -1
      start -= start > 1 && (text.codePointAt(start - 2) as number) > 0xffff ? 2 : 1
    }
  }
  return start
}

/** Where the leftmost occurrence of the segment from `from` on ends, or -1. */
function find(segment: readonly PatternPart[], text: string, from: number): number {
  const [first] = segment
  for (let at = from; at <= text.length; at++) {
    if (typeof first === 'string') {
      at = text.indexOf(first, at)
      if (at < 0) return -1
    }
    const end = matchAt(segment, text, at)
    if (end >= 0) return end
  }
  return -1
}
