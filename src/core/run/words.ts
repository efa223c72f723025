import { chooseLocale, type Locale } from '../i18n/locale.ts'
import { loadMessages, type Messages, type Values } from '../i18n/messages.ts'
import { moduleFolders } from './discover.ts'

/** Says a message of the catalogues in one language. */
export type Say = ((id: string, values?: Values) => string) &
  Readonly<{ locale: Locale; has(id: string): boolean; ids(): readonly string[] }>

const read = new Map<string, Messages>()

/**
 * The catalogues of core and of all modules, read once in a process: they do not change while it runs.
 *
 * @param source the folder `src`
 * @throws OkiteError `CATALOGUES_INVALID`
 */
export function messagesOf(source: string): Messages {
  const messages = read.get(source) ?? loadMessages(source, moduleFolders(source))
  read.set(source, messages)
  return messages
}

/**
 * What the program's own commands say, in the language that was asked for.
 *
 * @param source the folder `src`
 */
export function sayIn(language: string, source: string): Say {
  const messages = messagesOf(source)
  const locale = chooseLocale(language)
  return Object.assign(
    (id: string, values: Values = {}) => messages.translate(locale, id, values),
    { locale, has: messages.has, ids: messages.ids },
  )
}

/** The id under which a catalogue may explain an error: its codes have underscores, ids have none. */
export const errorId = (code: string): string => `error.${code.replaceAll('_', '-')}`

/** Columns that a text takes in a terminal: wide characters of East Asia take two. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const letter of text) columns += wide.test(letter) ? 2 : 1
  return columns
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/

export const padTo = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)))

/** What fits into so many columns, with a sign where it was cut. */
export function shortened(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let short = ''
  for (const letter of text) {
    if (columnsOf(short + letter) > columns - 1) break
    short += letter
  }
  return `${short}…`
}
