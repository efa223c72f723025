import { choiceWords, fieldWords, slotWords, typeWord } from '../../../core/i18n/fact-words.ts'
import type { Words } from '../../../core/ui/words.tsx'

/** What stands in facts, as the catalogues of their modules call it; what none of them knows as itself. */

type Say = Pick<Words, 't' | 'has'>

const first = ({ t, has }: Say, ids: readonly string[], otherwise: string): string => {
  const id = ids.find(has)
  return id === undefined ? otherwise : t(id)
}

export const typeText = (words: Say, type: string): string =>
  first(words, [typeWord({ name: type })], type)

/** `path` as `primary.latitude`. */
export const fieldText = (words: Say, type: string, path: string): string =>
  first(words, fieldWords({ name: type }, path), path.slice(path.lastIndexOf('.') + 1))

export const slotText = (words: Say, type: string, slot: string): string =>
  first(words, slotWords({ name: type }, slot), slot)

export const choiceText = (words: Say, type: string, path: string, value: string): string =>
  first(words, choiceWords({ name: type }, path.slice(path.lastIndexOf('.') + 1), value), value)
