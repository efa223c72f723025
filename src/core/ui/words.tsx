import { useLingui } from '@lingui/react'
import { createContext, use, useEffect } from 'react'
import type { Locale } from '../i18n/locale.ts'
import { valuesOf } from '../i18n/values.ts'
import { apartText } from '../turning.ts'

export type Words = Readonly<{
  locale: Locale
  /** IANA zone in which instants are shown. */
  zone: string
  /** A message of a catalogue, formatted; an id that no catalogue has is said as itself. */
  t(id: string, values?: Readonly<Record<string, unknown>>): string
  has(id: string): boolean
  /** Names of the values that a message asks for. */
  needs(id: string): readonly string[]
}>

/** What the shell gives: who loads catalogues, and the zone of the organisation. */
export type Speech = Readonly<{
  zone: string
  /** Loads the catalogues of these modules (`core`, or `<function>.<module>`), each once a language. */
  load(modules: readonly string[]): void
  isLoaded(module: string): boolean
}>

export const SpeechContext = createContext<Speech | null>(null)

export function useWords(): Words {
  const { i18n } = useLingui()
  const { zone } = useSpeech()
  const has = (id: string) => Object.hasOwn(i18n.messages, id)
  return {
    locale: i18n.locale as Locale,
    zone,
    t: (id, values) => (has(id) ? i18n._(id, values && apart(values)) : id),
    has,
    needs(id) {
      const message = i18n.messages[id]
      return Array.isArray(message) ? [...valuesOf(message)] : []
    },
  }
}

const apart = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? apartText(value) : value,
    ]),
  )

/**
 * Catalogues that a screen needs beside its own and core's, e.g. of the modules whose controls it
 * names. Answers whether all are there; until then ids are said as themselves, so wait where it shows.
 */
export function useCatalogue(...modules: readonly string[]): boolean {
  const { load, isLoaded } = useSpeech()
  const { i18n } = useLingui()
  const names = modules.join()
  useEffect(() => load(names === '' ? [] : names.split(',')), [names, load, i18n.locale])
  return modules.every(isLoaded)
}

function useSpeech(): Speech {
  const speech = use(SpeechContext)
  if (speech === null) throw new Error('a screen stands outside of the shell')
  return speech
}
