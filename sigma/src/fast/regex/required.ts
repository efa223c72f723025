import { fold } from '../../fold.ts'
import type { CharacterSet, Regex } from '../../regex/ast.ts'

/** More ways than these would cost more than they spare. */
const waysMax = 24

/**
 * Folded texts of which the folded form of every text that matches contains one; null if there are
 * none. The longer the shortest of them, the better.
 */
export function requiredTexts(regex: Regex): readonly string[] | null {
  const found = best(regex)
  return found === null || found.length > waysMax ? null : found
}

type Ways = readonly string[] | null

function best(regex: Regex): Ways {
  switch (regex.kind) {
    case 'set': {
      const text = onlyText(regex)
      return text === null ? null : [text]
    }
    case 'assert':
      return null
    case 'choice':
      return ofChoice(regex.of)
    case 'repeat':
      return regex.min > 0 ? best(regex.of) : null
    case 'sequence':
      return ofSequence(regex.of)
  }
}

function ofChoice(branches: readonly Regex[]): Ways {
  const all: string[] = []
  for (const branch of branches) {
    const ways = best(branch)
    if (ways === null) return null
    all.push(...ways)
    if (all.length > waysMax) return null
  }
  return [...new Set(all)]
}

/** Characters side by side are one text; the rest is asked part by part. */
function ofSequence(parts: readonly Regex[]): Ways {
  let chosen: Ways = null
  let run = ''
  const take = (ways: Ways): void => {
    if (isBetter(ways, chosen)) chosen = ways
  }
  for (const part of parts) {
    const text = part.kind === 'set' ? onlyText(part) : null
    if (text !== null) {
      run += text
      continue
    }
    // What holds between two characters takes none of them away.
    if (part.kind === 'assert') continue
    if (run !== '') take([run])
    run = ''
    take(best(part))
  }
  if (run !== '') take([run])
  return chosen
}

function isBetter(ways: Ways, than: Ways): boolean {
  if (ways === null) return false
  return than === null || worth(ways) > worth(than)
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
