import { fold } from '../../fold.ts'
import type { CharacterSet, Regex } from '../../regex/ast.ts'

/** More ways than these would cost more than they spare. */
const waysMax = 24
/** What is required beside the best of it adds little. */
const listsMax = 4

/**
 * What every text that matches has in it when folded: one text of each of these lists. None if
 * nothing is required.
 */
export function requiredTexts(regex: Regex): readonly (readonly string[])[] {
  const lists = all(regex).filter(ways => ways.length <= waysMax && ways.every(isTelling))
  return lists.toSorted((a, b) => worth(b) - worth(a)).slice(0, listsMax)
}

/** Whether a text is not in nearly everything. */
const isTelling = (text: string): boolean =>
  text.length > 2 || (text.length === 2 && /[^a-z0-9]/.test(text)) || /[^a-z0-9 \\./:_-]/.test(text)

/** The least number of characters of a text that matches. */
export function leastLength(regex: Regex): number {
  switch (regex.kind) {
    case 'set':
      return 1
    case 'assert':
      return 0
    case 'sequence':
      return regex.of.reduce((sum, part) => sum + leastLength(part), 0)
    case 'choice':
      return Math.min(...regex.of.map(leastLength))
    case 'repeat':
      return regex.min * leastLength(regex.of)
  }
}

type Ways = readonly string[]

/** All lists that are required, in the order of the expression. */
function all(regex: Regex): readonly Ways[] {
  switch (regex.kind) {
    case 'set': {
      const texts = textsOfSet(regex)
      return texts === null ? [] : [texts]
    }
    case 'assert':
      return []
    case 'choice':
      return ofChoice(regex.of)
    case 'repeat':
      return regex.min > 0 ? all(regex.of) : []
    case 'sequence':
      return ofSequence(regex.of)
  }
}

/** The best list of each branch, together. */
function ofChoice(branches: readonly Regex[]): readonly Ways[] {
  const together: string[] = []
  for (const branch of branches) {
    const [best] = all(branch).toSorted((a, b) => worth(b) - worth(a))
    if (best === undefined) return []
    together.push(...best)
    if (together.length > waysMax) return []
  }
  return [[...new Set(together)]]
}

/** Characters side by side are one text, in all ways that small sets leave; the rest is asked part by part. */
function ofSequence(parts: readonly Regex[]): readonly Ways[] {
  const lists: Ways[] = []
  let runs: readonly string[] = ['']
  const end = (): void => {
    if (runs[0] !== '') lists.push(runs)
    runs = ['']
  }
  for (const part of parts) {
    if (part.kind === 'assert') continue
    const texts = textsOf(part)
    if (texts === null) {
      // What holds between two characters takes none of them away.
      end()
      lists.push(...all(part))
      continue
    }
    if (runs.length * texts.length > waysMax) end()
    runs = runs.flatMap(run => texts.map(text => run + text))
  }
  end()
  return lists
}

/** The texts of a set, or of one that is repeated a fixed number of times; null if they are too many. */
function textsOf(part: Regex): readonly string[] | null {
  if (part.kind === 'set') return textsOfSet(part)
  const isFixed = part.kind === 'repeat' && part.min === 1 && part.max === 1
  return isFixed ? textsOf(part.of) : null
}

const worth = (ways: readonly string[]): number =>
  Math.min(...ways.map(text => text.length)) - Math.log2(ways.length) / 4

const setMax = 4

/** The folded texts of the characters of a set; null if they are many. */
function textsOfSet({ ranges, negated }: CharacterSet): readonly string[] | null {
  if (negated || ranges.length > 2 * setMax) return null
  const texts = new Set<string>()
  for (const [from, to] of ranges) {
    if (to - from >= 2 * setMax) return null
    for (let codePoint = from; codePoint <= to; codePoint++)
      texts.add(fold(String.fromCodePoint(codePoint)))
  }
  return texts.size === 0 || texts.size > setMax ? null : [...texts]
}
