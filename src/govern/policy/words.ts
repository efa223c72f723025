import type { Locale } from '../../core/i18n/locale.ts'
import { formatInstant, readable } from '../../core/i18n/time.ts'
import type { Counts, Reason, Status } from './view.ts'

/** How verdicts are worded: the same in the terminal and on the screen. */
export type Words = Readonly<{
  locale: Locale
  /** IANA zone. */
  zone: string
  t(id: string, values?: Readonly<Record<string, unknown>>): string
  has(id: string): boolean
}>

/** Four verdicts, four shapes: colour is never the only difference. */
export const glyphs: Readonly<Record<Status, string>> = {
  kept: '●',
  due: '◐',
  broken: '▲',
  unknown: '○',
}

/** A reason in words; a code that no catalogue has is shown as itself rather than hidden. */
export function reasonText(words: Words, reason: Reason): string {
  const id = `reason.${reason.code}`
  if (!words.has(id)) return reason.code
  return words.t(id, readable(words.locale, words.zone, reason.args))
}

/** `3件中2件`; of a population that nobody declared only the checked ones are known. */
export const countText = (words: Words, counts: Counts): string =>
  counts.size === null
    ? words.t('count.of.unknown', { count: counts.checked })
    : words.t('count.of', { count: counts.checked, total: counts.size })

export const instantText = (words: Words, instant: string, seconds = false): string =>
  formatInstant(words.locale, words.zone, instant, { seconds })

export type Field = Readonly<{ name: string; value: string }>

/** More fields than this are read in the leaf itself. */
const fieldsMax = 14
const valueCharsMax = 160

/** The plain fields of a fact's body, `a.b` for nested ones, the ones with content first. */
export function fieldsOf(body: unknown): Field[] {
  const fields: Field[] = []
  const add = (name: string, value: unknown): void => {
    if (fields.length >= fieldsMax) return
    if (Array.isArray(value)) {
      if (value.every(item => typeof item !== 'object' || item === null)) {
        fields.push({ name, value: short(value.map(String).join(', ')) })
      } else {
        value.forEach((item, index) => add(`${name}.${index + 1}`, item))
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) add(name ? `${name}.${key}` : key, inner)
    } else {
      fields.push({ name, value: short(String(value)) })
    }
  }
  add('', body)
  return fields
}

const short = (value: string): string =>
  value.length > valueCharsMax ? `${value.slice(0, valueCharsMax)}…` : value

export type Tally = Readonly<Record<Status, number>>

/** How many have each status. They are shown side by side and never made into one number. */
export function tally(items: readonly Readonly<{ status: Status }>[]): Tally {
  const counts = { kept: 0, due: 0, broken: 0, unknown: 0 }
  for (const item of items) counts[item.status] += 1
  return counts
}
