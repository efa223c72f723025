import { readEvent } from '../event/read.ts'
import { type EventValue, isList, isObject, textOf } from '../event/value.ts'
import { fold } from '../fold.ts'
import type { Pattern } from '../rule/pattern.ts'
import { textOfBytes } from './bytes.ts'
import { patternRegex } from './lazy.ts'
import type { KeywordPredicate } from './predicate.ts'
import { type Budget, searcherOf } from './regex/search.ts'

/** A text of an event, as it is and folded. */
export type KeywordText = Readonly<{ text: string; folded: string }>

/** All texts of an event that keywords search: the line where it is one, else the values at any depth. */
export function keywordTexts(line: Uint8Array, isRaw: boolean): readonly KeywordText[] {
  if (isRaw) return [withFold(textOfBytes(line))]
  const { fields, raw } = readEvent(line)
  const texts = raw === null ? leaves(fields) : [raw]
  return texts.map(withFold)
}

const withFold = (text: string): KeywordText => ({ text, folded: fold(text) })

function leaves(value: EventValue): string[] {
  if (isList(value)) return value.flatMap(leaves)
  if (isObject(value)) return [...value.values()].flatMap(leaves)
  const text = textOf(value)
  return text === null ? [] : [text]
}

/** Whether one of the texts has the keyword; null if the budget did not last. */
export type KeywordTest = (texts: readonly KeywordText[], budget: Budget) => boolean | null

export function keywordTest({ matcher }: KeywordPredicate): KeywordTest {
  return matcher.kind === 'regex'
    ? searchIn(matcher.regex, 'text')
    : patternTest(matcher.pattern, matcher.cased)
}

function patternTest(pattern: Pattern, cased: boolean): KeywordTest {
  const parts = cased
    ? pattern
    : pattern.map(part => (typeof part === 'string' ? fold(part) : part))
  const side = cased ? 'text' : 'folded'
  const [before, literal, behind] = parts
  const isInside = parts.length === 3 && isAny(before) && isAny(behind)
  if (isInside && typeof literal === 'string')
    return texts => texts.some(text => text[side].includes(literal))
  return searchIn(patternRegex(parts), side)
}

const isAny = (part: Pattern[number] | undefined): boolean =>
  typeof part === 'object' && part.wildcard === 'any'

function searchIn(regex: Parameters<typeof searcherOf>[0], side: 'text' | 'folded'): KeywordTest {
  const searcher = searcherOf(regex)
  return (texts, budget) => {
    for (const text of texts) {
      const found = searcher.finds(text[side], budget)
      if (found !== false) return found
    }
    return false
  }
}
