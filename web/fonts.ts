import type { Locale } from '../src/core/i18n/locale.ts'

/**
 * The faces of a language: a sheet of a hundred subsets, of which a browser fetches those whose letters
 * stand on the page. A face that is installed comes first, and nothing is fetched.
 */
const sheets: Readonly<Record<Locale, () => Promise<unknown>>> = {
  ja: () => import('@fontsource-variable/noto-sans-jp/wght.css'),
  'zh-TW': () => import('@fontsource-variable/noto-sans-tc/wght.css'),
  en: () => import('@fontsource-variable/noto-sans-jp/wght.css'),
}

/** Without it the page is read in whatever the machine has. */
export const loadFont = (locale: Locale): void =>
  void sheets[locale]().catch(() => console.warn('the face of this language could not be loaded'))
