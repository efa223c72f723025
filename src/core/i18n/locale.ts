/** The languages of Okite, the first one first. */
export const locales = ['ja', 'zh-TW', 'en'] as const

export type Locale = (typeof locales)[number]

/** Each in its own words: who looks for it reads nothing else. */
export const languageNames: Readonly<Record<Locale, string>> = {
  ja: '日本語',
  'zh-TW': '繁體中文',
  en: 'English',
}

/**
 * Our locale for a language tag (`ja_JP.UTF-8`, `zh-Hant-HK`, `en-GB`), or null. Chinese without a
 * script or region is read as Traditional: Simplified readers are better served by it than by English.
 */
export function localeOf(tag: string): Locale | null {
  const name = tag.trim().toLowerCase().replaceAll('_', '-')
  if (/^ja(\b|-)/.test(name)) return 'ja'
  if (/^zh(\b|-)/.test(name)) return 'zh-TW'
  if (/^en(\b|-)/.test(name)) return 'en'
  return null
}

/** The first of the wishes that we have; Japanese when nobody wished for one of ours. */
export function chooseLocale(...wishes: readonly (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    const locale = wish ? localeOf(wish) : null
    if (locale !== null) return locale
  }
  return 'ja'
}

/** What a command speaks: `--lang`, then OKITE_LANG, then what POSIX asks to look at, in its order. */
export const commandLocale = (
  flag: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): Locale =>
  chooseLocale(
    flag,
    environment['OKITE_LANG'],
    environment['LC_ALL'],
    environment['LC_MESSAGES'],
    environment['LANG'],
  )

/** What a browser speaks: its Accept-Language (RFC 9110 §12.5.4), best quality first. */
export function acceptedLocale(header: string): Locale {
  const wishes = header
    .slice(0, 500)
    .split(',')
    .map((part, order) => {
      const [tag = '', ...parameters] = part.split(';')
      const quality = Number(/q=([0-9.]+)/.exec(parameters.join(';'))?.[1] ?? 1)
      return { tag, quality, order }
    })
    .filter(wish => wish.quality > 0)
    .sort((a, b) => b.quality - a.quality || a.order - b.order)
  return chooseLocale(...wishes.map(wish => wish.tag))
}
