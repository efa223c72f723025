import type { Messages } from '@lingui/core'
import { setupI18n } from '@lingui/core'
import type { Locale } from '../src/core/i18n/locale.ts'
import { chooseLocale, localeOf } from '../src/core/i18n/locale.ts'
import { get } from './api.ts'

/** The catalogue of one locale, as the server compiled it. */
export type Words = Readonly<{
  locale: Locale
  t(id: string, values?: Readonly<Record<string, unknown>>): string
  has(id: string): boolean
}>

export async function loadWords(locale: Locale): Promise<Words> {
  const messages = await get<Messages>(`/messages/${locale}`)
  const i18n = setupI18n({ locale, messages: { [locale]: messages } })
  return {
    locale,
    t: (id, values) => (Object.hasOwn(messages, id) ? i18n._(id, { ...values }) : id),
    has: id => Object.hasOwn(messages, id),
  }
}

/** What was chosen here before, else what the browser asks for. */
export const firstLocale = (): Locale =>
  localeOf(read('locale') ?? '') ?? chooseLocale(...navigator.languages)

export const rememberLocale = (locale: Locale): void => write('locale', locale)

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const firstTheme = (): Theme => themes.find(theme => theme === read('theme')) ?? 'auto'

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
  write('theme', theme)
}

/** A browser may forbid storage; then the choice lasts as long as the page. */
function read(name: string): string | null {
  try {
    return localStorage.getItem(`okite.${name}`)
  } catch {
    return null
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`okite.${name}`, value)
  } catch {
    // See `read`.
  }
}
