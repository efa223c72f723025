import { choiceWords, fieldWords, slotWords, typeWord } from '../i18n/fact-words.ts'
import { formatInstant } from '../i18n/time.ts'
import type { Words } from './words.tsx'

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

type Speech = Say & Pick<Words, 'locale' | 'zone'>

const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)

/** A value that is no list and no object, as its reader says it: choices, verdicts and controls by name, local times. */
export function plainText(
  words: Speech,
  type: string,
  path: string,
  value: unknown,
  options = { seconds: true },
): string {
  const { t, locale, zone } = words
  if (value === null || value === undefined) return t('ui.fact.none')
  if (typeof value === 'boolean') return t(value ? 'ui.fact.yes' : 'ui.fact.no')
  if (typeof value !== 'string') return JSON.stringify(value)
  const text = value
  if (isInstant(text)) return formatInstant(locale, zone, text, options)
  // Controls judge the organisation as one subject under this name.
  if (text === 'org' && /(^|\.)subject$/.test(path)) return t('ui.fact.org')
  const choice = choiceText(words, type, path, text)
  return choice === text ? first(words, [`status.${text}`, `control.${text}`], text) : choice
}

/** Fields of a body that one line has room for, and as much of each. */
const shownMax = 4
const shownChars = 60

/** The beginning of what a fact says, on one line; a hash says nothing to anybody. */
export const summaryText = (words: Speech, type: string, body: unknown): string =>
  Object.entries((body ?? {}) as Record<string, unknown>)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .filter(([, value]) => !/^[0-9a-f]{64}$/.test(String(value)))
    .slice(0, shownMax)
    .map(([name, value]) => {
      const text = plainText(words, type, name, value, { seconds: false })
      // By code points: half a character is none.
      const short =
        text.length > shownChars ? `${Array.from(text).slice(0, shownChars).join('')}…` : text
      return words.t('ui.fact.pair', { name: fieldText(words, type, name), value: short })
    })
    .join(' · ')

type Named = Readonly<{ module: string; body: unknown }>

/** The modules whose catalogues name what stands in these facts: their own, and of the controls they are about. */
export const modulesOf = (facts: readonly Named[]): readonly string[] => [
  ...new Set(facts.flatMap(({ module, body }) => [module, ...moduleOf(body)])),
]

/** A control's id begins with that of its module. */
function moduleOf(body: unknown): readonly string[] {
  const { control } = (body ?? {}) as { control?: unknown }
  const [module] = typeof control === 'string' ? (/^[a-z]+\.[a-z-]+(?=\.)/.exec(control) ?? []) : []
  return module === undefined ? [] : [module]
}
