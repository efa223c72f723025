import type { Locale } from '../src/core/i18n/locale.ts'

const japanese = () => import('@fontsource-variable/noto-sans-jp/wght.css')
const chinese = () => import('@fontsource-variable/noto-sans-tc/wght.css')

/**
 * The faces of a language: a sheet of a hundred subsets, of which a browser fetches those whose letters
 * stand on the page. A face that is installed comes first, and nothing is fetched. The second sheet is for
 * what people wrote in another language: names, records, runbooks.
 */
const sheets: Readonly<Record<Locale, readonly (() => Promise<unknown>)[]>> = {
  ja: [japanese, chinese],
  'zh-TW': [chinese, japanese],
  en: [japanese, chinese],
}

/** Without it the page is read in whatever the machine has. */
export async function loadFont(locale: Locale): Promise<void> {
  try {
    for (const load of sheets[locale]) await load()
  } catch {
    console.warn('a face of this language could not be loaded')
  }
}
