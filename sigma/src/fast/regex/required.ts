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
  const lists = [...all(regex)].filter(ways => ways.length <= waysMax)
  return lists.toSorted((a, b) => worth(b) - worth(a)).slice(0, listsMax)
}

type Ways = readonly string[]

/** All lists that are required, in the order of the expression. */
function all(regex: Regex): readonly Ways[] {
  switch (regex.kind) {
    case 'set': {
      const text = onlyText(regex)
      return text === null ? [] : [[text]]
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

/** Characters side by side are one text; the rest is asked part by part. */
function ofSequence(parts: readonly Regex[]): readonly Ways[] {
  const lists: Ways[] = []
  let run = ''
  const end = (): void => {
    if (run !== '') lists.push([run])
    run = ''
  }
  for (const part of parts) {
    const text = part.kind === 'set' ? onlyText(part) : null
    if (text !== null) run += text
    else if (part.kind !== 'assert') {
      // What holds between two characters takes none of them away.
      end()
      lists.push(...all(part))
    }
  }
  end()
  return lists
}

const worth = (ways: readonly string[]): number =>
  Math.min(...ways.map(text => text.length)) - Math.log2(ways.length) / 4

/** The only text that characters of the set have when folded. */
function onlyText({ ranges, negated }: CharacterSet): string | null {
  if (negated) return null
  let only: string | null = null
  for (const [from, to] of ranges) {
    if (to - from > 1) return null
    for (let codePoint = from; codePoint <= to; codePoint++) {
      const text = fold(String.fromCodePoint(codePoint))
      if (only !== null && text !== only) return null
      only = text
    }
  }
  return only
}
