/**
 * A regular expression with its flags worked into its nodes. Groups are gone: whether a text
 * matches does not depend on them, nor on whether a quantifier is lazy.
 */
export type Regex =
  | Readonly<{ kind: 'sequence' | 'choice'; of: readonly Regex[] }>
  /** `max` null: no end. */
  | Readonly<{ kind: 'repeat'; of: Regex; min: number; max: number | null }>
  | CharacterSet
  | Readonly<{ kind: 'assert'; what: Assertion }>

/** Code points of the `ranges` (both ends within), or all others; `ignoreCase` folds both sides. */
export type CharacterSet = Readonly<{
  kind: 'set'
  ranges: readonly CodePointRange[]
  negated: boolean
  ignoreCase: boolean
}>
export type CodePointRange = readonly [from: number, to: number]

export type Assertion =
  | 'text-start'
  | 'text-end'
  | 'line-start'
  | 'line-end'
  | 'word-edge'
  | 'no-word-edge'

export const lineFeed = 0x0a
export const codePointMax = 0x10ffff
export const digits: readonly CodePointRange[] = [[0x30, 0x39]]
export const word: readonly CodePointRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]
export const space: readonly CodePointRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
]

/** The code points that are in none of the ranges. */
export function complement(ranges: readonly CodePointRange[]): CodePointRange[] {
  const outside: CodePointRange[] = []
  let from = 0
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (low > from) outside.push([from, low - 1])
    from = Math.max(from, high + 1)
  }
  if (from <= codePointMax) outside.push([from, codePointMax])
  return outside
}
