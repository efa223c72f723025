import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setupI18n } from '@lingui/core'
import type { CompiledMessage } from '@lingui/message-utils/compileMessage'
import { OkiteError } from '../error.ts'
import { cutText } from '../turning.ts'
import type { CatalogueSource } from './catalogue.ts'
import { compareCatalogues, readCatalogue } from './catalogue.ts'
import type { Locale } from './locale.ts'
import { locales } from './locale.ts'
import { valuesOf } from './values.ts'

export type Values = Readonly<Record<string, unknown>>

/** Everything Okite says, in every language. */
export type Messages = Readonly<{
  /** The message, formatted; an id that no catalogue has is answered as itself. */
  translate(locale: Locale, id: string, values?: Values): string
  has(id: string): boolean
  /** Names of the values that a message asks for. */
  needs(id: string): readonly string[]
  ids(): readonly string[]
  /** JSON text of an owner's compiled catalogue, for a browser; null: there is no such owner. */
  json(locale: Locale, owner: string): string | null
  /** What is wrong with the catalogues. The program runs with complaints; the tests do not. */
  complaints: readonly string[]
}>

/** What only a terminal says; a browser would carry it for nothing. */
const terminalPrefix = 'cli.'

export function createMessages(sources: readonly CatalogueSource[]): Messages {
  const complaints: string[] = []
  const catalogues = sources.map(source => readCatalogue(source, complaints))
  compareCatalogues(sources, catalogues, complaints)

  const compiled = Object.fromEntries(
    locales.map(locale => {
      const messages: Record<string, CompiledMessage> = Object.create(null)
      sources.forEach((source, index) => {
        if (source.locale !== locale) return
        for (const [id, message] of catalogues[index]!) messages[id] ??= message.compiled
      })
      return [locale, messages]
    }),
  ) as Record<Locale, Record<string, CompiledMessage>>

  const i18n = Object.fromEntries(
    locales.map(locale => [
      locale,
      setupI18n({ locale, messages: { [locale]: { ...compiled[locale] } } }),
    ]),
  ) as Record<Locale, ReturnType<typeof setupI18n>>

  return {
    translate: (locale, id, values = {}) =>
      id in compiled[locale] ? i18n[locale]._(id, cutValues(values)) : id,
    has: id => locales.every(locale => id in compiled[locale]),
    needs: id => [...valuesOf(compiled.ja[id] ?? [])],
    ids: () => Object.keys(compiled.ja),
    json(locale, owner) {
      const own = catalogues.filter((_, index) => {
        const source = sources[index]!
        return source.owner === owner && source.locale === locale
      })
      if (own.length === 0) return null
      const entries = own
        .flatMap(catalogue => [...catalogue])
        .filter(([id]) => !id.startsWith(terminalPrefix))
      return JSON.stringify(Object.fromEntries(entries.map(([id, { compiled }]) => [id, compiled])))
    },
    complaints,
  }
}

/** A name goes into a sentence of ours, in a mail or on a terminal: it must not turn it around. */
const cutValues = (values: Values): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? cutText(value) : value,
    ]),
  )

/**
 * Reads the catalogues below `locale/` of core and of every module folder found.
 *
 * @param root the folder `src`
 * @param folders of modules, e.g. `['protect/phishing']`
 * @throws OkiteError `CATALOGUES_INVALID` with every complaint at once
 */
export function loadMessages(root: string, folders: readonly string[]): Messages {
  const messages = createMessages(
    [...coreFolders, ...folders].flatMap(folder =>
      readSources(ownerOf(folder), join(root, folder, 'locale')),
    ),
  )
  if (messages.complaints.length > 0) {
    throw new OkiteError('CATALOGUES_INVALID', { complaints: messages.complaints })
  }
  return messages
}

/** Core's own: what the program says, and what it says to whoever signs in. */
const coreFolders = ['core/i18n', 'core/account']

/** What core says is kept beside the code that reads it, and belongs to core as a whole. */
const ownerOf = (folder: string): string =>
  coreFolders.includes(folder) ? 'core' : folder.replaceAll('/', '.')

function readSources(owner: string, folder: string): CatalogueSource[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    // A module that says nothing to people has no catalogues.
    return []
  }
  return locales
    .filter(locale => names.includes(`${locale}.po`))
    .map(locale => ({ owner, locale, text: readUtf8(join(folder, `${locale}.po`)) }))
}

const readUtf8 = (path: string): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
