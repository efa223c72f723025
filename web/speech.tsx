import type { Messages } from '@lingui/core'
import { setupI18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import type { ReactNode } from 'react'
import { useSyncExternalStore } from 'react'
import type { Locale } from '../src/core/i18n/locale.ts'
import { chooseLocale, localeOf } from '../src/core/i18n/locale.ts'
import { send } from '../src/core/ui/client.ts'
import { SpeechContext } from '../src/core/ui/words.tsx'
import { choiceOf, keepChoice } from './choice.ts'
import { loadFont } from './fonts.ts'

/** What was chosen here before, else what the browser asks for. */
export const firstLocale = (): Locale =>
  localeOf(choiceOf('locale') ?? '') ?? chooseLocale(...navigator.languages)

/** A catalogue that did not come is asked for again after so long. */
const againMs = 5_000

export type SpeechStore = ReturnType<typeof createSpeech>

/**
 * The catalogues that were loaded, by language and module. The shell asks for `core` and the module
 * of the open screen; a screen may want more. Another language is shown when all of them are there.
 */
export function createSpeech() {
  const i18n = setupI18n()
  const wanted = new Set(['core'])
  const loading = new Map<string, Promise<void>>()
  const loaded = new Set<string>()
  const listeners = new Set<() => void>()
  let locale: Locale = firstLocale()

  const fetchOne = (into: Locale, module: string): Promise<void> => {
    const name = `${into}/${module}`
    const before = loading.get(name)
    if (before) return before
    const run = async () => {
      const outcome = await send<Messages>({ method: 'get', path: `/messages/${name}` })
      if (!outcome.ok) {
        loading.delete(name)
        setTimeout(() => void fetchOne(into, module), againMs)
        return
      }
      loaded.add(name)
      i18n.load(into, outcome.value)
      for (const listener of listeners) listener()
    }
    const promise = run()
    loading.set(name, promise)
    return promise
  }

  return {
    i18n,
    load(modules: readonly string[]) {
      for (const module of modules) {
        wanted.add(module)
        void fetchOne(locale, module)
      }
    },
    isLoaded: (module: string): boolean => loaded.has(`${locale}/${module}`),
    async choose(next: Locale): Promise<void> {
      void loadFont(next)
      await Promise.all([...wanted].map(module => fetchOne(next, module)))
      locale = next
      document.documentElement.lang = next
      i18n.activate(next)
      for (const listener of listeners) listener()
    },
    remember: (chosen: Locale) => keepChoice('locale', chosen),
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Changes whenever there is more to say. */
    version: () => `${locale} ${loaded.size}`,
  }
}

export function SpeechProvider(props: { speech: SpeechStore; zone: string; children: ReactNode }) {
  const { speech, zone, children } = props
  // Whoever asks whether a catalogue is there must ask again when one has come.
  useSyncExternalStore(speech.subscribe, speech.version)
  const value = { zone, load: speech.load, isLoaded: speech.isLoaded }
  return (
    <I18nProvider i18n={speech.i18n}>
      <SpeechContext value={value}>{children}</SpeechContext>
    </I18nProvider>
  )
}
